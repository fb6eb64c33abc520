"""The soundtrack: waves, waltz, train, storm, heart, drums, silence, hum, birds, laid where the timeline has them.

Quiet at first, loud in the storm, loudest in the staccato passage; then nothing at all, digitally; then a hum.

Contents
    soundtrack
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rewatch.demo import timeline as story
from rewatch.demo.music import drums, waltz
from rewatch.demo.synth import RATE, Mix, Sound, bell, chirp, noise, pluck, swell, thump, whistle
from rewatch.demo.timeline import LINES, Stretch
from rewatch.demo.voices import say

PEAK = 10 ** (-1.5 / 20)
"""What the loudest sample is set to: 1.5 dB below full scale leaves room for what a lossy codec adds."""

_SECONDS = float(story.SECONDS)


def _span(stretch: Stretch) -> tuple[float, float]:
    return float(stretch.begin), float(stretch.end)


def _water(mix: Mix) -> None:
    """Waves on a shore, in and out every four and a half seconds; never quite away but in the silence."""
    shores = ((0, 14.9, 0.024), (20.3, 34.2, 0.05), (58.3, 72.6, 0.012), (71.6, 77.8, 0.028), (80.8, 85, 0.012))
    for seed, (begin, end, level) in enumerate(shores):
        long = end - begin
        t = np.arange(round(long * RATE)) / RATE
        breath = (0.45 + 0.55 * np.sin(np.pi * t / 4.5) ** 2).astype(np.float32)
        edge = swell(long, (0, 0.1), (1.2, 1), (long - 1.0, 1), (long, 0))
        for side in (-1, 1):
            mix.lay(begin, noise(long, 120, 1400, 10 * seed + 2 + side) * breath * edge, level, 0.7 * side)


def _rain(mix: Mix) -> None:
    begin, end = _span(story.RAIN)
    long = end - begin
    edge = swell(long, (0, 0), (1, 0.35), (3, 1), (long - 0.9, 1), (long, 0))
    for side in (-1, 1):
        mix.lay(begin, noise(long, 900, 9000, 40 + side) * edge, 0.06, 0.8 * side)
        wind = 0.6 + 0.4 * np.sin(np.arange(edge.size) / RATE * 1.9 + side)
        mix.lay(begin, noise(long, 150, 520, 44 + side) * edge * wind.astype(np.float32), 0.05, 0.5 * side)
    # Through the wall of the tower, and then hardly: the heart is heard better.
    mix.lay(34, noise(16, 150, 600, 48) * swell(16, (0, 0), (0.5, 1), (5, 0.3), (16, 0.3)), 0.016)


def _thunder(mix: Mix) -> None:
    for i, at in enumerate(story.THUNDER):
        roll = swell(3, (0, 0), (0.03, 1), (0.3, 0.5), (0.5, 0.8), (1.2, 0.35), (3, 0))
        mix.lay(float(at), noise(3, 35, 320, 60 + i) * roll, 0.2, -0.3 + 0.5 * i)


def _train(mix: Mix) -> None:
    """Two chuffs to a quarter of the waltz, nearer in the close shot than across the bay; the whistle."""
    begin, end = _span(story.TRAIN_SOUND)
    step = 30 / story.WALTZ_BPM
    first = float(story.WALTZES[0].begin)
    count = int((end - first) / step)
    puff = noise(0.26, 250, 2600, 70) * swell(0.26, (0, 0), (0.015, 1), (0.26, 0))
    for k in range(count):
        at = first + k * step
        if at < begin or at > end - 0.3:
            continue
        near = np.interp(at, [begin, 10.9, 11, 14.6, end], [0.008, 0.022, 0.055, 0.055, 0.012])
        mix.lay(at, puff, float(near) * (1.0 if k % 4 == 0 else 0.62), 0.2)
    for i, at_ in enumerate(story.WHISTLES):
        mix.lay(float(at_), whistle(1.0, 75 + i), 0.09, 0.3)
    # The second time it comes to stand: slower and slower.
    at, gap = 68.9, 0.34
    while at < 71.6:
        mix.lay(at, puff, 0.04, 0.4)
        at, gap = at + gap, gap * 1.13


def _steps(mix: Mix) -> None:
    begin, end = _span(story.FOOTSTEPS)
    gravel = noise(0.14, 700, 5000, 80) * swell(0.14, (0, 0), (0.01, 1), (0.05, 0.4), (0.14, 0))
    for k in range(int((end - begin) * 5.6 / np.pi)):
        mix.lay(begin + k * np.pi / 5.6, gravel, 0.045 if k % 2 else 0.036, 0.15 * (-1) ** k)


def _room(mix: Mix) -> None:
    """The fire: a soft roar and crackles."""
    for begin, end, seed in ((14.9, 20.5, 90), (77.5, 81.3, 91)):
        rng = np.random.default_rng(seed)
        long = end - begin
        mix.lay(
            begin, noise(long, 100, 700, seed) * swell(long, (0, 0), (0.3, 1), (long - 0.3, 1), (long, 0)), 0.007, 0.5
        )
        for _ in range(int(long * 5)):
            spark = noise(0.02, 1500, 9000, int(rng.integers(1000))) * swell(0.02, (0, 1), (0.02, 0))
            mix.lay(begin + float(rng.uniform(0.1, long - 0.2)), spark, float(rng.uniform(0.004, 0.02)), 0.55)


def _heart(mix: Mix) -> None:
    """Lub-dub, nearer and nearer."""
    begin, end = _span(story.HEARTBEAT)
    beat = 60 / story.HEARTBEAT_BPM
    count = int(np.ceil((end - begin) / beat - 1e-9))
    for k in range(count):
        level = 0.2 + 0.4 * k / count
        at = begin + k * beat
        mix.lay(at, thump(54), level)
        if at + 0.56 < end:
            mix.lay(at + 0.27, thump(62, 22), 0.62 * level)


def _hum(mix: Mix) -> None:
    """The great lamp: heard once in the film."""
    begin, end = _span(story.HUM)
    long = end - begin
    t = np.arange(round(long * RATE)) / RATE
    tone = sum(
        level * np.sin(2 * np.pi * story.HUM_HZ * k * t) for k, level in ((1, 1.0), (2, 0.5), (3, 0.25), (4, 0.1))
    )
    edge = swell(long, (0, 0), (0.5, 1), (long - 0.9, 1), (long, 0))
    mix.lay(begin, (np.asarray(tone) * (1 + 0.1 * np.sin(2 * np.pi * 0.7 * t))).astype(np.float32) * edge, 0.17)


def _small_things(mix: Mix) -> None:
    # The match, the lamp that takes fire, and the ship's bell far out.
    mix.lay(59.2, noise(0.5, 1500, 8000, 95) * swell(0.5, (0, 0), (0.02, 1), (0.12, 0.4), (0.5, 0)), 0.03, -0.2)
    for i, hertz in enumerate((293.7, 440.0, 587.3, 740.0, 880.0)):
        mix.lay(62.5 + 0.05 * i, pluck(hertz, 2.6, 0.7), 0.1, -0.4 + 0.2 * i)
    mix.lay(3.0, bell(392, 2.4), 0.035, 0.6)
    begin, end = _span(story.BIRDSONG)
    rng = np.random.default_rng(97)
    at = begin
    while at < end - 0.6:
        low, where = float(rng.uniform(2400, 3600)), float(rng.uniform(-0.8, 0.8))
        for k in range(int(rng.integers(2, 6))):
            mix.lay(at + 0.09 * k, chirp(low, low * 1.5, 0.075), 0.022, where)
        at += float(rng.uniform(0.35, 0.9))


def _surround(bed: Sound, voices: Sound, low: Sound, channels: int) -> Sound:
    """FL FR FC LFE BL BR (SL SR): voices in the middle, the storm all round, the deep of heart and thunder below."""
    late = np.roll(bed[::-1], round(0.017 * RATE), axis=1) * np.float32(0.45)
    late[:, : round(0.017 * RATE)] = 0
    middle = (voices[0] + voices[1]) * np.float32(np.sqrt(0.5))
    rows = [*bed, middle, (low[0] + low[1]) * np.float32(0.35), *late]
    if channels == 8:
        rows += [late[0] * np.float32(0.8), late[1] * np.float32(0.8)]
    return np.stack(rows)


@lru_cache(maxsize=1)
def soundtrack(channels: int = 2) -> Sound:
    """(channels, n) float32 at 48 kHz, read-only: 1, 2, 6 or 8 channels. The same samples each time on one machine."""
    music, bed, low, voices = (Mix(_SECONDS) for _ in range(4))
    waltz(music, story.WALTZES[0], False, 0.13)
    waltz(music, story.WALTZES[1], True, 0.15)
    music.echo(1.1, 0.35, 5)
    drums(music, 0.5)
    for lay in (_water, _rain, _train, _steps, _room, _small_things):
        lay(bed)
    for lay in (_thunder, _heart, _hum):
        lay(low)
    for line in LINES:
        sound = say(line.text, line.speaker, float(line.end - line.begin))
        voices.lay(float(line.begin), sound, 0.085 if line.speaker != "Cat" else 0.06)
    begin, end = (round(float(s) * RATE) for s in (story.SILENCE.begin, story.SILENCE.end))
    gate = round(0.004 * RATE)
    for mix in (music, bed, low, voices):
        mix.samples[:, begin - gate : begin] *= np.linspace(1, 0, gate, dtype=np.float32)
        mix.samples[:, begin:end] = 0
    bed.samples += music.samples
    if channels > 2:
        out = _surround(bed.samples + low.samples, voices.samples, low.samples, channels)
    else:
        out = bed.samples + low.samples + voices.samples
        if channels == 1:
            out = out.mean(axis=0, keepdims=True)
    out = np.asarray(out * np.float32(PEAK / np.abs(out).max()), np.float32)
    out.flags.writeable = False
    return out
