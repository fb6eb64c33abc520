"""Onsets: precision and recall on attacks of known time, and what has none."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from rewatch.sounds import onsets
from rewatch.sounds.texture import Texture


@pytest.mark.parametrize(
    ("kind", "snr", "precision", "recall"),
    [
        ("click", None, 0.98, 0.98),
        ("click", 10, 0.9, 0.98),
        ("note", None, 0.97, 0.97),
        ("note", 20, 0.95, 0.95),
        ("note", 10, 0.9, 0.9),
        ("burst", None, 0.98, 0.98),
        ("burst", 10, 0.9, 0.98),
        ("burst", 0, 0.85, 0.85),
    ],
)
def test_finds_attacks(kind: str, snr: float | None, precision: float, recall: float, signals: ModuleType) -> None:
    truth, sound = signals.attacks(kind, snr, seed=11)
    found = signals.analyse(Texture(), sound, 48000, "mono")["onsets"]
    p, r = signals.hits(truth, found.seconds())
    assert p >= precision
    assert r >= recall


def test_stands_within_ten_milliseconds(signals: ModuleType) -> None:
    truth, sound = signals.attacks("note", None, seed=12)
    found = signals.analyse(Texture(), sound, 48000, "mono")["onsets"].seconds()
    nearest = np.array([np.abs(found - at).min() for at in truth])
    assert np.median(nearest) <= 0.01


def test_louder_attacks_are_stronger(signals: ModuleType) -> None:
    rng = np.random.default_rng(1)
    sound = 0.01 * signals.pink(6 * 48000, rng)
    for second, level in ((1, 0.03), (3, 0.1), (5, 0.4)):
        sound[second * 48000 : second * 48000 + 4800] += level * rng.standard_normal(4800) * np.linspace(1, 0, 4800)
    found = signals.analyse(Texture(), sound.astype(np.float32)[:, None], 48000, "mono")["onsets"]
    at = {round(s): g for s, g in zip(found.seconds(), found.columns["strength"], strict=True) if g > 1}
    assert at[1] < at[3] < at[5]


@pytest.mark.parametrize("what", ["drone", "vibrato", "noise", "silence"])
def test_what_does_not_begin_has_no_onsets(what: str, signals: ModuleType) -> None:
    t = np.arange(20 * 48000) / 48000
    sound = {
        "drone": 0.3 * np.sin(2 * np.pi * 110 * t),
        "vibrato": 0.3 * np.sin(2 * np.pi * 440 * t + 8 * np.sin(2 * np.pi * 6 * t)),
        "noise": 0.1 * signals.pink(len(t), np.random.default_rng(2)),
        "silence": 0 * t,
    }[what]
    found = signals.analyse(Texture(), sound.astype(np.float32)[:, None], 48000, "mono")["onsets"]
    # The sound itself begins once; steady noise is allowed its grain, weak ones, one in two seconds.
    assert len(found) <= {"silence": 0, "noise": 11}.get(what, 1)
    assert (found.columns["strength"][1:] < 1.5).all()


def test_picks_nothing_from_nothing() -> None:
    assert len(onsets.pick(np.zeros(0, dtype=np.float32))) == 0
    assert len(onsets.pick(np.zeros(500, dtype=np.float32))) == 0


def test_one_peak_of_a_plateau() -> None:
    strength = np.zeros(100, dtype=np.float32)
    strength[50:53] = 5
    assert onsets.pick(strength).tolist() == [50]
