"""What a person wants of a film's shots, brought into its study: without watching the film again.

Corrections stand in the notebook; here they become the track ``corrections``, which the analyser of shots needs like
any other. How sure a boundary must be is a setting of that analyser, and stands until another one is asked for. What
rests on the shots is charted anew from the tracks that are there. Two analysers of the picture need
shots as well: the still of a shot that has none is taken from the file, and the prints of the picture, which are of
frames whatever shots these are in, stay.

Contents
    follow               bring a study in line with its corrections, and with how sure a boundary must be
    asked_of             how sure that is
    commit_corrections   enter them as a track
    key_of, lines_key    keys of what the runner gives
    check                whether corrections fit a film
    duration_of          where the film truly ended
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.clock import FRAMES
from rewatch.errors import CorrectionError, FilmError
from rewatch.film.still import read_frame
from rewatch.library import atomic
from rewatch.library.corrections import Correction, corrections_of
from rewatch.library.edition import Edition, Made
from rewatch.library.library import Library
from rewatch.library.notebook import Notebook
from rewatch.structure.shots import LEAST_SURE, Shots
from rewatch.track import Events, Spans, Track
from rewatch.watch.frames import Frames
from rewatch.watch.plan import AnyAnalyser, all_analysers, given_keys, hashed, in_order, keys

CORRECTIONS = "corrections"
_STILLS, _PRINTS = "stills", "picture_prints"


def lines_key(words: Spans | None) -> str:
    """Key of the lines that a film comes with, or of none."""
    text = "\n".join(words.label) + str(words.begin.tolist() + words.end.tolist()) if words is not None else ""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def key_of(corrections: Sequence[Correction]) -> str:
    """Key of corrections; "" where there are none."""
    return hashed([[c.frame, c.kind] for c in corrections]) if corrections else ""


def commit_corrections(edition: Edition, corrections: Sequence[Correction]) -> None:
    """Enter them as the track ``corrections``; where there are none there is no track."""
    key = key_of(corrections)
    if not corrections:
        edition.forget([CORRECTIONS])
    elif not edition.is_made(CORRECTIONS, key):
        at = np.array([c.frame for c in corrections], np.int64)
        columns: dict[str, Any] = {"kind": [c.kind for c in corrections], "created": [c.created for c in corrections]}
        made = Made(CORRECTIONS, 1, {"by": "hand"}, key, (CORRECTIONS,))
        edition.commit(made, {CORRECTIONS: Events(CORRECTIONS, at, FRAMES, columns, "frame")})


def duration_of(edition: Edition) -> Fraction:
    """Seconds from second 0 to the end of the last picture or sound that there was."""
    end = max(edition.record.played.values(), default=Fraction(0))
    if not end:
        raise FilmError(f"nothing in {edition.facts.path} could be decoded")
    return end


def asked_of(edition: Edition, least_sure: float | None = None) -> float | None:
    """How sure a boundary must be to divide shots: as is asked now, else as it was before; None: as usual."""
    shots = edition.record.made.get("shots")
    asked = least_sure if least_sure is not None or shots is None else shots.settings.get(LEAST_SURE)
    if asked is None:
        return None
    from rewatch.images.boundaries import LEAST_SURE as USUAL  # here: it takes a while to load

    return None if asked == USUAL else asked


def follow(library: Library, edition: Edition, least_sure: float | None = None) -> tuple[str, ...] | None:
    """Bring the shots, and all that rests on them, in line with what was corrected. The caller holds the lock.

    least_sure: how sure a boundary must be from now on; None: as before
    The analysers whose tracks were charted anew. None where they could not be: the study is not whole, or is an older
    rewatch's, and the next watch takes the corrections in.
    """
    wanted = corrections_of(Notebook(library.folder), edition.id)
    had = edition.record.made.get(CORRECTIONS)
    before = had.key if had is not None else ""
    asked, so_far = asked_of(edition, least_sure), asked_of(edition)
    if (before, so_far) == (key_of(wanted), asked):
        return ()
    planned = _planned(edition, before, so_far)
    if planned is None:
        return None
    order, given_by = planned
    for analyser in order:
        if isinstance(analyser, Shots):
            analyser.least_sure = asked
    commit_corrections(edition, wanted)
    made = []
    key = keys(edition.id, order, {**given_by, CORRECTIONS: key_of(wanted)})
    film = replace(edition.facts, duration=duration_of(edition))
    # Not where a watch works: one that was stopped goes on with what it left there.
    following = edition.folder / "following"
    for analyser in [a for a in order if not edition.is_made(a.name, key[a.name])]:
        scratch = following / analyser.name
        with atomic.explained(scratch):
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True)
        tracks = edition.tracks
        given: dict[str, Track]
        if analyser.name == _STILLS:
            given = _stills(edition, scratch / "keep")
        elif analyser.name == _PRINTS:
            given = {name: tracks[name] for name in edition.record.made[_PRINTS].tracks}
        elif analyser.watches == "tracks":
            analyser.begin(film, scratch)
            given = dict(analyser.finish({name: tracks[name] for name in analyser.needs if name in tracks}))
        else:
            continue  # one that was added from elsewhere: the next watch sees to it
        # Those of the picture tell how it was looked at, which is as it was.
        own = analyser.settings() if analyser.watches == "tracks" else edition.record.made[analyser.name].settings
        named = (analyser.name, analyser.version, dict(own), key[analyser.name], tuple(given), tuple(analyser.needs))
        edition.commit(Made(*named), given, scratch / "keep")
        made.append(analyser.name)
    shutil.rmtree(following, ignore_errors=True)
    return tuple(made)


def _planned(
    edition: Edition, corrections: str, least_sure: float | None
) -> tuple[list[AnyAnalyser], dict[str, str]] | None:
    """The analysers by which the study was made, in order, and the keys of what the runner gave them.

    None where any of it is missing, or stale: then it is made neither by a full watch, nor by a glance or first look.
    """
    if edition.facts.listed:
        return None
    from rewatch.watch.glance_stream import first_look, glanced, read_at

    has = {"pictures": edition.facts.picture is not None, "samples": edition.facts.sound is not None, "tracks": True}
    full = [a for a in in_order([Frames(), *all_analysers(least_sure)]) if has[a.watches]]
    lines = edition.record.made.get("lines")
    given = given_keys(edition.facts, lines.key if lines is not None else lines_key(None), corrections)
    for order, read in (
        (full, given),
        (glanced(full), read_at("glance", given)),
        (first_look(full), read_at("first look", given)),
    ):
        key = keys(edition.id, order, read)
        if order and all(edition.is_made(a.name, key[a.name]) for a in order):
            return order, read
    return None


def _stills(edition: Edition, keep: Path) -> dict[str, Track]:
    """A still of each shot: the one that it had, else one from the film's file, else the nearest that there is."""
    had, shots = edition.tracks.get(_STILLS), edition.tracks.get("shots")
    if not isinstance(had, Events) or not isinstance(shots, Spans) or not len(had):
        return {_STILLS: had} if isinstance(had, Events) else {}
    keep.mkdir(parents=True)
    files = dict(zip(had.at.tolist(), list(had.columns["file"]), strict=True))
    rows = []
    for shot, (begin, end) in enumerate(zip(shots.begin.tolist(), shots.end.tolist(), strict=True)):
        middle = (begin + end) // 2
        own = [frame for frame in files if begin <= frame < end]
        taken = None if own else _from_file(edition, begin, end, keep)
        frame = taken if taken is not None else min(own or files, key=lambda at: abs(at - middle))
        name = f"{frame:06d}.jpg" if taken is not None else files[frame]
        if taken is None and not (keep / name).exists():
            shutil.copyfile(edition.kept(_STILLS) / name, keep / name)
        rows.append((frame, shot, name))
    rows.sort()
    columns: dict[str, Any] = {"shot": np.array([r[1] for r in rows], np.int64), "file": [r[2] for r in rows]}
    at = np.array([r[0] for r in rows], np.int64)
    return {_STILLS: Events(_STILLS, at, FRAMES, columns, "frame")}


