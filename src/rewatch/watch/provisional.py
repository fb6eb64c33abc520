"""A first look, charted: what is answered of a long film from its packets and keyframes until its watch is done."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rewatch.errors import FilmError
from rewatch.facts import FilmFacts
from rewatch.library.edition import Edition
from rewatch.watch.frames import Frames
from rewatch.watch.plan import all_analysers, in_order, keys
from rewatch.watch.progress import Silent
from rewatch.watch.work import Work, chart, play

if TYPE_CHECKING:
    from rewatch.watch.glance_stream import Begun


def chart_first_look(
    film: FilmFacts,
    edition: Edition,
    given: Mapping[str, str],
    least_sure: float | None,
    scratch: Path | None = None,
) -> Begun | bool:
    """Chart what packets and keyframes tell of the picture, to stand until the watch has come to its end.

    least_sure: probability from which on a boundary divides shots; None: as the detector has it
    scratch: where a glance goes on from this: what was seen is kept there and given; None: the edition's, and none is
    Only what rests on the picture and the lines alone. False where there is nothing: some films do not allow it.
    """
    from rewatch.watch.glance_stream import GlanceStream, first_look, read_at

    order = first_look(in_order([Frames(), *all_analysers(least_sure)]))
    key = keys(edition.id, order, read_at("first look", given))
    folder = scratch or edition.work
    work = Work(film, edition, order, key, list(order), folder)
    seen: Begun | None = None
    try:
        pictures = [a for a in order if a.watches == "pictures"]
        stream = GlanceStream(film, pictures, folder, first=True, kept=scratch is not None)
        play(work, [stream], Silent())
        seen = stream.seen
        chart(work, [stream])
    except FilmError:
        # The film allows none, or is damaged: then the full watch says so.
        edition.forget(work.made)
    finally:
        if scratch is None:
            shutil.rmtree(edition.work, ignore_errors=True)
    return (seen or True) if edition.provisional else False
