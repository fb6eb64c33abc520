"""Two sounds laid beside each other by their landmarks alone."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rewatch.compare.by_ear import pieces_by_ear
from rewatch.compare.order import closed, laid_out, without_overlaps
from rewatch.sounds.prints import Prints
from rewatch.sounds.prints_landmarks import HOPS
from rewatch.sounds.prints_matches import matches

Sound = tuple[np.ndarray, np.ndarray]


def landmarks(seed: int, seconds: float) -> Sound:
    """Two dozen landmarks a second: seconds, bins."""
    rng = np.random.default_rng(seed)
    count = round(24 * seconds)
    return np.sort(rng.uniform(0, seconds, count)), rng.integers(10, 200, count)


def part(sound: Sound, begin: float, end: float, at: float) -> Sound:
    inside = (sound[0] >= begin) & (sound[0] < end)
    return sound[0][inside] - begin + at, sound[1][inside]


def prints(*parts: Sound, seconds: float, lost: float = 0.0, speed: float = 1.0) -> Prints:
    """speed: how much faster it is played, its pitch with it."""
    at, bins = (np.concatenate([p[k] for p in parts]) for k in (0, 1))
    kept = np.random.default_rng(3).random(len(at)) >= lost
    at, bins = at[kept] / speed, np.round(bins[kept] * speed)
    order = np.lexsort((bins, np.floor(at * HOPS)))
    hop = np.floor(at[order] * HOPS).astype(np.uint32)
    return Prints(hop, bins[order].astype(np.uint16), Fraction(0), round(seconds / speed * HOPS))


@pytest.mark.parametrize("speed", [1.0, 25 / 24])
def test_other_sound_of_equal_length_and_what_moved(speed: float) -> None:
    """Two seconds gone, three of another sound in place of as many, four moved to the end; a third of all is lost."""
    film, other = landmarks(1, 90), landmarks(2, 30)
    a = prints(film, seconds=90)
    b = prints(
        part(film, 0, 20, 0), part(film, 22, 40, 20), part(other, 5, 8, 38), part(film, 43, 70, 41),
        part(film, 74, 90, 68), part(film, 70, 74, 84),
        seconds=88, lost=0.33, speed=speed,
    )  # fmt: skip
    shared = matches(a, b, speed=1 / Fraction(speed).limit_denominator(100))
    long_a, long_b = 90 * HOPS, round(88 * HOPS / speed)
    pieces = closed(without_overlaps(pieces_by_ear(a, b, shared, speed)), long_a, long_b, HOPS // 4)
    told = [
        (kind, *(None if side is None else [edge / HOPS for edge in side] for side in (of_a, of_b)))
        for kind, of_a, of_b, _ in laid_out(pieces, long_a, long_b, HOPS // 4)
    ]
    wanted = [
        ("same", [0, 20], [0, 20]), ("removed", [20, 22], None), ("same", [22, 40], [20, 38]),
        ("replaced", [40, 43], [38, 41]), ("same", [43, 70], [41, 68]), ("same", [74, 90], [68, 84]),
        ("moved", [70, 74], [84, 88]),
    ]  # fmt: skip
    assert [row[0] for row in told] == [row[0] for row in wanted]
    for (_, of_a, of_b), (_, in_a, in_b) in zip(told, wanted, strict=True):
        assert of_a == (None if in_a is None else pytest.approx(in_a, abs=0.3))
        assert of_b == (None if in_b is None else pytest.approx(np.array(in_b) / speed, abs=0.3))


def test_unrelated_sounds_have_no_pieces() -> None:
    a, b = prints(landmarks(1, 60), seconds=60), prints(landmarks(2, 60), seconds=60)
    assert pieces_by_ear(a, b, matches(a, b)) == []
