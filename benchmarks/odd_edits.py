"""Editions that no cutter's list describes: each made of a film, with the frame of it that each of its frames shows.

Every case is a function of a `Source` (see `re_edits`) and the first frames of its shots. What it makes is a film B,
what A is where it is not the source itself, and the truth: for each frame of B the frame of A that it shows, FOREIGN
where it shows none, ANY where nobody could say (the middle of a dissolve), and how many differences a person would
tell. Film 0 is the source, 1 another film, 2 a card, 3 credits.

Contents
    CASES      the cases by name
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

from odd_made import ANY, FOREIGN, Cut, Frame, Made, plain, told, truth_of
from re_edits import Source


def dissolve_over_a_cut(s: Source, cuts: Sequence[int]) -> Made:
    """Three cuts became dissolves of half a second: the ends of both shots lie over each other."""
    long = round(float(s.rate) / 2)
    chosen = [c for c in cuts if long * 2 < c < len(s.frames) - 2 * long][1::3][:3]
    rows, mixed, at = [], {}, 0
    for c in chosen:
        rows.append(np.arange(at, c))
        begin = sum(map(len, rows)) - long
        for k in range(long):
            mixed[begin + k] = (0, c + k, (k + 1) / (long + 1))
        at = c + long
    rows.append(np.arange(at, len(s.frames)))
    frame = np.concatenate(rows)
    cut = Cut(np.zeros(len(frame), np.int64), frame, mixed)
    truth = truth_of(cut)
    truth[list(mixed)] = ANY
    return Made(cut, s.rate, truth, (len(chosen), 2 * len(chosen)))


def lone_frames(s: Source, cuts: Sequence[int]) -> Made:
    """A frame gone, three gone, one put in, three put in, one exchanged: each far from the others."""
    n = len(s.frames)
    p = [round(n * share) for share in (0.14, 0.31, 0.47, 0.63, 0.82)]
    cut = plain(
        (0, 0, p[0]), (0, p[0] + 1, p[1]), (0, p[1] + 3, p[2]), (1, 40, 41), (0, p[2], p[3]), (1, 80, 83),
        (0, p[3], p[4]), (1, 120, 121), (0, p[4] + 1, n),
    )  # fmt: skip
    return told(cut, s.rate, (5, 5))


def burnt_in(s: Source, cuts: Sequence[int]) -> Made:
    """Subtitles burnt in for most of the film, a logo in the corner."""
    words = ("I never said that", "You should have stayed at home", "Run!", "Nobody knows where it went, do they")

    def change(frame: Frame, number: int) -> Frame:
        frame = frame.copy()
        high, wide = frame.shape[:2]
        cv2.circle(frame, (wide - wide // 12, high // 8), high // 18, (240, 240, 240), -1)
        turn = number // 60
        if number % 60 < 48:
            line = words[turn % 4]
            scale = wide / 640
            (long, _), _ = cv2.getTextSize(line, cv2.FONT_HERSHEY_SIMPLEX, 2 * scale, 2)
            place = ((wide - long) // 2, high - high // 10)
            cv2.putText(frame, line, place, cv2.FONT_HERSHEY_SIMPLEX, 2 * scale, (0, 0, 0), 4)
            cv2.putText(frame, line, place, cv2.FONT_HERSHEY_SIMPLEX, 2 * scale, (250, 250, 210), 2)
        return frame

    return told(plain((0, 0, len(s.frames))), s.rate, (0, 0), change=change)


def _few_edits(s: Source) -> Cut:
    """Two seconds gone, two of another film put in: what a dress must not hide."""
    n, two = len(s.frames), round(2 * s.rate)
    p, q = round(n * 0.3), round(n * 0.7)
    return plain((0, 0, p), (0, p + two, q), (1, 100, 100 + two), (0, q, n))


def open_matte(s: Source, cuts: Sequence[int]) -> Made:
    """A is masked to three fourths of the height that B shows."""

    def masked(frame: Frame, number: int) -> Frame:
        off = frame.shape[0] // 8
        return frame[off : frame.shape[0] - off]

    return told(_few_edits(s), s.rate, (2, 2), a=masked)


def doubled(s: Source, cuts: Sequence[int]) -> Made:
    """Every frame twice, at twice the rate."""
    one = _few_edits(s)
    cut = Cut(np.repeat(one.film, 2), np.repeat(one.frame, 2), {})
    return told(cut, s.rate * 2, (2, 2))


def a_tenth_faster(s: Source, cuts: Sequence[int]) -> Made:
    """The same frames at 1.1 times the rate, the sound as much faster."""
    return told(_few_edits(s), s.rate * Fraction(11, 10), (2, 2))


def a_tenth_faster_at_its_rate(s: Source, cuts: Sequence[int]) -> Made:
    """1.1 times as fast at the old rate: every eleventh frame is left out."""
    one = _few_edits(s)
    kept = np.arange(len(one)) % 11 != 10
    cut = Cut(one.film[kept], one.frame[kept], {})
    return told(cut, s.rate, (2, 2), speed_sound=True)


def slow_motion(s: Source, cuts: Sequence[int]) -> Made:
    """Four seconds at half speed, each frame twice; the rest as it is."""
    n, four = len(s.frames), round(4 * s.rate)
    p = n // 2
    frame = np.concatenate([np.arange(p), np.repeat(np.arange(p, p + four), 2), np.arange(p + four, n)])
    return told(Cut(np.zeros(len(frame), np.int64), frame, {}), s.rate, (0, 1), speed_sound=True)


def by_a_thousandth(s: Source, cuts: Sequence[int]) -> Made:
    """24 against 23.976 (25 against 24.975)."""
    return told(_few_edits(s), s.rate * Fraction(1000, 1001), (2, 2))


def card_and_credits(s: Source, cuts: Sequence[int]) -> Made:
    """A card of a distributor before the film, other credits after it."""
    n, end = len(s.frames), round(6 * s.rate)
    card = round(4 * s.rate)
    cut = plain((2, 0, card), (0, 0, n - end), (3, 0, 2 * end))
    return told(cut, s.rate, (2, 2))


def pan_and_scan(s: Source, cuts: Sequence[int]) -> Made:
    """A window of 60 % of the width that stands elsewhere in each shot, and pans in some."""
    cut = _few_edits(s)
    rng = np.random.default_rng(4)
    first, last = rng.uniform(0, 1, 400), rng.uniform(0, 1, 400)
    pans = rng.random(400) < 0.2
    shots = np.searchsorted(cuts, cut.frame, side="right")

    def change(frame: Frame, number: int) -> Frame:
        wide = frame.shape[1]
        shot = int(shots[number]) if cut.film[number] == 0 else 399
        inside = np.flatnonzero(shots == shots[number])
        share = (number - inside[0]) / max(1, len(inside))
        where = first[shot] + (last[shot] - first[shot]) * share * bool(pans[shot])
        kept = round(0.6 * wide) // 2 * 2
        left = round(where * (wide - kept))
        return frame[:, left : left + kept]

    return told(cut, s.rate, (2, 2), change=change)


def mono_scope_low(s: Source, cuts: Sequence[int]) -> Made:
    """Black and white, a fourth of the height cut off, at a tenth of the bit rate."""

    def change(frame: Frame, number: int) -> Frame:
        off = frame.shape[0] // 8
        grey = cv2.cvtColor(frame[off : frame.shape[0] - off], cv2.COLOR_RGB2GRAY)
        return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)

    return told(_few_edits(s), s.rate, (2, 2), change=change, bit_rate=40_000)


def blended(s: Source, cuts: Sequence[int]) -> Made:
    """Another rate by blending neighbouring frames, as converters of norms do (25 of 24, or 30 of 25)."""
    one = _few_edits(s)
    rate = Fraction(25) if s.rate < 25 else Fraction(30)
    at = np.arange(int(len(one) * rate / s.rate)) * float(s.rate / rate)
    low = np.minimum(at.astype(np.int64), len(one) - 2)
    share = at - low
    cut = Cut(one.film[low], one.frame[low], {})
    for n in np.flatnonzero((share > 0.1) & (share < 0.999)).tolist():
        cut.mixed[n] = (int(one.film[low[n] + 1]), int(one.frame[low[n] + 1]), float(share[n]))
    return told(cut, rate, (2, 2))


def woven(s: Source, cuts: Sequence[int]) -> Made:
    """Five frames of the fields of four, kept interlaced (2:3 pulldown)."""
    one = _few_edits(s)
    at = np.arange(len(one) * 5 // 4)
    low = at * 4 // 5
    cut = Cut(one.film[low], one.frame[low], {})
    return told(cut, s.rate * Fraction(5, 4), (2, 2), weave=True, codec="mpeg2video", bit_rate=1_500_000)


def uneven(s: Source, cuts: Sequence[int]) -> Made:
    """A variable rate: frames like the one before are left out, by chance others too; times stay."""
    one = _few_edits(s)
    rng = np.random.default_rng(9)
    kept = np.flatnonzero((rng.random(len(one)) > 0.25) | (np.arange(len(one)) == 0))
    cut = Cut(one.film[kept], one.frame[kept], {})
    return told(cut, s.rate, (2, 2), shown=kept / float(s.rate))


def many_trims(s: Source, cuts: Sequence[int]) -> Made:
    """A fifth of a second gone every second and a half, for twenty seconds."""
    few, apart = round(0.2 * s.rate), round(1.5 * s.rate)
    begin = len(s.frames) // 4
    parts, at = [], 0
    count = int(min(13, (len(s.frames) * 0.6) // apart))
    for k in range(count):
        p = begin + k * apart
        parts.append((0, at, p))
        at = p + few
    return told(plain(*parts, (0, at, len(s.frames))), s.rate, (count, count))


def backwards(s: Source, cuts: Sequence[int]) -> Made:
    """Three seconds run backwards."""
    n, three = len(s.frames), round(3 * s.rate)
    p = n // 2
    cut = plain((0, 0, p), (0, p + three, p), (0, p + three, n))
    truth = truth_of(cut)
    truth[p : p + three] = FOREIGN
    return Made(cut, s.rate, truth, (1, 1))


def repeated(s: Source, cuts: Sequence[int]) -> Made:
    """Two seconds shown three times."""
    n, two = len(s.frames), round(2 * s.rate)
    p = n // 2
    cut = plain((0, 0, p), (0, p, p + two), (0, p, p + two), (0, p, n))
    truth = truth_of(cut)
    # Which of the three is the one that A has, nobody can say.
    truth[p : p + 3 * two] = ANY
    return Made(cut, s.rate, truth, (1, 2))


def inside_another(s: Source, cuts: Sequence[int]) -> Made:
    """The film within another one."""
    return told(plain((1, 0, 500), (0, 0, len(s.frames)), (1, 500, 900)), s.rate, (2, 2))


def a_part_of_it(s: Source, cuts: Sequence[int]) -> Made:
    """A third of the film, alone."""
    n = len(s.frames)
    return told(plain((0, n // 3, 2 * n // 3)), s.rate, (2, 2))


def supercut(s: Source, cuts: Sequence[int]) -> Made:
    """Half of the shots in random order."""
    edges = [0, *cuts, len(s.frames)]
    shots = [(0, a, b) for a, b in itertools.pairwise(edges) if b - a > s.rate]
    rng = np.random.default_rng(3)
    order = rng.permutation(len(shots))[: max(4, len(shots) // 2)]
    # Moves and removals together: no number is the right one.
    return told(plain(*(shots[k] for k in order)), s.rate, (1, 4 * len(shots)))


def regraded_by_shot(s: Source, cuts: Sequence[int]) -> Made:
    """Every shot has a gain, a gamma and a tint of its own."""
    cut = _few_edits(s)
    rng = np.random.default_rng(12)
    shots = np.searchsorted(cuts, cut.frame, side="right")
    gains = np.clip(rng.normal(1, 0.22, (500, 1)) * rng.normal(1, 0.06, (500, 3)), 0.5, 1.6)
    gammas = np.exp(rng.normal(0, 0.18, 500))
    scale = np.arange(256) / 255

    def change(frame: Frame, number: int) -> Frame:
        shot = int(shots[number])
        return np.stack(
            [
                np.clip(255 * gains[shot, c] * scale ** gammas[shot], 0, 255).astype(np.uint8)[frame[..., c]]
                for c in range(3)
            ],
            axis=2,
        )

    return told(cut, s.rate, (2, 2), change=change)


def worn_tape(s: Source, cuts: Sequence[int]) -> Made:
    """A tape: blurred, noisy, pale, shaking by a pixel, a little off its framing, dark at the edge."""
    rng = np.random.default_rng(21)

    def change(frame: Frame, number: int) -> Frame:
        high, wide = frame.shape[:2]
        small = cv2.resize(frame, (wide // 2, high), interpolation=cv2.INTER_AREA).astype(np.float32)
        grey = small.mean(axis=2, keepdims=True)
        small = 20 + 0.8 * (grey + 0.6 * (small - grey))
        small += rng.normal(0, 6, (*small.shape[:2], 1)) + np.array([5, -2, -4])
        small = np.roll(small, int(rng.integers(-1, 2)), axis=1)
        full = cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR)
        off = high // 30
        full = cv2.resize(full[off:, : wide - off], (wide, high), interpolation=cv2.INTER_LINEAR)
        return np.clip(full, 0, 255).astype(np.uint8)

    return told(_few_edits(s), s.rate, (2, 2), change=change)


def vignetted(s: Source, cuts: Sequence[int]) -> Made:
    """A has a dark rim; B is cropped to what lies within it, and brighter."""
    weight: list[npt.NDArray[np.float32]] = []

    def rim(frame: Frame, number: int) -> Frame:
        if not weight:
            y, x = np.mgrid[-1 : 1 : frame.shape[0] * 1j, -1 : 1 : frame.shape[1] * 1j]
            weight.append(np.clip(1.35 - np.hypot(x, y) ** 2, 0.05, 1).astype(np.float32)[..., None])
        return (frame * weight[0]).astype(np.uint8)

    def change(frame: Frame, number: int) -> Frame:
        high, wide = frame.shape[:2]
        x, y = wide // 7, high // 7
        inner = rim(frame, number)[y : high - y, x : wide - x]
        return np.clip(inner * 1.15, 0, 255).astype(np.uint8)

    return told(_few_edits(s), s.rate, (2, 2), change=change, a=rim)


def by_ear(s: Source, cuts: Sequence[int]) -> Made:
    """No picture: two seconds gone, four of another film in place of as many, three put in, four moved to the end."""
    n, rate = len(s.frames), float(s.rate)
    p, q, r, t = (round(n * share) for share in (0.2, 0.4, 0.6, 0.8))
    two, three, four = round(2 * rate), round(3 * rate), round(4 * rate)
    cut = plain(
        (0, 0, p), (0, p + two, q), (1, 300, 300 + four), (0, q + four, r), (1, 700, 700 + three), (0, r, t),
        (0, t + four, n), (0, t, t + four),
    )  # fmt: skip
    return told(cut, s.rate, (4, 4), picture=False)


def by_ear_at_pal(s: Source, cuts: Sequence[int]) -> Made:
    """The same at 25/24 of the rate."""
    made = by_ear(s, cuts)
    made.rate = s.rate * Fraction(25, 24)
    return made


CASES: dict[str, Callable[[Source, Sequence[int]], Made]] = {
    "dissolve over a cut": dissolve_over_a_cut,
    "lone frames": lone_frames,
    "burnt-in titles": burnt_in,
    "open matte": open_matte,
    "25 to 50": doubled,
    "1.1 x": a_tenth_faster,
    "1.1 x, frames dropped": a_tenth_faster_at_its_rate,
    "slow motion": slow_motion,
    "23.976": by_a_thousandth,
    "card and credits": card_and_credits,
    "pan and scan": pan_and_scan,
    "mono scope low": mono_scope_low,
    "blended rate": blended,
    "telecine": woven,
    "variable rate": uneven,
    "many trims": many_trims,
    "backwards": backwards,
    "repeated": repeated,
    "inside another": inside_another,
    "a part of it": a_part_of_it,
    "supercut": supercut,
    "regraded by shot": regraded_by_shot,
    "worn tape": worn_tape,
    "vignette cropped": vignetted,
    "by ear alone": by_ear,
    "by ear, PAL": by_ear_at_pal,
}
