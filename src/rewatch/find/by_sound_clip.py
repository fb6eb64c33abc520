"""A clip: what a person has of a sound, read and cut into pieces that are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rewatch.errors import FilmError, NotAFilm
from rewatch.film.probe import open_film
from rewatch.film.samples import read_samples
from rewatch.sounds.blocks import Blocks
from rewatch.sounds.prints_landmarks import RATE, Down, Wave

WHOLE = 15.0
"""Seconds of a clip that are looked for in one piece. In a longer one, clocks that differ a little drift apart."""
PIECE = 10.0
PIECES = 8
"""Pieces of a longer clip that are looked for, spread over it."""
SHORTEST = 0.5
SILENT = 1e-4
"""Full scale = 1.0; what stays below everywhere is silent (-80 dB)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a clip: (n,) at 8 kHz, from second `begin` of it."""

    begin: float
    wave: Wave


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip's sound. kind: "sound", or "video" where it is the soundtrack of one."""

    seconds: float
    kind: str
    pieces: tuple[Piece, ...]

    @property
    def about(self) -> str:
        return "the clip is a video: its soundtrack was taken" if self.kind == "video" else ""


def read_clip(path: Path) -> Clip:
    """Read a clip, however it was made: any file that has sound.

    FilmError, with a line to show, where it cannot be read, has no sound, or is silent or too short.
    """
    try:
        facts = open_film(path)
    except NotAFilm as error:
        if _is_picture(path):
            raise FilmError(f"{path}: a picture, not a sound: --still looks for it") from error
        raise
    if facts.sound is None:
        raise FilmError(f"{path}: there is no sound in it to find it by")
    parts = [np.zeros(0, dtype=np.float32)]
    blocks: Blocks | None = None
    down: Down | None = None
    for piece in read_samples(facts):
        if blocks is None or down is None:
            blocks, down = Blocks(piece.rate), Down(piece.rate, piece.layout, piece.values.shape[1])
        parts += [down.push(block) for block in blocks.push(piece.values)]
    if blocks is not None and down is not None:
        rest = blocks.rest()
        if rest.size:
            parts.append(down.push(rest))
        parts.append(down.end())
    wave = np.concatenate(parts)
    if len(wave) < SHORTEST * RATE:
        raise FilmError(f"{path}: there is less than {SHORTEST} s of sound in it: three seconds or more can be found")
    if float(np.abs(wave).max()) < SILENT:
        raise FilmError(f"{path}: it is silent: there is nothing to find it by")
    return Clip(len(wave) / RATE, "sound" if facts.picture is None else "video", cut(wave))


def _is_picture(path: Path) -> bool:
    from PIL import Image

    try:
        with Image.open(path):
            return True
    except (OSError, ValueError, Image.DecompressionBombError):
        return False


def cut(wave: Wave) -> tuple[Piece, ...]:
    """The pieces of a clip (n,) at 8 kHz that are looked for: all of a short one, the loudest parts of a long one."""
    if len(wave) <= WHOLE * RATE:
        return (Piece(0.0, wave),)
    size = round(PIECE * RATE)
    begins = np.unique(np.linspace(0, len(wave) - size, PIECES).astype(int)).tolist()
    pieces = [Piece(begin / RATE, wave[begin : begin + size]) for begin in begins]
    return tuple(p for p in pieces if float(np.abs(p.wave).max()) >= SILENT)