def _from_file(edition: Edition, begin: int, end: int, keep: Path) -> int | None:
    """The sharpest of three frames of a shot, put into `keep`; None where the file is not to be read."""
    # Here: a watch begins to decode before it needs them.
    from PIL import Image

    from rewatch.images.stills import QUALITY, WIDTH, sharpness

    times = edition.times
    if times is None or not Path(edition.facts.path).is_file():
        return None
    best: tuple[float, int, npt.NDArray[np.uint8]] | None = None
    for frame in sorted({begin + (end - begin) * quarter // 4 for quarter in (1, 2, 3)}):
        try:
            rgb = read_frame(edition.facts, frame, times, WIDTH)
        except FilmError:
            continue
        if best is None or sharpness(rgb) > best[0]:
            best = sharpness(rgb), frame, rgb
    if best is None:
        return None
    Image.fromarray(best[2]).save(keep / f"{best[1]:06d}.jpg", quality=QUALITY)
    return best[1]


def check(edition: Edition, made: Sequence[Correction]) -> None:
    """Whether these corrections fit the film. CorrectionError: no such frame, or nothing there that could be none."""
    times, shots = edition.times, edition.spans("shots")
    if times is None:
        raise CorrectionError(f"{edition.name} is known by a list of its shots: correct the list")
    starts, ends = (np.asarray(shots.columns[edge], np.int64) for edge in ("first_frame", "last_frame"))
    begun = np.array(shots.label) != ""
    starts, ends = (np.where(edge < 0, shots.begin, edge)[begun] for edge in (starts, ends))
    for one in made:
        if not 0 < one.frame < len(times):
            last = len(times) - 1
            raise CorrectionError(
                f"{edition.name}: no shot but the first can begin with frame {one.frame} of 0 to {last}"
            )
        if one.kind == "not" and not ((starts - 1 <= one.frame) & (one.frame <= ends + 1)).any():
            nearest = f"; the nearest does at {starts[np.abs(starts - one.frame).argmin()]}" if len(starts) else ""
            raise CorrectionError(f"{edition.name}: no shot begins at frame {one.frame}{nearest}")
