"""The library: what is written is read back, names find their films, nothing is half there."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rewatch.clock import FRAMES, MILLISECONDS, Clock
from rewatch.errors import FilmAmbiguous, FilmUnknown, LibraryError, LibraryNewer, NotMeasured
from rewatch.facts import Chapter, FilmFacts, PictureFacts
from rewatch.library import atomic
from rewatch.library.edition import Edition, Made
from rewatch.library.library import Library
from rewatch.track import Curve, Events, Figures, Spans, Track


def facts(name: str, identity: str) -> FilmFacts:
    picture = PictureFacts(
        stream=0,
        codec="h264",
        width=720,
        height=576,
        pixel_aspect=Fraction(16, 15),
        rotation=90,
        rate=Fraction(24000, 1001),
        time_base=Fraction(1, 24000),
        pixel_format="yuv420p",
        bit_depth=8,
        primaries="bt709",
        transfer="sdr",
        matrix="bt709",
        full_range=False,
        interlaced=False,
        frames=None,
        duration=Fraction(5, 2),
    )
    chapters = (Chapter(Fraction(0), Fraction(1), "One"),)
    path = f"/films/{name}"
    return FilmFacts(path, identity, "mkv", 5, Fraction(5, 2), Fraction(0), picture, None, (picture,), (), (), chapters)


TRACKS: dict[str, Track] = {
    "light": Curve("light", np.arange(10, dtype=np.float32).reshape(5, 2), FRAMES, "0..1", ("mean", "spread")),
    "activity": Curve("activity", np.arange(5, dtype=np.float32), FRAMES),
    "barcode": Curve("barcode", np.zeros((3, 2), np.uint8), Clock(Fraction(4), Fraction(1, 8)), "", ("r", "g")),
    "figs": Figures("figs", {"a": 1, "b": 2.5, "c": None}, {"a": "x"}, {"c": "there is none"}),
    "lines": Spans("lines", np.array([1, 2]), np.array([2, 3]), ["a\nb", "ü"], MILLISECONDS, {"speaker": ["", "X"]}),
    "none": Spans("none", np.zeros(0, np.int64), np.zeros(0, np.int64), [], FRAMES, {"sure": np.zeros(0)}),
    "frames": Events("frames", np.array([1, 2]), Clock(Fraction(90000)), {"keyframe": np.array([True, False])}),
}


def put(library: Library, name: str, identity: str) -> Edition:
    edition = library.place(identity)
    with edition.locked():
        edition = library.add(facts(name, identity))
        edition.commit(Made("all", 1, {"a": [1, 2]}, "key", tuple(TRACKS)), TRACKS)
        library.enter(edition, watched=True)
    return edition


def never(path: Path) -> str:
    raise AssertionError(f"{path} is no file")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def test_tracks_read_back(library: Library) -> None:
    put(library, "Heat (1995).mkv", "ab" * 16)
    edition = library.find("heat", never)
    assert set(edition.tracks) == set(TRACKS)
    for name, track in TRACKS.items():
        found = edition.tracks[name]
        assert type(found) is type(track)
        for field in track.__dataclass_fields__:
            a, b = getattr(track, field), getattr(found, field)
            if isinstance(a, np.ndarray):
                assert a.dtype == b.dtype
                assert np.array_equal(a, b)
            elif field == "columns" and isinstance(a, dict):
                assert {k: list(v) for k, v in a.items()} == {k: list(v) for k, v in b.items()}
            else:
                assert (list(a) if field == "label" else a) == (list(b) if field == "label" else b)


def test_facts_and_provenance_read_back(library: Library) -> None:
    put(library, "Heat (1995).mkv", "ab" * 16)
    edition = library.find("Heat (1995)", never)
    assert edition.facts == facts("Heat (1995).mkv", "ab" * 16)
    assert (edition.title, edition.year) == ("Heat", 1995)
    made = edition.made_by("light")
    assert (made.analyser, made.settings, made.key) == ("all", {"a": [1, 2]}, "key")
    assert edition.is_made("all", "key")
    assert not edition.is_made("all", "another key")


def test_what_is_not_settled_counts_for_others_when_it_is(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = put(library, "Heat (1995).mkv", "ab" * 16)
    synced: list[Path] = []
    monkeypatch.setattr(atomic, "_sync", synced.append)
    fewer = {name: TRACKS[name] for name in ("light", "figs")}
    with edition.locked():
        edition.commit(Made("all", 2, {}, "newer", tuple(fewer)), fewer, settled=False)
        assert not synced
        assert set(edition.tracks) == set(fewer)
        other = Edition(edition.folder)
        assert other.record.made["all"].key == "key"
        assert other.tracks["lines"].name == "lines"  # what is given no more is there for who was not told
        edition.settle()
    # Tracks are safe before the record that tells of them.
    record = next(n for n, path in enumerate(synced) if path.name.startswith(".edition.json"))
    assert {path.stem for path in synced[:record] if path.suffix == ".parquet"} == set(fewer)
    assert Edition(edition.folder).is_made("all", "newer")
    assert not edition.track_path("lines").exists()


def test_names(library: Library) -> None:
    put(library, "Heat (1995).mkv", "ab" * 16)
    put(library, "The.Third.Man.1949.1080p.mkv", "ac" * 16)
    put(library, "The Third Wave (2003).mkv", "ad" * 16)
    for name in ("abab", "HEAT", "heat (1995)"):
        assert library.find(name, never).id == "ab" * 16
    for name in ("third man", "thir ma", "/films/The.Third.Man.1949.1080p.mkv"):
        assert library.find(name, never).id == "ac" * 16, name
    with pytest.raises(FilmAmbiguous, match="2 films"):
        library.find("third", never)
    with pytest.raises(FilmUnknown, match=r"no film 'casablanca'.*rewatch films lists"):
        library.find("casablanca", never)
    with pytest.raises(FilmUnknown, match=r"no film 'the thrid man'.*is it The Third Man \(1949\)\?"):
        library.find("the thrid man", never)


def test_titles_are_in_order_whatever_their_accents(library: Library) -> None:
    names = ["Zazie", "Äpfel", "amour", "Élégie", "Ecstasy", "The Third Man"]
    for n, name in enumerate(names):
        put(library, f"{name}.mkv", f"{n:02x}" * 16)
    assert [e.title for e in library.entries()] == ["amour", "Äpfel", "Ecstasy", "Élégie", "The Third Man", "Zazie"]


def test_a_path_is_known_by_its_content(library: Library, tmp_path: Path) -> None:
    put(library, "Heat (1995).mkv", "ab" * 16)
    copy = tmp_path / "renamed.mkv"
    copy.touch()
    assert library.find(str(copy), lambda _: "ab" * 16).title == "Heat"
    with pytest.raises(FilmUnknown, match="rewatch watch"):
        library.find(str(copy), lambda _: "00" * 16)


def test_an_empty_library_says_what_to_do(library: Library) -> None:
    assert library.entries() == []
    with pytest.raises(FilmUnknown, match="is empty"):
        library.find("heat", never)
    assert not library.folder.exists()


def test_the_catalogue_is_rebuilt_from_the_editions(library: Library) -> None:
    put(library, "Heat (1995).mkv", "ab" * 16)
    before = [e.name for e in library.entries()]
    (library.folder / "catalogue.sqlite").unlink()
    assert library.rebuild() == 1
    assert [e.name for e in library.entries()] == before


def test_a_kill_between_track_and_record_leaves_nothing_stale(library: Library) -> None:
    edition = put(library, "Heat (1995).mkv", "ab" * 16)
    from rewatch.library.tables import write_track

    write_track(edition.track_path("light"), TRACKS["light"], {"key": "newer"})
    edition.reload()
    assert not edition.is_made("all", "key")
    edition.track_path("light").write_bytes(b"half a file")
    assert not edition.is_made("all", "key")
    with pytest.raises(LibraryError, match="damaged"):
        edition.tracks["light"]


def test_a_newer_library_is_not_touched(library: Library) -> None:
    edition = put(library, "Heat (1995).mkv", "ab" * 16)
    path = edition.folder / "edition.json"
    plain = json.loads(path.read_text())
    plain["format"] = 999
    path.write_text(json.dumps(plain))
    with pytest.raises(LibraryNewer):
        library.add(facts("Heat (1995).mkv", "ab" * 16))
    assert json.loads(path.read_text()) == plain


def test_a_missing_track_is_told_with_a_reason(library: Library) -> None:
    edition = put(library, "Heat (1995).mkv", "ab" * 16)
    with pytest.raises(NotMeasured, match="has no track pulse"):
        edition.curve("pulse")
    with pytest.raises(NotMeasured, match="not Spans"):
        edition.spans("light")


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")

    def break_off() -> None:
        with atomic.replacing(target) as part:
            part.write_text("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    def full() -> None:
        with atomic.replacing(tmp_path / "a.txt"):
            raise OSError(28, "No space left on device")

    with pytest.raises(LibraryError, match="the disk is full"):
        full()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LibraryError, match="no permission"):
        Library(tmp_path / "library").add(facts("Heat.mkv", "ab" * 16))


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("no folder")
    with pytest.raises(LibraryError, match="is no folder"):
        Library(tmp_path / "library").add(facts("Heat.mkv", "ab" * 16))


def test_many_at_once(library: Library) -> None:
    """Eight threads enter films into a catalogue that is not there yet."""
    failed: list[BaseException] = []

    def enter(i: int) -> None:
        try:
            put(Library(library.folder), f"Film {i}.mkv", f"{i:032x}")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=enter, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert len(library.entries()) == 8


def test_a_lost_catalogue_is_written_anew_when_it_is_asked(library: Library) -> None:
    put(library, "Heat (1995).mkv", "ab" * 16)
    damaged = put(library, "Ran (1985).mkv", "cd" * 16)
    (damaged.folder / "edition.json").write_text("{")
    for path in library.folder.glob("catalogue.sqlite*"):
        path.unlink()
    assert [e.name for e in library.entries()] == ["Heat (1995)"]


def test_a_damaged_catalogue_says_what_to_do(library: Library) -> None:
    put(library, "Heat (1995).mkv", "ab" * 16)
    for path in library.folder.glob("catalogue.sqlite*"):
        path.unlink()
    (library.folder / "catalogue.sqlite").write_text("no database at all, " * 40)
    with pytest.raises(LibraryError, match=r"is damaged .* remove it"):
        library.entries()


def test_a_library_that_is_a_file_is_told_when_it_is_asked(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("no folder")
    with pytest.raises(LibraryError, match="is no folder"):
        Library(tmp_path / "library").entries()


def test_an_unfinished_watch_says_how_to_go_on(library: Library) -> None:
    edition = put(library, "Heat (1995).mkv", "ab" * 16)
    edition.work.mkdir()
    with pytest.raises(NotMeasured, match=r'not watched to its end: rewatch watch .*Heat \(1995\)\.mkv"? goes on'):
        edition.curve("pulse")


def test_films_of_one_name_are_told_apart_by_their_files(library: Library) -> None:
    put(library, "Heat (1995).mkv", "ab" * 16)
    put(library, "Heat (1995).mp4", "cd" * 16)
    with pytest.raises(FilmAmbiguous, match=r"\[abababab, Heat \(1995\)\.mkv\].*\[cdcdcdcd, Heat \(1995\)\.mp4\]"):
        library.find("heat", lambda path: "")


def test_a_catalogue_beside_which_nothing_can_be_written_is_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, "Heat (1995).mkv", "ab" * 16)
    connect = sqlite3.connect

    def only_reading(path: Any, **options: Any) -> sqlite3.Connection:
        if not options.get("uri"):
            raise sqlite3.OperationalError("unable to open database file")
        return connect(path, **options)

    monkeypatch.setattr(sqlite3, "connect", only_reading)
    assert [e.name for e in library.entries()] == ["Heat (1995)"]
    with pytest.raises(LibraryError, match="unable to open"):
        library.catalogue.drop("ab" * 16)
