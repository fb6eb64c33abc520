"""The contract of `rewatch.analyser`, held over every analyser there is."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rewatch.analyser import Analyser
from rewatch.evidence import Line, Pictures, Samples
from rewatch.facts import FilmFacts, PictureFacts, SoundFacts
from rewatch.track import Curve, Events, Figures, Spans, Track
from rewatch.watch.frames import Frames
from rewatch.watch.plan import all_analysers, in_order
from rewatch.words.lines import lines_track

FRAMES, RATE, SAMPLE_RATE = 300, 24, 22050
KINDS = {"curve": Curve, "events": Events, "spans": Spans, "figures": Figures}
ANALYSERS = in_order([Frames(), *all_analysers()])
NAMES = [a.name for a in ANALYSERS]

Tracks = Mapping[str, Track]


def facts() -> FilmFacts:
    seconds = Fraction(FRAMES, RATE)
    picture = PictureFacts(
        0, "h264", 128, 72, Fraction(1), 0, Fraction(RATE), Fraction(1, 12288), "yuv420p", 8, "bt709", "sdr", "bt709",
        False, False, FRAMES, seconds,
    )  # fmt: skip
    sound = SoundFacts(1, 0, "pcm_s16le", SAMPLE_RATE, 2, "stereo", True, seconds)
    return FilmFacts("/film.mkv", "ab" * 16, "mkv", 1, seconds, Fraction(0), picture, sound, (picture,), (sound,))


@cache
def picture() -> Pictures:
    """A few shots of moving texture: cuts, a dissolve, a fade to black and up again, a flash."""
    random = np.random.default_rng(1)
    scenes = [random.normal(120, 45, (110, 200)).cumsum(axis=1) % 200 + 20 for _ in range(4)]
    luma = np.empty((FRAMES, 72, 128))
    for n in range(FRAMES):
        scene = 0 if n < 70 else 1 if n < 130 else 2 if n < 210 else 3
        x, y = n // 3 % 60, n // 7 % 30
        luma[n] = scenes[scene][y : y + 72, x : x + 128]
        if 120 <= n < 140:
            other = scenes[2 if scene == 1 else 1][y : y + 72, x : x + 128]
            share = (n - 119) / 21
            old, new = (luma[n], other) if scene == 1 else (other, luma[n])
            luma[n] = (1 - share) * old + share * new
        luma[n] *= np.clip(abs(n - 215) / 12, 0, 1)
    luma[40] = 250
    small = np.clip(luma, 0, 255).astype(np.uint8)
    tint = np.clip(128 + 20 * np.sin(np.arange(FRAMES) / 40)[:, None, None] + np.zeros((1, 36, 64)), 0, 255)
    chroma = tint.astype(np.uint8)
    large = {n: np.repeat(small[n, ::2, ::2, None], 3, axis=2).copy() for n in range(3, FRAMES, 20)}
    return Pictures(
        first=0,
        pts=np.arange(FRAMES, dtype=np.int64) * 512,
        time_base=Fraction(1, 12288),
        duration=512,
        luma=small,
        cb=chroma,
        cr=255 - chroma,
        keyframe=np.arange(FRAMES) % 48 == 0,
        size=np.full(FRAMES, 1000, np.int32),
        kind=np.full(FRAMES, ord("P"), np.uint8),
        large=large,
    )


@cache
def sound() -> Samples:
    """Noise that swells, a tone, clicks, silence."""
    random = np.random.default_rng(2)
    count = SAMPLE_RATE * FRAMES // RATE
    at = np.arange(count) / SAMPLE_RATE
    values = 0.1 * random.normal(size=(count, 2)) * (1 + np.sin(at))[:, None] / 2
    values[:, 0] += 0.3 * np.sin(2 * np.pi * 440 * at) * (at > 4) * (at < 7)
    values[(at > 9) & (at < 11)] = 0
    values[:: SAMPLE_RATE // 2] += 0.5
    return Samples(0, Fraction(1, 50), SAMPLE_RATE, "stereo", values.astype(np.float32))


def pieces_of_picture(lengths: Sequence[int]) -> Iterator[Pictures]:
    whole, at, turn = picture(), 0, 0
    while at < FRAMES:
        end = min(FRAMES, at + lengths[turn % len(lengths)])
        part = {k: getattr(whole, k)[at:end] for k in ("pts", "luma", "cb", "cr", "keyframe", "size", "kind")}
        yield replace(whole, first=at, large={n: p for n, p in whole.large.items() if at <= n < end}, **part)
        at, turn = end, turn + 1


def pieces_of_sound(lengths: Sequence[int]) -> Iterator[Samples]:
    whole, at, turn = sound(), 0, 0
    while at < len(whole):
        end = min(len(whole), at + lengths[turn % len(lengths)])
        yield replace(whole, first=at, values=whole.values[at:end])
        at, turn = end, turn + 1


def pieces(analyser: Analyser[Any], lengths: Sequence[int] | None) -> list[Any]:
    if analyser.watches == "pictures":
        return [picture()] if lengths is None else list(pieces_of_picture(lengths))
    if analyser.watches == "samples":
        return [sound()] if lengths is None else list(pieces_of_sound([n * 997 for n in lengths]))
    return []


def run(
    name: str,
    tracks: Tracks,
    scratch: Path,
    lengths: Sequence[int] | None = None,
    pickled: bool = False,
    empty: bool = False,
) -> tuple[Tracks, dict[str, bytes]]:
    """Tracks that a fresh analyser gives, and the files that it keeps."""
    kind = type(next(a for a in ANALYSERS if a.name == name))
    analyser = kind()
    scratch.mkdir(parents=True)
    analyser.begin(facts(), scratch)
    for piece in [] if empty else pieces(analyser, lengths):
        analyser.feed(piece)
        if pickled:
            analyser = pickle.loads(pickle.dumps(analyser))
    needed = {n: tracks[n] for n in analyser.needs if n in tracks}
    given = analyser.finish(needed)
    keep = scratch / "keep"
    return given, {p.name: p.read_bytes() for p in sorted(keep.glob("*"))} if keep.is_dir() else {}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Tracks, dict[str, bytes]]]:
    """What every analyser gives of the whole film in one piece, each fed with the tracks of those before."""
    folder = tmp_path_factory.mktemp("whole")
    lines = [Line(1000, 2500, "Who goes there?"), Line(3000, 5200, "Nobody.\nOnly the wind.", "MILLER")]
    tracks: dict[str, Track] = {"lines": lines_track(lines)}
    found = {}
    for name in NAMES:
        found[name] = run(name, tracks, folder / name)
        tracks.update(found[name][0])
    found["lines"] = ({"lines": tracks["lines"]}, {})
    return found


@pytest.fixture(scope="module")
def tracks(whole: dict[str, tuple[Tracks, dict[str, bytes]]]) -> Tracks:
    return {n: t for given, _ in whole.values() for n, t in given.items()}


def same(a: Tracks, b: Tracks) -> None:
    assert set(a) == set(b)
    for name in a:
        x, y = a[name], b[name]
        assert type(x) is type(y)
        for part in x.__dataclass_fields__:
            p, q = getattr(x, part), getattr(y, part)
            if part == "columns" and isinstance(p, Mapping):
                assert list(p) == list(q)
                pairs = [(p[k], q[k]) for k in p]
            else:
                pairs = [(p, q)]
            for left, right in pairs:
                if isinstance(left, np.ndarray):
                    assert left.dtype == right.dtype, (name, part)
                    assert left.tobytes() == right.tobytes(), (name, part)
                else:
                    assert left == right, (name, part)


@pytest.mark.parametrize("name", NAMES)
def test_gives_what_it_declares(name: str, whole: dict[str, tuple[Tracks, dict[str, bytes]]]) -> None:
    analyser = next(a for a in ANALYSERS if a.name == name)
    given, _ = whole[name]
    declared = {g.name: g for g in analyser.gives}
    assert set(given) <= set(declared)
    assert given, "of a film with picture, sound and lines every analyser gives something"
    for key, track in given.items():
        about = declared[key]
        assert track.name == key
        assert isinstance(track, KINDS[about.kind])
        assert about.about
        assert about.source
        if isinstance(track, Figures):
            assert all(track.why.get(k) for k, v in track.values.items() if v is None)
            continue
        assert track.unit == about.unit
        if isinstance(track, Curve):
            assert not about.columns or tuple(track.columns) == tuple(about.columns)
            if track.clock.counts_frames:
                assert len(track) == FRAMES
        else:
            assert set(about.columns) <= set(track.columns)
            assert track.clock.counts_frames or track.clock.rate


@pytest.mark.parametrize("name", [a.name for a in ANALYSERS if a.watches != "tracks"])
@pytest.mark.parametrize("lengths", [(1, 64), (7,), (50, 3, 110)], ids=str)
def test_pieces_give_the_same_as_the_whole(
    name: str,
    lengths: tuple[int, ...],
    whole: dict[str, tuple[Tracks, dict[str, bytes]]],
    tracks: Tracks,
    tmp_path: Path,
) -> None:
    given, kept = run(name, tracks, tmp_path / "a", lengths)
    same(given, whole[name][0])
    assert kept == whole[name][1]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_again(
    name: str, whole: dict[str, tuple[Tracks, dict[str, bytes]]], tracks: Tracks, tmp_path: Path
) -> None:
    given, kept = run(name, tracks, tmp_path / "a")
    same(given, whole[name][0])
    assert kept == whole[name][1]


@pytest.mark.parametrize("name", [a.name for a in ANALYSERS if a.watches != "tracks"])
def test_a_pickle_between_two_pieces_changes_nothing(
    name: str, whole: dict[str, tuple[Tracks, dict[str, bytes]]], tracks: Tracks, tmp_path: Path
) -> None:
    given, kept = run(name, tracks, tmp_path / "a", (70,), pickled=True)
    same(given, whole[name][0])
    assert kept == whole[name][1]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_watched_is_no_crash(name: str, tmp_path: Path) -> None:
    given, kept = run(name, {}, tmp_path / "a", empty=True)
    assert not kept
    analyser = next(a for a in ANALYSERS if a.name == name)
    assert set(given) <= {g.name for g in analyser.gives}
    for track in given.values():
        if isinstance(track, Figures):
            # What counts (shots, lines) is none; whatever would be measured is not, and says why.
            assert all(track.why[k] if v is None else v == 0 for k, v in track.values.items()), track.values
        elif analyser.name not in ("minutes", "movements"):  # these divide the time that the header tells
            assert not len(track), track.name


@pytest.mark.parametrize("name", [a.name for a in ANALYSERS if a.needs])
def test_tracks_that_a_film_does_not_have(name: str, tracks: Tracks, tmp_path: Path) -> None:
    """A film without sound, without picture, without lines: each need may be missing."""
    analyser = next(a for a in ANALYSERS if a.name == name)
    for i, missing in enumerate(analyser.needs):
        given, _ = run(name, {k: v for k, v in tracks.items() if k != missing}, tmp_path / str(i))
        assert set(given) <= {g.name for g in analyser.gives}
        for track in given.values():
            if isinstance(track, Figures):
                assert all(track.why[k] for k, v in track.values.items() if v is None), (missing, track.values)
            elif isinstance(track, Curve):
                assert np.isfinite(np.asarray(track.values, dtype=np.float64)).all(), (missing, track.name)
