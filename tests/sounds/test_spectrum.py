"""Spectrum: tones and noises whose shape is known."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from rewatch.sounds.spectrum import BANDS, FLOOR
from rewatch.sounds.texture import Texture
from rewatch.track import Curve


def middle(signals: ModuleType, sound: np.ndarray, rate: int = 48000) -> dict[str, float]:
    curve = signals.analyse(Texture(), sound.astype(np.float32)[:, None], rate, "mono")["spectrum"]
    assert isinstance(curve, Curve)
    inner = curve.values[5:-5].mean(axis=0)
    return dict(zip(curve.columns, inner.tolist(), strict=True))


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000, 96000, 192000])
@pytest.mark.parametrize("hertz", [100, 440, 3000])
def test_a_tone_is_where_it_is(hertz: float, rate: int, signals: ModuleType) -> None:
    found = middle(signals, signals.tone(-12, 3, hertz, rate), rate)
    assert found["rolloff"] == pytest.approx(hertz, abs=30)
    assert found["flatness"] < 1e-3
    band = next(name for name, low, high in BANDS if low <= hertz < high)
    assert found[band] == pytest.approx(-12, abs=0.5)
    assert all(found[name] < -30 for name, _, _ in BANDS if name != band)


def test_white_noise_is_flat(signals: ModuleType) -> None:
    found = middle(signals, 0.1 * np.random.default_rng(0).standard_normal(5 * 48000))
    assert found["flatness"] > 0.85
    assert found["centroid"] == pytest.approx(12000, rel=0.05)
    assert found["rolloff"] == pytest.approx(0.85 * 24000, rel=0.03)
    # White: each band's power goes by its width.
    assert found["mid"] - found["bass"] == pytest.approx(10 * np.log10(1500 / 190), abs=1)


def test_brighter_is_higher(signals: ModuleType) -> None:
    rng = np.random.default_rng(0)
    white = rng.standard_normal(3 * 48000)
    dark = middle(signals, 0.01 * np.cumsum(white - 0.001))
    assert dark["centroid"] < middle(signals, 0.1 * signals.pink(3 * 48000, rng))["centroid"]


def test_silence_has_no_shape(signals: ModuleType) -> None:
    found = middle(signals, np.zeros(3 * 48000))
    assert (found["centroid"], found["flatness"], found["rolloff"]) == (0, 0, 0)
    assert all(found[name] == FLOOR for name, _, _ in BANDS)


def test_second_of_an_entry_is_the_middle_of_what_it_measured(signals: ModuleType) -> None:
    sound = np.zeros(4 * 48000)
    sound[int(2.0 * 48000) : int(2.1 * 48000)] = signals.tone(-6, 0.1)
    curve = signals.analyse(Texture(), sound.astype(np.float32)[:, None], 48000, "mono")["spectrum"]
    assert curve.seconds()[curve.column("mid").argmax()] == pytest.approx(2.05, abs=1e-9)
