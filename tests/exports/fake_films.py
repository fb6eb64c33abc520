"""Studies of films that were never shot: tracks with the structure of real ones, for drawing and exporting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from rewatch.clock import FRAMES, MILLISECONDS, Clock, FrameTimes
from rewatch.facts import FilmFacts, PictureFacts, SoundFacts, WordsFacts
from rewatch.track import Curve, Events, Figures, Spans, Track

RATE = Fraction(24)


@dataclass(frozen=True)
class FakeStudy:
    title: str
    year: int | None
    facts: FilmFacts
    times: FrameTimes | None
    duration: float
    tracks: Mapping[str, Track] = field(default_factory=dict)
    provisional: str = ""


@dataclass(frozen=True)
class _Kind:
    """What a sort of scene is like: hue, light, median shot, motion, loudness, shares of speech and music."""

    hue: float
    light: float
    shot: float
    motion: float
    loud: float
    speech: float
    music: float


KINDS = {
    "talk": _Kind(0.08, 0.40, 4.5, 0.05, -26, 0.85, 0.15),
    "fight": _Kind(0.02, 0.32, 1.3, 0.35, -14, 0.15, 0.7),
    "landscape": _Kind(0.55, 0.62, 11.0, 0.03, -30, 0.05, 0.6),
    "night": _Kind(0.62, 0.14, 6.0, 0.06, -38, 0.3, 0.1),
    "chase": _Kind(0.12, 0.50, 2.0, 0.28, -17, 0.2, 0.8),
    "interior": _Kind(0.10, 0.28, 5.5, 0.04, -29, 0.7, 0.05),
}
VOCABULARY = ("you", "never", "told", "me", "that", "road", "was", "closed", "I", "know", "we", "could", "wait")
ORDER = ("landscape", "interior", "talk", "night", "talk", "chase", "interior", "talk", "fight", "night", "landscape")


def facts(duration: float, picture: bool = True, sound: bool = True, words: bool = True) -> FilmFacts:
    length = Fraction(duration).limit_denominator(1000)
    seen = PictureFacts(
        0,
        "h264",
        1280,
        534,
        Fraction(1),
        0,
        RATE,
        Fraction(1, 12288),
        "yuv420p",
        8,
        "bt709",
        "sdr",
        "bt709",
        False,
        False,
        round(duration * 24),
        length,
    )
    heard = SoundFacts(1, 0, "aac", 48000, 2, "stereo", True, length, "eng")
    read = WordsFacts(2, "subrip", True, True, False, "eng")
    return FilmFacts(
        "/films/fake.mkv",
        "0123456789abcdef0123456789abcdef",
        "matroska,webm",
        1_234_567_890,
        length,
        Fraction(0),
        seen if picture else None,
        heard if sound else None,
        (seen,) if picture else (),
        (heard,) if sound else (),
        (read,) if words else (),
    )


def _scenes(duration: float, rng: np.random.Generator) -> list[tuple[float, float, _Kind]]:
    length, at, scenes, i = np.clip(duration / 45, 6, 150), 0.0, [], 0
    while at < duration:
        end = min(duration, at + length * rng.uniform(0.5, 1.6))
        if duration - end < length * 0.4:
            end = duration
        # The last third leans to chase and fight before the film comes to rest, as films do.
        name = ORDER[i % len(ORDER)]
        if 0.72 < at / duration < 0.9:
            name = ("chase", "fight", "night")[i % 3]
        scenes.append((at, end, KINDS[name]))
        at, i = end, i + 1
    return scenes


def _rough(n: int, rng: np.random.Generator, memory: float) -> np.ndarray:
    """(n,) noise that remembers: standard deviation about 1."""
    from scipy.signal import lfilter

    white = rng.standard_normal(n)
    return lfilter([np.sqrt(1 - memory**2)], [1, -memory], white)


def film(seconds: float, title: str = "The Long Way Down", year: int | None = 1974, seed: int = 7) -> FakeStudy:
    """A study of a film of that length with every track the sheet knows."""
    rng = np.random.default_rng(seed)
    count = round(seconds * 24)
    times = FrameTimes.even(count, RATE)
    scenes = _scenes(seconds, rng)

    def per(ticks: np.ndarray, what: str) -> np.ndarray:
        starts = np.array([s[0] for s in scenes])
        values = np.array([getattr(s[2], what) for s in scenes])
        return values[np.searchsorted(starts, ticks, side="right") - 1]

    cuts, kinds = [0], [""]
    for begin, end, kind in scenes:
        at = begin
        while True:
            at += kind.shot * rng.lognormal(0.0, 0.65)
            if at >= end - 0.3:
                break
            cuts.append(round(at * 24))
            kinds.append("dissolve" if kind is KINDS["landscape"] and rng.random() < 0.35 else "cut")
        if end < seconds:
            cuts.append(round(end * 24))
            kinds.append(
                str(rng.choice(["cut", "dissolve", "fade_through_black", "fade_in"], p=[0.55, 0.3, 0.1, 0.05]))
            )
    order = np.unique(cuts, return_index=True)[1]
    cuts, kinds = np.array(cuts)[order], [kinds[i] for i in order]
    ends = np.append(cuts[1:], count)
    width = np.array([{"cut": 1, "": 0}.get(k, 22) for k in kinds])
    first = np.where(width > 0, np.maximum(cuts - width // 2, 0), -1)
    last = np.where(width > 0, first + width - 1, -1)
    shot_of = np.searchsorted(cuts, np.arange(count), side="right") - 1

    frame_s = np.arange(count) / 24
    per_shot = rng.lognormal(0, 0.5, len(cuts))[shot_of]
    activity = np.clip(per(frame_s, "motion") * per_shot * np.exp(0.5 * _rough(count, rng, 0.97)), 0, 1)
    activity[cuts[1:]] = np.clip(0.5 + 0.3 * rng.random(len(cuts) - 1), 0, 1)

    n4 = int(seconds * 4)
    t4 = np.arange(n4) / 4
    shot4 = shot_of[np.minimum((t4 * 24).astype(int), count - 1)]
    hue = per(t4, "hue") + 0.06 * rng.standard_normal(len(cuts))[shot4]
    light = np.clip(per(t4, "light") * rng.lognormal(0, 0.25, len(cuts))[shot4], 0.02, 0.95)
    bands = np.empty((n4, 12, 3))
    for band in range(12):
        shade = light * (1.25 - 0.06 * band) * rng.lognormal(0, 0.18, (len(cuts), 12))[shot4, band]
        for channel in range(3):
            tint = 0.72 + 0.28 * np.cos(2 * np.pi * (hue + 0.01 * band - channel / 3))
            bands[:, band, channel] = np.clip(shade * tint * (1 + 0.015 * rng.standard_normal(n4)), 0, 1)
    barcode = np.rint(bands * 255).astype(np.uint8).reshape(n4, 36)

    n10 = int(seconds * 10)
    t10 = np.arange(n10) / 10
    momentary = per(t10, "loud") + 5 * _rough(n10, rng, 0.9) + 2.5 * _rough(n10, rng, 0.995)
    momentary = np.clip(momentary, -70, -4)
    kernel = np.ones(30) / 30
    short = np.convolve(np.pad(momentary, (15, 14), mode="edge"), kernel, mode="valid")
    quiet = per(t10, "loud") < -37
    quiet &= _rough(n10, rng, 0.999) > 1.1
    momentary[quiet] = short[quiet] = -66

    texts, begins, finish, speakers = [], [], [], []
    for begin, end, kind in scenes:
        at = begin + rng.uniform(0.5, 3)
        while at < end - 2:
            words = int(rng.integers(1, 14))
            spoken = 0.35 + words * 0.28
            texts.append(" ".join(rng.choice(VOCABULARY, words)))
            begins.append(int(at * 1000))
            finish.append(int(min(at + spoken, end) * 1000))
            speakers.append(str(rng.choice(["ANNA", "BRUNO", ""])))
            at += spoken + rng.exponential(0.8 / kind.speech**2)
    n1 = max(int(seconds), 1)
    per_second = np.zeros(n1)
    for begin_ms, text in zip(begins, texts, strict=True):
        per_second[min(begin_ms // 1000, n1 - 1)] += len(text.split())
    window = min(31, n1 // 2 * 2 - 1) if n1 > 3 else 1
    pace = np.convolve(per_second, np.ones(window) / window, mode="same") * 60

    t2 = np.arange(int(seconds * 2)) / 2
    kinds2 = np.stack([per(t2, "speech"), per(t2, "music"), np.clip(per(t2, "motion") * 2.5, 0, 1)], axis=1)
    kinds2 = np.clip(kinds2 + 0.22 * np.stack([_rough(len(t2), rng, 0.9) for _ in range(3)], axis=1), 0, 1)

    smooth = np.ones(min(24 * 12, max(count // 3, 1)))
    momentum = np.convolve(activity, smooth / len(smooth), mode="same")
    lengths = np.diff(np.append(cuts, count)) / 24
    log_length = np.log(np.maximum(np.diff(np.append(cuts, count)), 1))[shot_of]
    tempo = np.convolve(
        -(log_length - log_length.mean()) / (log_length.std() + 1e-9), smooth / len(smooth), mode="same"
    )
    tempo = (tempo + (momentum - momentum.mean()) / (momentum.std() + 1e-9))[::24]

    even = lambda rate: Clock(Fraction(rate))  # noqa: E731
    grade = np.flatnonzero(width > 1)
    tracks: dict[str, Track] = {
        "frames": Events(
            "frames", np.arange(count) * 512, Clock(Fraction(12288)), {"duration": np.full(count, 512, dtype=np.int64)}
        ),
        "shots": Spans(
            "shots",
            cuts,
            ends,
            kinds,
            FRAMES,
            {"first_frame": first, "last_frame": last, "sure": np.ones(len(cuts))},
        ),
        "boundaries": Spans(
            "boundaries",
            *np.sort(np.stack([first[1:], last[1:] + 1]), axis=1),
            kinds[1:],
            FRAMES,
            {"sure": np.ones(len(cuts) - 1)},
        ),
        "black": Spans("black", last[grade][:3], last[grade][:3] + 8, ["black"] * len(grade[:3]), FRAMES),
        "barcode": Curve("barcode", barcode, even(4), columns=tuple(f"{c}{b}" for b in range(12) for c in "rgb")),
        "activity": Curve("activity", activity.astype(np.float32), FRAMES),
        "momentum": Curve("momentum", momentum.astype(np.float32), FRAMES),
        "tempo": Curve("tempo", tempo.astype(np.float32), even(1)),
        "loudness": Curve(
            "loudness",
            np.stack([momentary, short], axis=1).astype(np.float32),
            even(10),
            "LUFS",
            ("momentary", "short_term"),
        ),
        "loudness_figures": Figures(
            "loudness_figures", {"integrated": -23.4, "range": 14.2, "true_peak": -1.1}, {"integrated": "LUFS"}
        ),
        "cutting": Figures(
            "cutting", {"shots": len(lengths), "asl": float(lengths.mean()), "median": float(np.median(lengths))}
        ),
        "dialogue_figures": Figures("dialogue_figures", {"words_per_minute": 61.8}),
        "sound_kinds": Curve("sound_kinds", kinds2.astype(np.float32), even(2), columns=("speech", "music", "effects")),
        "lines": Spans(
            "lines",
            np.array(begins, dtype=np.int64),
            np.array(finish, dtype=np.int64),
            texts,
            MILLISECONDS,
            {"speaker": speakers},
        ),
        "pace": Curve("pace", pace.astype(np.float32), even(1), "words/min"),
    }
    return FakeStudy(title, year, facts(seconds), times, seconds, tracks)


def without(study: FakeStudy, *names: str, picture: bool = True, sound: bool = True, words: bool = True) -> FakeStudy:
    """The same film with tracks left out, as if it had no picture, no sound or no lines."""
    lost = set(names)
    if not picture:
        lost |= {"frames", "shots", "boundaries", "black", "barcode", "activity", "momentum", "tempo", "cutting"}
    if not sound:
        lost |= {"loudness", "loudness_figures", "sound_kinds"}
    if not words:
        lost |= {"lines", "pace", "dialogue_figures"}
    tracks = {name: track for name, track in study.tracks.items() if name not in lost}
    return FakeStudy(
        study.title,
        study.year,
        facts(study.duration, picture, sound, words),
        study.times if picture else None,
        study.duration,
        tracks,
    )
