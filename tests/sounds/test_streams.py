"""Streams: any pieces, any rate, any layout, late starts, damage; the same tracks to the bit."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from rewatch.analyser import Analyser
from rewatch.evidence import Samples
from rewatch.sounds.registry import ANALYSERS, FIGURES
from rewatch.track import Curve, Events, Figures, Spans, Track

WAYS = [[1], [7, 1013], [1024], [44099, 3, 90001]]


def flat(tracks: Mapping[str, Track]) -> dict[str, bytes | object]:
    out: dict[str, bytes | object] = {}
    for name, track in tracks.items():
        if isinstance(track, Curve):
            out[name] = (track.values.dtype.str, track.values.tobytes(), track.clock)
        elif isinstance(track, Events):
            out[name] = (
                track.at.tobytes(),
                {k: np.asarray(v).tobytes() for k, v in track.columns.items()},
                track.clock,
            )
        elif isinstance(track, Spans):
            columns = {k: np.asarray(v).tobytes() for k, v in track.columns.items()}
            out[name] = (track.begin.tobytes(), track.end.tobytes(), columns, track.clock)
        elif isinstance(track, Figures):
            out[name] = (dict(track.values), dict(track.why))
    return out


def film(signals: ModuleType, seconds: float, rate: int, channels: int) -> np.ndarray:
    rng = np.random.default_rng(8)
    whole = int(np.ceil(seconds))
    mono = signals.babble(whole, rate)[:, 0] * np.linspace(0.2, 2, whole * rate)
    mono[rate : 2 * rate] = 0
    return np.stack([np.roll(mono, 17 * c) * rng.uniform(0.2, 1) for c in range(channels)], axis=1).astype(np.float32)[
        : int(seconds * rate)
    ]


@pytest.mark.parametrize("analyser", ANALYSERS)
@pytest.mark.parametrize("rate", [8000, 11025, 44100])
def test_pieces_mean_nothing(analyser: type[Analyser[Samples]], rate: int, signals: ModuleType) -> None:
    sound = film(signals, 5.37, rate, 2)
    whole = flat(signals.analyse(analyser(), sound, rate, "stereo"))
    for cuts in WAYS[1:] if rate != 8000 else WAYS:
        assert flat(signals.analyse(analyser(), sound, rate, "stereo", cuts)) == whole


@pytest.mark.parametrize("analyser", ANALYSERS)
def test_goes_on_after_a_pickle(analyser: type[Analyser[Samples]], signals: ModuleType, tmp_path: Path) -> None:
    sound = film(signals, 4.2, 22050, 1)
    whole = flat(signals.analyse(analyser(), sound, 22050, "mono"))
    resumed = analyser()
    resumed.begin(None, tmp_path)  # type: ignore[arg-type]
    for at in range(0, len(sound), 9999):
        resumed.feed(Samples(at, Fraction(0), 22050, "mono", sound[at : at + 9999]))
        resumed = pickle.loads(pickle.dumps(resumed))
    assert flat(resumed.finish({})) == whole


@pytest.mark.parametrize("analyser", ANALYSERS)
@pytest.mark.parametrize(
    ("rate", "layout", "channels"),
    [(8000, "mono", 1), (11025, "stereo", 2), (48000, "5.1", 6), (48000, "5.1(side)", 6), (96000, "7.1", 8),
     (192000, "stereo", 2), (176400, "mono", 1), (44100, "hexadecagonal", 16), (48000, "3 channels", 3)],
)  # fmt: skip
def test_rates_and_layouts(
    analyser: type[Analyser[Samples]], rate: int, layout: str, channels: int, signals: ModuleType
) -> None:
    sound = film(signals, 2.5, rate, channels)
    tracks = signals.analyse(analyser(), sound, rate, layout, [rate], Fraction(7, 3))
    declared = {gives.name: gives for gives in analyser.gives}
    assert set(tracks) == set(declared)
    for name, track in tracks.items():
        assert type(track).__name__.lower() == declared[name].kind
        if isinstance(track, Curve):
            assert track.columns == declared[name].columns
            assert track.unit == declared[name].unit
            assert len(track) == -(-len(sound) * track.clock.rate // rate)
            assert Fraction(7, 3) <= track.clock.start < Fraction(7, 3) + 1 / track.clock.rate


@pytest.mark.parametrize("analyser", ANALYSERS)
@pytest.mark.parametrize("samples", [0, 1, 2, 40, 479, 481, 4000, 47999, 48000, 48001])
def test_the_shortest_of_sounds(analyser: type[Analyser[Samples]], samples: int, signals: ModuleType) -> None:
    sound = np.full((samples, 2), 0.25, dtype=np.float32)
    for track in signals.analyse(analyser(), sound, 48000, "stereo").values():
        if isinstance(track, Curve):
            assert len(track) == -(-samples * track.clock.rate // 48000)


@pytest.mark.parametrize("analyser", ANALYSERS)
def test_damage_stays_where_it_is(analyser: type[Analyser[Samples]], signals: ModuleType) -> None:
    sound = film(signals, 6, 16000, 1)
    broken = sound.copy()
    broken[40000:40003, 0] = np.nan, np.inf, -1e30
    found = signals.analyse(analyser(), broken, 16000, "mono")
    good = signals.analyse(analyser(), sound, 16000, "mono")
    for name, track in found.items():
        if isinstance(track, Curve):
            assert np.abs(track.values[-1] - good[name].values[-1]).max() < 1e-2


def test_every_figure_is_explained_once() -> None:
    names = [figure.name for figure in FIGURES]
    assert len(names) == len(set(names))
    given = {gives.name for analyser in ANALYSERS for gives in analyser.gives}
    assert {track for figure in FIGURES for track in figure.tracks} <= given
