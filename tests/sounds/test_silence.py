"""Silence: found to 20 ms, judged against the film's own loudness, told apart from an empty track."""

from __future__ import annotations

from fractions import Fraction
from types import ModuleType

import numpy as np
import pytest

from rewatch.sounds.loudness import Loudness
from rewatch.track import Spans

RATE = 48000


def silences(signals: ModuleType, values: np.ndarray, start: Fraction = Fraction(0)) -> Spans:
    found = signals.analyse(Loudness(), values.astype(np.float32)[:, None], RATE, "mono", start=start)["silence"]
    assert isinstance(found, Spans)
    return found


def test_finds_the_pause(signals: ModuleType) -> None:
    film = np.concatenate([signals.tone(-20, 3), np.zeros(2 * RATE), signals.tone(-20, 3), np.zeros(RATE // 4)])
    found = silences(signals, film, Fraction(1, 4))
    assert found.begin_seconds() == pytest.approx([3.25], abs=0.021)
    assert found.end_seconds() == pytest.approx([5.25], abs=0.021)
    assert found.columns["digital"].tolist() == [True]
    assert list(found.label) == ["silence"]


@pytest.mark.parametrize(("loud", "hiss", "silent"), [(-20, -62, True), (-45, -62, False), (-20, -45, False)])
def test_a_hiss_is_silence_only_beside_louder_sound(
    loud: float, hiss: float, silent: bool, signals: ModuleType
) -> None:
    film = np.concatenate([signals.tone(loud, 5), signals.tone(hiss, 3), signals.tone(loud, 5)])
    found = silences(signals, film)
    assert len(found) == int(silent)
    if silent:
        assert not found.columns["digital"][0]
        assert found.columns["level"][0] == pytest.approx(hiss - 3.01, abs=0.6)


def test_a_crackle_does_not_break_it(signals: ModuleType) -> None:
    film = np.concatenate([signals.tone(-20, 2), np.zeros(4 * RATE), signals.tone(-20, 2)])
    film[4 * RATE : 4 * RATE + 40] = 0.3
    found = silences(signals, film)
    assert len(found) == 1
    assert not found.columns["digital"][0]


def test_too_short_is_none(signals: ModuleType) -> None:
    film = np.concatenate([signals.tone(-20, 2), np.zeros(int(0.4 * RATE)), signals.tone(-20, 2)])
    assert len(silences(signals, film)) == 0


def test_silence_throughout(signals: ModuleType) -> None:
    found = silences(signals, np.zeros(int(3.3 * RATE)))
    assert found.begin_seconds().tolist() == [0.0]
    assert found.end_seconds() == pytest.approx([3.3], abs=0.021)
