"""By sound: where in the library's films a recording is heard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewatch.errors import FilmError, FilmUnknown, NotMeasured
from rewatch.film.probe import open_film
from rewatch.film.samples import read_samples
from rewatch.find.match import Match
from rewatch.library.library import Library
from rewatch.sounds.blocks import Blocks
from rewatch.sounds.prints import open_prints, prints_of
from rewatch.sounds.prints_landmarks import HOPS, Down


def find_sound(library: Library, clip: Path, editions: Sequence[str] | None = None, *, top: int = 10) -> list[Match]:
    """The places where a clip is heard, best first; none where it is heard nowhere.

    clip:     a sound file, or a video, whose soundtrack is then taken (``details["clip"]`` says which)
    editions: ids of those to look in; None: all
    top:      how many at most

    FilmError: the clip cannot be read, or is silent. FilmUnknown: the library is empty.
    """
    ids = [entry.id for entry in library.entries()] if editions is None else list(editions)
    if not ids:
        raise FilmUnknown(f"the library at {library.folder} is empty; rewatch watch FILE fills it")
    wave, kind = read_clip(clip)
    query, at = prints_of(wave).pairs(dense=True)
    found = []
    for id in ids:
        edition = library.edition(id)
        try:
            prints = open_prints(edition.kept("sound_prints"))
        except NotMeasured:
            continue
        hashes, begins = prints.pairs()
        order = np.argsort(hashes, kind="stable")
        low, high = (np.searchsorted(hashes[order], query, side) for side in ("left", "right"))
        counts = high - low
        where = np.repeat(low - np.append(0, np.cumsum(counts)[:-1]), counts) + np.arange(counts.sum())
        shift = begins[order][where] - np.repeat(at, counts)
        values, votes = np.unique(shift, return_counts=True)
        if len(votes) and votes.max() >= 8:
            best = int(values[votes.argmax()])
            time = float(prints.seconds(best))
            found.append((int(votes.max()), id, edition.title, time))
    found.sort(reverse=True)
    about = {"clip": kind}
    return [
        Match(title, id, max(time, 0.0), 1 - 2.0 ** (-votes / 8), "sound", details=about)
        for votes, id, title, time in found[:top]
    ]


def read_clip(clip: Path) -> tuple[npt.NDArray[np.float32], str]:
    """A clip's sound (n,) at 8 kHz in one channel, and what it was taken from: "sound" or "soundtrack of a video"."""
    facts = open_film(clip)
    if facts.sound is None:
        raise FilmError(f"{clip}: there is no sound in it to find it by")
    parts: list[npt.NDArray[np.float32]] = []
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
    wave = np.concatenate([np.zeros(0, dtype=np.float32), *parts])
    if len(wave) < 8000 // HOPS or np.abs(wave).max() < 1e-4:
        raise FilmError(f"{clip}: it is silent: there is nothing to find it by")
    return wave, "sound" if facts.picture is None else "soundtrack of a video"
