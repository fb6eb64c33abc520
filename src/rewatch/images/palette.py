"""Palette: which colours a film is made of, four times a second, and the few main ones of a shot.

Conventions
    The picture on the screen in the middle of each quarter of a second is measured, each 2 x 2 pixels of the small
    picture as one. The histogram sorts them into a fixed set of bins by how they look: lightness, hue and chroma in
    Oklab. The swatches are the fullest bins of that moment with the true mean colour of what fell into them, so that
    a shot's palette is made of colours that were there, not of the bins' centres.

Contents
    BINS      the names of the bins, in order: "black", "dark red vivid", ...
    bin_of    Oklab -> number of the bin
    palette   swatches of a stretch -> its main colours
    Palette   the analyser: tracks ``palette`` and ``swatches``
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.clock import Clock
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts
from rewatch.figure import Figure
from rewatch.images.colour import OTTOSSON, Shown, oklab_to_srgb8, srgb8_to_oklab
from rewatch.rows import Rows
from rewatch.track import Curve, Track

Bytes = npt.NDArray[np.uint8]

GREYS = ("black", "dark grey", "grey", "light grey", "white")
GREY_EDGES = (0.15, 0.40, 0.65, 0.90)
LIGHTS = ("dark", "mid", "light")
LIGHT_EDGES = (0.38, 0.64)
HUES = ("red", "orange", "yellow", "green", "cyan", "blue", "violet", "pink")
FIRST_HUE = 22.5
"""Degrees of the middle of red in Oklab; the others follow every 45."""
CHROMAS = ("soft", "vivid")
GREY_CHROMA, VIVID_CHROMA = 0.025, 0.09
BINS = (*GREYS, *(f"{light} {hue} {chroma}" for light in LIGHTS for hue in HUES for chroma in CHROMAS))

SWATCHES = 8
RATE = Fraction(4)
_BITS = 6
_UNKNOWN = 255

FIGURES = (
    Figure(
        "swatches",
        "Swatches",
        "",
        f"the {SWATCHES} fullest of {len(BINS)} bins of Oklab at the middle of each quarter of a second, each with the "
        "mean colour of the pixels in it and their share",
        OTTOSSON,
        ("swatches",),
        "the true colours behind a palette",
        "where in the picture a colour is",
    ),
    Figure(
        "palette",
        "Palette",
        "hex sRGB",
        f"four times a second the colours of the picture sorted into {len(BINS)} bins of Oklab; the {SWATCHES} fullest "
        "with their mean colours; over a shot the nearest of them merged (Ward 1963) until the main ones are left",
        OTTOSSON + "; Ward, J. Am. Stat. Assoc. 58(301), 1963, doi 10.1080/01621459.1963.10500845",
        ("swatches", "palette"),
        "the colour scheme of a shot or of a whole film",
        "small accents: what fills less than about a hundredth of the picture is lost",
    ),
)


def bin_of(lab: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """(..., 3) Oklab -> (...) uint8 number of the bin in `BINS`.

    >>> [BINS[n] for n in bin_of([[0.05, 0, 0], [0.63, 0.22, 0.13], [0.99, 0.0, 0.0]])]
    ['black', 'mid red vivid', 'white']
    """
    colour = np.asarray(lab, dtype=np.float64)
    light, a, b = colour[..., 0], colour[..., 1], colour[..., 2]
    chroma = np.hypot(a, b)
    hue = np.floor((np.degrees(np.arctan2(b, a)) - FIRST_HUE + 22.5) % 360 / 45).astype(int) % len(HUES)
    row = np.digitize(light, LIGHT_EDGES)
    hued = len(GREYS) + (row * len(HUES) + hue) * len(CHROMAS) + (chroma >= VIVID_CHROMA)
    # Near black the eye sees no hue, and chroma is mostly the noise of the coder.
    grey = (chroma < GREY_CHROMA) | (light < GREY_EDGES[0])
    return np.where(grey, np.digitize(light, GREY_EDGES), hued).astype(np.uint8)


@cache
def _known(shown: Shown) -> Bytes:
    """The bin of each Y'CbCr of 6 bits a component, Y' highest; `_UNKNOWN` until it is asked for."""
    return np.full(1 << (3 * _BITS), _UNKNOWN, np.uint8)


def _bins_of_codes(shown: Shown, codes: npt.NDArray[np.intp]) -> Bytes:
    """The bins of codes. A film has a small part of all codes, so each is worked out when it is first seen."""
    known = _known(shown)
    bins = known[codes]
    if bins.max(initial=0) == _UNKNOWN:
        new = np.unique(codes[bins == _UNKNOWN])
        full = (1 << _BITS) - 1
        planes = ((new >> down & full) * (1 << (8 - _BITS)) + (1 << (7 - _BITS)) for down in (2 * _BITS, _BITS, 0))
        known[new] = bin_of(shown.oklab(*planes))
        bins = known[codes]
    return bins


def palette(swatches: npt.ArrayLike, most: int = 5, apart: float = 0.06) -> list[tuple[str, float]]:
    """The main colours of a stretch: rows of the track ``swatches`` -> [("#rrggbb", share)], greatest share first.

    most:  how many colours at most
    apart: Oklab distance below which two colours become one, even where there is room for both

    Colours are merged two by two, each time the pair whose union costs the least spread (Ward), into their mean.
    Shares sum to 1. Fewer colours than `most` where the stretch has no more; none where it has no rows.

    >>> row = np.zeros((2, 32), np.uint8); row[:, :8] = [191, 200, 30, 30, 64, 20, 20, 160]
    >>> palette(row)
    [('#c81e1e', 0.749), ('#1414a0', 0.251)]
    """
    rows = np.asarray(swatches, dtype=np.uint8).reshape(-1, 4)
    rows = rows[rows[:, 0] > 0]
    if not len(rows):
        return []
    weight, lab = _gathered(rows)
    weight, lab = _merged(weight, lab, most, apart)
    shares = weight / weight.sum()
    order = np.lexsort((lab[:, 0], -shares))
    codes = oklab_to_srgb8(lab[order])
    return [
        ("#" + bytes(rgb.tolist()).hex(), round(float(share), 3))
        for rgb, share in zip(codes, shares[order], strict=True)
    ]


def _gathered(rows: Bytes) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Swatches of all rows put together by cells of 0.04 in Oklab, so that what is left to merge stays small."""
    lab = srgb8_to_oklab(rows[:, 1:]).astype(np.float64)
    cells, owner = np.unique(np.floor(lab / 0.04).astype(int), axis=0, return_inverse=True)
    owner = owner.reshape(-1)
    weight = np.bincount(owner, rows[:, 0], len(cells))
    means = np.stack([np.bincount(owner, rows[:, 0] * lab[:, i], len(cells)) / weight for i in range(3)], axis=1)
    heavy = np.argsort(-weight, kind="stable")[:160]
    return weight[heavy], means[heavy]


