"""What comes back: a picture that is seen again once, long after.

Contents
    FINDERS
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from rewatch.clock import timecode
from rewatch.images.prints import NAME, open_prints
from rewatch.library.edition import Edition
from rewatch.study.singular import Detail, shots_of

_ALIKE = 60
"""Bits of 256 up to which two prints are taken for one set-up: PDQ's authors take 31 for the same picture; unlike ones
differ in 128, sd 8, and of 17,000 pairs of far shots in a real film none came below 80."""
_CLEAR = 50
"""Quality of a print, of 100, from which on it says something: PDQ's own; less is a flat picture, like any other."""
_LATER = 30.0
"""Seconds, and a twentieth of the film, after which a picture comes back rather than goes on."""


def returns(edition: Edition) -> Iterator[Detail]:
    """Pictures that two shots have and no third, far from each other."""
    laid, prints = shots_of(edition), open_prints(edition.kept(NAME))
    if laid is None or prints is None or not len(prints.keys):
        return
    _, begin, end = laid
    rows = np.asarray(prints.keys, dtype=np.int64)
    clear = rows[np.asarray(prints.quality) >= _CLEAR]
    at = np.asarray(prints.seconds, dtype=np.float64)[clear]
    shot = np.clip(np.searchsorted(begin, at + 1e-3, side="right") - 1, 0, len(begin) - 1)
    hashes = np.asarray(prints.hashes)[clear]
    least = max(_LATER, 0.05 * edition.duration)
    alike = _pairs(hashes, shot)
    partners: dict[int, set[int]] = {}
    for a, b, _ in alike:
        partners.setdefault(int(shot[a]), set()).add(int(shot[b]))
        partners.setdefault(int(shot[b]), set()).add(int(shot[a]))
    told: set[tuple[int, int]] = set()
    for a, b, bits in sorted(alike, key=lambda pair: pair[2]):
        one, two = int(shot[a]), int(shot[b])
        gap = float(begin[two] - end[one])
        if (one, two) in told or gap < least or len(partners[one]) > 1 or len(partners[two]) > 1:
            continue
        told.add((one, two))
        share = gap / edition.duration
        yield Detail(
            "return", float(at[b]), float(min(end[two], at[b] + 2.0)),
            f"A picture that returns: shot {two + 1} looks as shot {one + 1} did at {timecode(float(at[a]), 1)}, "
            f"{timecode(gap)} before, and no other shot does (their prints differ in {bits} of 256 bits).",
            {"shot": two + 1, "earlier_shot": one + 1, "earlier": float(at[a]), "gap": gap, "bits": bits},
            share / (share + 0.15) * (1 - bits / 128),
        )  # fmt: skip


def _pairs(hashes: npt.NDArray[np.uint64], shot: npt.NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Rows of different shots whose prints are alike, the earlier first, and the bits by which they differ."""
    found: list[tuple[int, int, int]] = []
    for first in range(0, len(hashes), 256):
        block = hashes[first : first + 256]
        bits = np.zeros((len(block), len(hashes)), dtype=np.int16)
        for word in range(hashes.shape[1]):
            bits += np.bitwise_count(block[:, word, None] ^ hashes[None, :, word])
        rows, columns = np.nonzero((bits <= _ALIKE) & (shot[None, :] > shot[first : first + len(block), None]))
        found += [(first + int(r), int(c), int(bits[r, c])) for r, c in zip(rows, columns, strict=True)]
        if len(found) > 200_000:
            break  # a film that is one picture: nothing in it returns once
    return found


FINDERS = (returns,)
