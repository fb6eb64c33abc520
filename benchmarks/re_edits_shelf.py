"""The films that are re-edited, in which dress, and where they and their re-edits are kept.

Contents
    DRESSES, PLAN   what is done to a re-edit as a whole; which films are given which
    TRANSFERS, REAL   pairs of transfers of the same cut: made, and found
    Shelf           films loaded once, and the library that all is watched into
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from drawn import Drawn
from films import CACHE, FILMS
from re_edits import Dress, Piece, Source, load, render
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.watch.run import watch

WIDTH = 224
NTSC = Fraction(30000, 1001)
DRESSES: dict[str, Dress] = {
    "plain": Dress(),
    "fifth of the bits": Dress(codec="libx265", bit_rate=40_000),
    "MPEG-2": Dress(codec="mpeg2video", bit_rate=500_000),
    "PAL": Dress(speed=Fraction(25, 24)),
    "PAL, pitch kept": Dress(speed=Fraction(25, 24), pitch=False),
    "from PAL": Dress(speed=Fraction(24, 25)),
    "4:3": Dress(crop=0.75),
    "letterbox": Dress(letterbox=1.33),
    "mirror": Dress(mirror=True),
    "grade": Dress(grade=(0.85, 1.3, 0.7)),
    "brighter": Dress(grade=(1.15, 0.8, 1.4)),
    "black and white": Dress(grade=(1.0, 1.1, 0.0)),
    "other sound": Dress(sound="noise"),
    "dub": Dress(sound="dub"),
    "no sound": Dress(sound="none"),
    "24 to 25": Dress(rate=Fraction(25)),
    "to 29.97": Dress(rate=NTSC),
    "woven to 29.97": Dress(rate=NTSC, woven=True, codec="mpeg2video", bit_rate=1_500_000),
    "4:3 PAL grade": Dress(speed=Fraction(25, 24), crop=0.75, grade=(0.9, 1.2, 0.8)),
    "4:3 mono letterbox": Dress(crop=0.8, letterbox=1.2, grade=(1.0, 1.2, 0.0), bit_rate=90_000),
}
PLAN: dict[str, tuple[str, ...]] = {
    "sintel": ("plain", "fifth of the bits", "PAL", "letterbox", "black and white", "other sound", "to 29.97"),
    "cosmos": ("plain", "4:3", "grade", "MPEG-2", "24 to 25", "4:3 mono letterbox"),
    "nosferatu": ("plain", "fifth of the bits", "from PAL", "brighter", "letterbox"),
    "demo": ("plain", "PAL", "mirror", "black and white", "no sound", "woven to 29.97", "dub"),
    "agent327": (
        "plain", "fifth of the bits", "PAL", "PAL, pitch kept", "4:3", "mirror", "grade", "dub", "24 to 25",
        "woven to 29.97", "4:3 PAL grade",
    ),
    "drawn": tuple(DRESSES),
}  # fmt: skip
TRANSFERS: tuple[tuple[str, str], ...] = (
    ("agent327", "fifth of the bits"), ("agent327", "PAL, pitch kept"), ("agent327", "4:3 mono letterbox"),
    ("sintel", "MPEG-2"), ("sintel", "brighter"), ("cosmos", "fifth of the bits"), ("nosferatu", "4:3"),
    ("nosferatu", "24 to 25"), ("demo", "woven to 29.97"), ("demo", "fifth of the bits"), ("drawn", "4:3 PAL grade"),
    ("drawn", "dub"),
)  # fmt: skip
REAL: tuple[tuple[str, str], ...] = (
    ("agent327_480p.mp4", "agent327_240p_other_transfer.mp4"),
    ("cosmos_clip_sdr.mp4", "cosmos_clip_hdr_pq.mp4"),
)
REAL_FILES = {
    "agent327": "agent327_480p.mp4", "sintel": "sintel_trailer.mp4", "cosmos": "cosmos_clip_sdr.mp4",
    "nosferatu": "nosferatu_clip.mp4",
}  # fmt: skip
_LONGEST = 150.0
"""Seconds of a film that are re-edited."""


class Shelf:
    """The films that are re-edited, each loaded once, and the library that they and their re-edits are watched into."""

    def __init__(self) -> None:
        self.folder = CACHE / "compare"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.library = Library(self.folder / "library")
        self._held: dict[str, Source] = {}

    def source(self, name: str) -> Source | None:
        if name not in self._held:
            if name in ("drawn", "other"):
                drawn = Drawn(150 if name == "drawn" else 90, seed=71 if name == "drawn" else 5, size=(WIDTH, 126))
                self._held[name] = Source(drawn.whole(), drawn.rate, drawn.sound())
            else:
                path = self.file(name)
                if path is None:
                    return None
                self._held[name] = load(path, WIDTH, _LONGEST)
        return self._held[name]

    def keep_only(self, *names: str) -> None:
        self._held = {name: source for name, source in self._held.items() if name in names}

    def file(self, name: str) -> Path | None:
        if name == "demo":
            path = self.folder / "demo.mp4"
            if not path.exists():
                from rewatch.demo import render as render_demo

                part = path.with_suffix(".part.mp4")
                render_demo(part)
                part.rename(path)
            return path
        path = FILMS / REAL_FILES[name]
        return path if path.exists() else None

    def watched(self, path: Path) -> Edition:
        return watch(path, self.library).edition

    def original(self, name: str) -> Edition:
        """The film as it was loaded, at its own rate, in good quality: what a re-edit is a re-edit of."""
        return self.made(f"{name}-{WIDTH}", name, None, Dress(bit_rate=1_500_000))

    def made(self, title: str, name: str, pieces: Sequence[Piece] | None, dress: Dress) -> Edition:
        path = self.folder / f"{title}.mkv"
        if not path.exists():
            source = self.source(name)
            assert source is not None
            part = path.with_suffix(".part.mkv")
            sources = {"a": source}
            for other in {p.source for p in pieces or ()} - {"a"}:
                from_other = self.source(other)
                assert from_other is not None
                sources[other] = from_other
            render(part, pieces or [Piece("a", 0, len(source.frames))], sources, dress)
            part.rename(path)
        return self.watched(path)