def _merged(
    weight: npt.NDArray[Any], lab: npt.NDArray[Any], most: int, apart: float
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Ward's agglomeration down to `most` colours, and on while two are nearer than `apart`."""
    while len(weight) > 1:
        square = ((lab[:, None] - lab[None]) ** 2).sum(axis=2)
        cost = square * weight[:, None] * weight[None] / (weight[:, None] + weight[None])
        square[np.diag_indices(len(weight))] = cost[np.diag_indices(len(weight))] = np.inf
        # While there are too many, the cheapest union; afterwards only those too near to be told apart.
        measure = cost if len(weight) > most else square
        i, j = divmod(int(measure.argmin()), len(weight))
        if len(weight) <= most and square[i, j] >= apart**2:
            break
        lab[i] = (weight[i] * lab[i] + weight[j] * lab[j]) / (weight[i] + weight[j])
        weight[i] += weight[j]
        weight, lab = np.delete(weight, j), np.delete(lab, j, axis=0)
    return weight, lab


class Palette(Analyser[Pictures]):
    """The colours of the picture in the middle of each quarter of a second: a histogram, and its main swatches."""

    name, version, watches = "palette", 1, "pictures"
    gives = (
        Gives(
            "palette",
            "curve",
            "share of the picture in each of a fixed set of colours (lightness, hue, chroma in Oklab)",
            columns=BINS,
            source=OTTOSSON,
        ),
        Gives(
            "swatches",
            "curve",
            f"the {SWATCHES} fullest bins of the palette: share of the picture in 255ths, and mean colour (sRGB)",
            columns=tuple(f"{part}{n}" for n in range(SWATCHES) for part in ("share", "r", "g", "b")),
            source=OTTOSSON,
        ),
    )

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._shown = Shown.of(film.picture)
        self._shares = Rows(len(BINS), np.float32, scratch / "shares")
        self._swatches = Rows(4 * SWATCHES, np.uint8, scratch / "swatches")
        self._held: tuple[Bytes, Bytes, Bytes] | None = None
        self._end, self._base = 0, Fraction(1)

    def _ticks_before(self, pts: int, base: Fraction) -> int:
        """How many middles of ticks, (i + 1/2) / RATE, lie before a presentation time."""
        part = base.denominator * RATE.denominator
        return max(0, -((part - 2 * pts * base.numerator * RATE.numerator) // (2 * part)))

    def feed(self, piece: Pictures) -> None:
        # A frame is on the screen until the next one comes, so the last of each piece waits for the one after it.
        base, at = piece.time_base, piece.pts
        if self._held is None:
            self._held = (piece.luma[:1], piece.cb[:1], piece.cr[:1])
        done = len(self._shares)
        first = self._ticks_before(int(at[0]), base)
        if first > done:
            self._measure(*self._held, first - done)
        last = self._ticks_before(int(at[-1]), base)
        if last > first:
            # Times are whole numbers of pts: a middle between two of them may be rounded down.
            middle = np.arange(first, last) * 2 + 1
            middle = middle * (RATE.denominator * base.denominator) // (2 * RATE.numerator * base.numerator)
            shown = np.searchsorted(at, middle, side="right") - 1
            self._measure(piece.luma[shown], piece.cb[shown], piece.cr[shown], 1)
        self._held = (piece.luma[-1:].copy(), piece.cb[-1:].copy(), piece.cr[-1:].copy())
        self._end, self._base = int(at[-1]) + piece.duration, base

    def _measure(self, luma: Bytes, cb: Bytes, cr: Bytes, ticks: int) -> None:
        """Sort the pixels of each of some small pictures into bins; each is shown for `ticks` ticks."""
        number, high, wide = cb.shape
        size, bins = high * wide, len(BINS)
        upper = luma[:, ::2, ::2].astype(np.uint16) + luma[:, ::2, 1::2]
        y = (upper + luma[:, 1::2, ::2] + luma[:, 1::2, 1::2]) >> 2
        down = 8 - _BITS
        code = ((((y >> down).astype(np.intp) << _BITS) | (cb >> down)) << _BITS) | (cr >> down)
        owner = (_bins_of_codes(self._shown, code).reshape(number, -1) + np.arange(number)[:, None] * bins).ravel()
        count = np.bincount(owner, minlength=number * bins).reshape(number, bins)
        full = np.argsort(-count, axis=1, kind="stable")[:, :SWATCHES]
        held = np.take_along_axis(count, full, axis=1)
        totals = (np.bincount(owner, plane.ravel(), number * bins).reshape(number, bins) for plane in (y, cb, cr))
        means = [np.take_along_axis(total, full, axis=1) / np.maximum(held, 1) for total in totals]
        row = np.empty((number, SWATCHES, 4), np.uint8)
        row[..., 0] = np.round(255 / size * held)
        row[..., 1:] = np.round(self._shown.srgb(*means) * 255)
        row[row[..., 0] == 0] = 0
        self._shares.add(np.repeat(count / size, ticks, axis=0))
        self._swatches.add(np.repeat(row.reshape(number, -1), ticks, axis=0))

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        if self._held is not None:
            # At least one row for a picture of any length.
            ticks = max(self._ticks_before(self._end, self._base), 1) - len(self._shares)
            if ticks > 0:
                self._measure(*self._held, ticks)
        clock = Clock(RATE, 1 / (2 * RATE))
        histogram, swatches = self.gives
        shares = self._shares.array()
        rows = self._swatches.array()
        return {
            "palette": Curve("palette", shares, clock, "", histogram.columns),
            "swatches": Curve("swatches", rows, clock, "", swatches.columns),
        }
