"""Kinds of sound: made speech, chords and wind are told apart; real dialogue stands out of a real film."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from rewatch.film.probe import open_film
from rewatch.film.samples import read_samples
from rewatch.sounds.texture import Texture


def kinds(signals: ModuleType, sound: np.ndarray, rate: int = 48000) -> dict[str, float]:
    curve = signals.analyse(Texture(), sound.astype(np.float32), rate, "mono")["sound_kinds"]
    return dict(zip(curve.columns, curve.values[2:-2].mean(axis=0).tolist(), strict=True))


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000, 96000])
def test_each_kind_is_taken_for_itself(rate: int, signals: ModuleType) -> None:
    speech = kinds(signals, signals.babble(15, rate), rate)
    music = kinds(signals, signals.chords(15, rate), rate)
    wind = kinds(signals, signals.gusts(15, rate), rate)
    assert speech["speech"] > 0.6 > 0.4 > max(music["speech"], wind["speech"])
    assert music["music"] > 0.6 > 0.4 > max(speech["music"], wind["music"])
    assert wind["effects"] > 0.6 > 0.4 > max(speech["effects"], music["effects"])


def test_speech_over_music_can_be_both(signals: ModuleType) -> None:
    both = kinds(signals, signals.babble(20) + 0.4 * signals.chords(20))
    assert both["speech"] > 0.5
    assert both["music"] > kinds(signals, signals.babble(20))["music"] + 0.1


def test_level_does_not_matter_until_it_is_not_heard(signals: ModuleType) -> None:
    speech = signals.babble(10)
    loud, quiet = kinds(signals, speech), kinds(signals, 0.05 * speech)
    assert quiet["speech"] == pytest.approx(loud["speech"], abs=0.1)
    assert kinds(signals, 1e-4 * speech)["speech"] == 0


def test_silence_is_nothing(signals: ModuleType) -> None:
    assert set(kinds(signals, np.zeros((5 * 48000, 1))).values()) == {0.0}


def test_dialogue_of_a_real_film(films: Path, signals: ModuleType) -> None:
    pieces = list(read_samples(open_film(films / "agent327_480p.mp4")))
    values = np.concatenate([piece.values for piece in pieces])
    curve = signals.analyse(Texture(), values, pieces[0].rate, pieces[0].layout, start=pieces[0].start)["sound_kinds"]
    text = (films / "agent327_480p.en.vtt").read_text(encoding="utf-8-sig")
    times = re.findall(r"(\d+):(\d+):([\d.]+) --> (\d+):(\d+):([\d.]+)", text)
    lines = [(int(m) * 60 + float(s), int(n) * 60 + float(t)) for _, m, s, _, n, t in times]
    inside = np.array([any(a <= second < b for a, b in lines) for second in curve.seconds()])
    speech = curve.column("speech")
    beats = (speech[inside][:, None] > speech[~inside][None, :]).mean()
    assert beats > 0.85
