"""Synthetic small pictures, and analysers run over them in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.analyser import Analyser
from rewatch.evidence import Pictures
from rewatch.facts import FilmFacts, PictureFacts
from rewatch.track import Track

Run = Callable[..., Mapping[str, Track]]


def facts(rate: Fraction = Fraction(24), **changes: Any) -> FilmFacts:
    picture = PictureFacts(
        0, "h264", 1280, 720, Fraction(1), 0, rate, 1 / (rate * 512), "yuv420p", 8, "bt709", "sdr", "bt709",
        False, False, None, None,
    )  # fmt: skip
    picture = replace(picture, **changes)
    return FilmFacts("/film.mkv", "ab" * 16, "mkv", 1, None, Fraction(0), picture, None, (picture,))


def pictures(
    luma: npt.ArrayLike,
    cb: npt.ArrayLike | None = None,
    cr: npt.ArrayLike | None = None,
    *,
    rate: Fraction = Fraction(24),
    pts: npt.ArrayLike | None = None,
    large: Mapping[int, npt.NDArray[np.uint8]] | None = None,
) -> Pictures:
    """Frames 0.. of (n, h, w) luma; no chroma where none is given."""
    y = np.asarray(luma, np.uint8)
    n, high, wide = y.shape
    none = np.full((n, high // 2, wide // 2), 128, np.uint8)
    return Pictures(
        first=0,
        pts=np.arange(n, dtype=np.int64) * 512 if pts is None else np.asarray(pts, np.int64),
        time_base=1 / (rate * 512),
        duration=512,
        luma=y,
        cb=none if cb is None else np.asarray(cb, np.uint8),
        cr=none if cr is None else np.asarray(cr, np.uint8),
        keyframe=np.zeros(n, np.bool_),
        size=np.full(n, -1, np.int32),
        kind=np.full(n, ord("?"), np.uint8),
        large=large or {},
    )


def cut(whole: Pictures, lengths: Sequence[int]) -> Iterator[Pictures]:
    """The same frames in pieces of the given lengths, over and over."""
    at = turn = 0
    while at < len(whole):
        end = min(len(whole), at + lengths[turn % len(lengths)])
        parts = {k: getattr(whole, k)[at:end] for k in ("pts", "luma", "cb", "cr", "keyframe", "size", "kind")}
        yield replace(whole, first=at, large={n: p for n, p in whole.large.items() if at <= n < end}, **parts)
        at, turn = end, turn + 1


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """``run(analyser, pictures, lengths=None, tracks={}, film=facts())`` -> its tracks; scratch is ``tmp_path``."""

    def go(
        analyser: Analyser[Any],
        whole: Pictures,
        lengths: Sequence[int] = (64,),
        tracks: Mapping[str, Track] | None = None,
        film: FilmFacts | None = None,
        scratch: Path = tmp_path,
    ) -> Mapping[str, Track]:
        analyser.begin(film or facts(), scratch)
        for piece in cut(whole, lengths):
            analyser.feed(piece)
        return analyser.finish(tracks or {})

    return go


@pytest.fixture
def make_pictures() -> Callable[..., Pictures]:
    return pictures


@pytest.fixture
def make_facts() -> Callable[..., FilmFacts]:
    return facts


@pytest.fixture(scope="session")
def texture() -> npt.NDArray[np.float64]:
    """(900, 1200) a picture with detail of all sizes, as natural ones have: amplitude falls with frequency."""
    noise = np.random.default_rng(7).normal(size=(900, 1200))
    frequency = np.hypot(np.fft.fftfreq(900)[:, None], np.fft.rfftfreq(1200)[None])
    frequency[0, 0] = 1
    picture = np.fft.irfft2(np.fft.rfft2(noise) / frequency**1.2, noise.shape)
    return np.asarray((picture - picture.mean()) / picture.std() * 45 + 120)
