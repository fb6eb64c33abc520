"""Elsewhere: a film and a part of it in another container find each other; a film with nothing in common does not."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from rewatch.find.elsewhere import elsewhere
from rewatch.library.library import Library
from rewatch.watch.run import watch


@pytest.fixture(scope="module")
def two(demo_library: Library, demo_film: Any, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The demo film, and its last 45 seconds as a film of their own."""
    import av

    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(demo_library.folder, folder / "library")
    part = folder / "part.mkv"
    with av.open(str(demo_film.path)) as film, av.open(str(part), "w") as out:
        streams = {s.index: out.add_stream_from_template(s) for s in film.streams if s.type != "subtitle"}
        film.seek(40_000_000)
        first = None
        for packet in film.demux(*[film.streams[i] for i in streams]):
            if packet.dts is None or packet.pts is None:
                continue
            first = float(packet.dts * packet.time_base) if first is None else first
            shift = round(first / packet.time_base)
            packet.pts -= shift
            packet.dts -= shift
            packet.stream = streams[packet.stream.index]
            out.mux(packet)
    library = Library(folder / "library")
    watch(part, library, title="The Part")
    return library


def test_pictures_and_sounds_are_found_where_they_are(two: Library) -> None:
    whole = next(e for e in two.entries() if e.title != "The Part")
    film = two.edition(whole.id)
    found = elsewhere(two, film, 60.0, 80.0)
    assert [one.film for one in found] == ["The Part"]
    part = two.edition(found[0].edition)
    shift = film.duration - part.duration
    kinds = {match.evidence for _, match in found[0].found}
    assert {"still", "sound"} <= kinds
    for at, match in found[0].found:
        if match.evidence != "quote":
            assert at - match.time == pytest.approx(shift, abs=0.4)
    # What the part does not have is not found in it.
    assert elsewhere(two, film, 2.0, 30.0) == []


def test_nothing_is_found_where_there_is_no_other_film(demo_library: Library) -> None:
    film = demo_library.edition(demo_library.entries()[0].id)
    assert elsewhere(demo_library, film, 0.0, 60.0) == []
