"""A first look, charted: what is answered of a long film from its packets and keyframes until its watch is done."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from rewatch.errors import FilmError
from rewatch.facts import FilmFacts
from rewatch.library.edition import Edition
from rewatch.watch.frames import Frames
from rewatch.watch.plan import all_analysers, in_order, keys
from rewatch.watch.progress import Silent
from rewatch.watch.work import Work, chart, play


def chart_first_look(film: FilmFacts, edition: Edition, given: Mapping[str, str], least_sure: float | None) -> bool:
    """Chart what packets and keyframes tell of the picture, to stand until the watch has come to its end.

    least_sure: probability from which on a boundary divides shots; None: as the detector has it
    Only what rests on the picture and the lines alone. Whether there is anything: some films do not allow it.
    """
    from rewatch.watch.glance_stream import GlanceStream, first_look, read_at

    order = first_look(in_order([Frames(), *all_analysers(least_sure)]))
    key = keys(edition.id, order, read_at("first look", given))
    work = Work(film, edition, order, key, list(order), edition.work)
    try:
        stream = GlanceStream(film, [a for a in order if a.watches == "pictures"], edition.work, first=True)
        play(work, [stream], Silent())
        chart(work, [stream])
    except FilmError:
        # The film allows none, or is damaged: then the full watch says so.
        edition.forget(work.made)
    finally:
        shutil.rmtree(edition.work, ignore_errors=True)
    return bool(edition.provisional)
