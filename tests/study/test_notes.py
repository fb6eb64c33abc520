"""Notes: nothing that was typed is lost, whoever writes meanwhile, whatever becomes of film and disk."""

from __future__ import annotations

import os
import sqlite3
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rewatch.clock import FrameTimes
from rewatch.errors import LibraryError, NoteUnknown, NotSaved
from rewatch.library import notebook as notebook_module
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.study.notes import NoteError, Notes, clean_tags, note_of_json, parse_region
from rewatch.track import Events, Spans


@pytest.fixture
def notes(library: Library) -> Notes:
    return Notes(library)


def test_what_was_written_is_read(notes: Notes, edition: Edition) -> None:
    made = notes.add(
        edition, 61.5, "The **mirror** again\r\nand Ünal\0", end=64.0, region=(0.1, 0.2, 0.3, 0.4), tags=["#mirror"]
    )
    (read,) = notes.find(edition.id)
    assert read == made
    assert read.text == "The **mirror** again\nand Ünal"
    assert (read.begin, read.end, read.region, read.tags) == (61.5, 64.0, (0.1, 0.2, 0.3, 0.4), ("mirror",))
    assert read.film == edition.name
    assert read.version == 1
    assert read.anchor["frame"] == 61.5 * 24
    shots = edition.spans("shots")
    assert shots.begin[read.anchor["shot"] - 1] <= 61.5 * 24 < shots.end[read.anchor["shot"] - 1]
    assert len(read.anchor["look"]) == 16
    assert note_of_json(read.as_json()) == read
    assert notes.get(made.id[:6]) == made


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"begin": 900.0}, "ends at 4:00.0"),
        ({"begin": -1.0}, "seconds from"),
        ({"begin": float("nan")}, "seconds from"),
        ({"begin": 5.0, "end": 4.0}, "before it begins"),
        ({"begin": 5.0, "end": 400.0}, "ends at"),
        ({"text": " \n\0"}, "some words"),
        ({"text": "x" * 1_000_001}, "1,000,000 characters"),
        ({"region": (0.5, 0.5, 0.6, 0.1)}, "does not lie in the picture"),
        ({"region": (0.5, 0.5, 0.0, 0.1)}, "does not lie in the picture"),
        ({"region": (0.5, 0.5, float("nan"), 0.1)}, "does not lie in the picture"),
    ],
)
def test_what_is_no_note_is_refused(notes: Notes, edition: Edition, given: dict[str, Any], said: str) -> None:
    with pytest.raises(NoteError, match=said):
        notes.add(edition, **{"begin": 1.0, "text": "a", **given})
    assert notes.find() == []


def test_regions_and_tags() -> None:
    assert parse_region("0.1, 0.2,0.3,0.4") == (0.1, 0.2, 0.3, 0.4)
    for wrong in ("1,2,3", "a,b,c,d", "0.1,0.2,0.3", "", "0,0,2,2", "inf,0,1,1"):
        with pytest.raises(NoteError):
            parse_region(wrong)
    assert clean_tags(["#a", "A", "b c"]) == ("a", "b c")


def test_found_by_words_tags_beginnings_and_within(notes: Notes, edition: Edition) -> None:
    one = notes.add(edition, 1, "Das Café am Ende der Straße")
    two = notes.add(edition, 2, "A door closes; a cafe opens", tags=["threshold"])
    three = notes.add(edition, 3, "鏡の中の彼女")
    assert {n.id for n in notes.find(search="cafe")} == {one.id, two.id}
    assert [n.id for n in notes.find(search="thresh")] == [two.id]
    assert [n.id for n in notes.find(search="彼女")] == [three.id]
    assert [n.id for n in notes.find(search='"door closes"')] == [two.id]
    assert notes.find(search='"closes door"') == []
    assert [n.id for n in notes.find(search="cafe door")] == [two.id]
    for odd in ('"', "*", "AND", "text:", "(", "-", "a OR", "NEAR(", "' ; DROP TABLE notes", "...", '"" x'):
        notes.find(search=odd)
    assert [n.id for n in notes.find(tag="#THRESHOLD")] == [two.id]
    assert notes.find("cd" * 16, search="cafe") == []
    notes.change(one.id, text="Ein Bahnhof")
    assert [n.id for n in notes.find(search="cafe")] == [two.id]
    assert [n.id for n in notes.find(search="bahn")] == [one.id]
    notes.delete(two.id)
    assert notes.find(search="cafe") == []
    assert notes.tags() == {}


def test_two_tabs_keep_both_texts(notes: Notes, edition: Edition) -> None:
    first = notes.add(edition, 10, "one", tags=["t"])
    mine = notes.change(first.id, version=1, text="one, said the first tab")
    assert mine.beside is None
    theirs = notes.change(first.id, version=1, text="one, said the second tab")
    assert theirs.note.text == "one, said the first tab"
    assert theirs.beside is not None
    assert theirs.beside.text == "one, said the second tab"
    assert theirs.beside.beside == first.id
    assert {n.text for n in notes.find()} == {"one, said the first tab", "one, said the second tab"}
    # Different parts of the note do not get in each other's way.
    stands = notes.get(first.id)
    notes.change(first.id, version=stands.version, tags=["new"])
    moved = notes.change(first.id, version=stands.version, begin=12.0)
    assert moved.beside is None
    assert (moved.note.begin, moved.note.tags) == (12.0, ("new",))
    # Who has not touched the text does not bring the old one back with the tags.
    stands = notes.get(first.id)
    notes.change(first.id, version=stands.version, text="newer")
    both = notes.change(first.id, version=stands.version, text=stands.text, tags=["x"])
    assert both.beside is None
    assert (both.note.text, both.note.tags) == ("newer", ("x",))
    # The same words from both are one change.
    stands = notes.get(first.id)
    notes.change(first.id, version=stands.version, text="same")
    assert notes.change(first.id, version=stands.version, text="same").beside is None


def test_deleting_what_was_changed_meanwhile_and_changing_what_was_deleted(notes: Notes, edition: Edition) -> None:
    note = notes.add(edition, 10, "one")
    notes.change(note.id, version=1, text="two")
    with pytest.raises(NoteError, match="changed meanwhile"):
        notes.delete(note.id, version=1)
    notes.delete(note.id, version=2)
    assert notes.find() == []
    assert [n.text for n in notes.find(deleted=True)] == ["two"]
    with pytest.raises(NoteUnknown, match="deleted already"):
        notes.delete(note.id)
    back = notes.change(note.id, version=2, text="three")
    assert back.note.text == "three"
    assert [n.text for n in notes.find()] == ["three"]
    assert notes.wordings(note.id) == ["one", "two", "three"]


def test_undo_takes_back_one_after_the_other(notes: Notes, edition: Edition) -> None:
    assert notes.undo() == []
    note = notes.add(edition, 10, "one")
    other = notes.add(edition, 20, "other")
    notes.change(note.id, text="two", end=15.0)
    notes.delete(note.id)
    assert [a.kind for a in notes.undo()] == ["deleted"]
    assert notes.get(note.id).text == "two"
    assert [(a.kind, a.id) for a in notes.undo(other.id)] == [("added", other.id)]
    assert [a.kind for a in notes.undo()] == ["changed"]
    stands = notes.get(note.id)
    assert (stands.text, stands.end) == ("one", None)
    assert [a.kind for a in notes.undo()] == ["added"]
    assert notes.find() == []
    assert notes.undo() == []
    assert notes.wordings(note.id) == ["two", "one"]
    # A tab that still shows an older version is told, not believed.
    assert notes.get(note.id).version > 2


def test_many_writers_at_once(notes: Notes, edition: Edition) -> None:
    note = notes.add(edition, 1, "start")

    def write(i: int) -> None:
        notes.add(edition, i, f"new {i}")
        notes.change(note.id, version=1, text=f"text {i}")

    threads = [threading.Thread(target=write, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    texts = {n.text for n in notes.find()}
    assert {f"new {i}" for i in range(8)} | {f"text {i}" for i in range(8)} == texts


def test_a_full_disk_hands_the_text_back(notes: Notes, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    note = notes.add(edition, 1, "there")
    real = notebook_module.Writing.put

    def full(self: Any, *given: Any) -> None:
        self.db.execute("PRAGMA max_page_count = 1")
        real(self, *given)

    monkeypatch.setattr(notebook_module.Writing, "put", full)
    with pytest.raises(NotSaved, match="full") as lost:
        notes.add(edition, 2, "kept " * 50_000)
    assert lost.value.text == "kept " * 50_000
    with pytest.raises(NotSaved, match="full") as lost:
        notes.change(note.id, text="other " * 50_000)
    assert lost.value.text == "other " * 50_000
    monkeypatch.undo()
    assert [n.text for n in notes.find()] == ["there"]


def test_an_error_of_a_full_disk_is_called_so(notes: Notes, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    notes.add(edition, 1, "there")

    def fails(self: Any, *given: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(notebook_module.Writing, "put", fails)
    with pytest.raises(NotSaved, match="disk I/O error"):
        notes.add(edition, 2, "kept")
    monkeypatch.setattr("rewatch.library.database.shutil.disk_usage", lambda _: type("Usage", (), {"free": 4096}))
    with pytest.raises(NotSaved, match="the disk is full"):
        notes.add(edition, 2, "kept")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_library_can_be_read(notes: Notes, edition: Edition) -> None:
    notes.add(edition, 1, "there")
    for path in notes.library.folder.glob("notebook*"):
        path.chmod(0o400) if path.is_file() else None
    notes.library.folder.chmod(0o500)
    try:
        assert [n.text for n in notes.find()] == ["there"]
        with pytest.raises(NotSaved):
            notes.add(edition, 2, "text")
    finally:
        notes.library.folder.chmod(0o700)


def test_notes_outlive_the_catalogue_and_the_film(notes: Notes, edition: Edition) -> None:
    note = notes.add(edition, 1, "still there")
    for path in notes.library.folder.glob("catalogue.sqlite*"):
        path.unlink()
    notes.library.rebuild()
    notes.library.remove(edition)
    assert [n.text for n in notes.find()] == ["still there"]
    assert notes.find()[0].film == edition.name
    assert notes.change(note.id, text="can be edited").note.text == "can be edited"


def test_backup_is_whole_and_comes_back(notes: Notes, edition: Edition, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no notes"):
        notes.backup(tmp_path / "none.sqlite")
    notes.add(edition, 1, "one", tags=["a"])
    notes.delete(notes.add(edition, 2, "two").id)
    notes.backup(tmp_path / "copy.sqlite")
    assert {p.name for p in tmp_path.glob("copy*")} == {"copy.sqlite"}
    with sqlite3.connect(tmp_path / "copy.sqlite") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM notes").fetchone() == (2,)
        assert db.execute("SELECT count(*) FROM acts").fetchone() == (3,)
    db.close()


def test_a_copy_is_made_before_the_first_change_of_a_day(notes: Notes, edition: Edition) -> None:
    notes.add(edition, 1, "one")
    notes.add(edition, 1, "two")
    folder = notes.library.folder / "notebook-copies"
    (copy,) = folder.iterdir()
    with sqlite3.connect(copy) as db:
        assert db.execute("SELECT text FROM notes").fetchall() == [("one",)]
    db.close()
    for day in range(1, 30):
        (folder / f"2020-01-{day:02d}.sqlite").write_bytes(b"")
    copy.unlink()
    notes.add(edition, 1, "three")
    kept = sorted(p.name for p in folder.iterdir())
    assert len(kept) == notebook_module.COPIES
    assert kept[-1] == copy.name


def test_a_damaged_notebook_says_what_to_do_and_is_not_touched(notes: Notes, edition: Edition) -> None:
    notes.add(edition, 1, "one")
    for path in notes.library.folder.glob("notebook.sqlite*"):
        path.unlink()
    broken = notes.library.folder / "notebook.sqlite"
    broken.write_text("no database at all, " * 40)
    with pytest.raises(LibraryError, match="notebook-copies"):
        notes.find()
    with pytest.raises(NotSaved, match="damaged") as lost:
        notes.add(edition, 1, "words")
    assert lost.value.text == "words"
    assert broken.read_text().startswith("no database")


def test_taken_in_without_loss(notes: Notes, edition: Edition, tmp_path: Path) -> None:
    note = notes.add(edition, 1, "one")
    written = [note_of_json(n.as_json()) for n in notes.find()]
    other = Notes(Library(tmp_path / "other"))
    assert other.take_in(written) == (1, 0, 0)
    assert other.find() == written
    assert other.take_in(written) == (0, 0, 0)
    notes.change(note.id, text="two")
    assert other.take_in(notes.find()) == (0, 1, 0)
    assert other.take_in(written) == (0, 0, 0)
    other.change(note.id, text="mine")
    theirs = [replace(n, text="theirs") for n in notes.find()]
    assert other.take_in(theirs) == (0, 0, 1)
    assert other.take_in(theirs) == (0, 0, 0)
    assert {n.text for n in other.find()} == {"mine", "theirs"}
    other.undo()
    assert {n.text for n in other.find()} == {"mine"}
    for wrong in (None, [], {}, {"id": "x"}, {"id": "ab" * 16, "begin": "nan", "text": "a", "edition": ""}):
        with pytest.raises(NoteError):
            note_of_json(wrong)


def sped_up(fakes: Any, study: Any, lost: int) -> Any:
    """The same film as a PAL transfer: 4 % faster, its first `lost` shots missing."""
    shots = study.tracks["shots"]
    zero = int(shots.begin[lost])
    cuts = shots.begin[lost:] - zero
    count = int(shots.end[-1]) - zero
    none = np.full(len(cuts), -1)
    frames = Events("frames", np.arange(count) * 512, study.tracks["frames"].clock, {"duration": np.full(count, 512)})
    frames = Events("frames", frames.at, type(frames.clock)(Fraction(512 * 25)), frames.columns)
    spans = Spans(
        "shots", cuts, shots.end[lost:] - zero, list(shots.label[lost:]), shots.clock,
        {"first_frame": none, "last_frame": none, "sure": np.ones(len(cuts))},
    )  # fmt: skip
    facts = fakes.facts(count / 25)
    times = FrameTimes.even(count, Fraction(25))
    return fakes.FakeStudy(study.title, study.year, facts, times, count / 25, {"frames": frames, "shots": spans})


def test_notes_survive_a_new_transfer(notes: Notes, edition: Edition, fakes: Any, enter: Any) -> None:
    shots = edition.spans("shots")
    begins = shots.begin_seconds(edition.times)
    at = {i: float(begins[i]) + 0.3 for i in range(2, len(shots), 3)}
    for i, second in at.items():
        notes.add(edition, second, f"shot {i}", end=second + 0.2)
    lost = 4
    faster = enter(notes.library, sped_up(fakes, fakes.film(240), lost), "cd" * 16, seed=99)
    carried = notes.carry(edition.id, faster)
    new = faster.spans("shots").begin_seconds(faster.times)
    for note, how in carried:
        shot = int(note.text.split()[1])
        if shot >= lost:
            # To the frame: 0.3 s into the shot, at 25 frames a second.
            assert note.begin == pytest.approx(float(new[shot - lost]) + 0.3 * 0.96, abs=0.021), how
            assert note.end == pytest.approx(note.begin + 0.2 * 0.96, abs=0.01)
    assert notes.carry(edition.id, faster) == []
    assert len(notes.find(faster.id)) == len(at)
    assert len(notes.find(edition.id)) == len(at)


def test_the_look_of_a_shot_finds_it_where_lengths_do_not(
    notes: Notes, edition: Edition, fakes: Any, enter: Any
) -> None:
    shots = edition.spans("shots")
    second = float(shots.begin_seconds(edition.times)[12]) + 0.2
    notes.add(edition, second, "there")
    # Every other cut was missed in the new one, and it begins elsewhere: no neighbour has its length.
    twin = enter(notes.library, fakes.film(240, seed=11), "ef" * 16, seed=1)
    ((note, how),) = notes.carry(edition.id, twin)
    assert "look" in how
    assert note.begin == pytest.approx(float(twin.spans("shots").begin_seconds(twin.times)[12]) + 0.2, abs=0.05)


def test_the_picture_finds_the_place_where_shots_do_not(notes: Notes, edition: Edition, fakes: Any, enter: Any) -> None:
    """Prints of another transfer: half a minute later, a few bits other, and no shot of it as long as before."""
    from rewatch.images.looks import LAYOUT
    from rewatch.images.prints import NAME, Prints

    rng = np.random.default_rng(5)
    seconds = np.arange(0, 200, 0.25, dtype=np.float32)
    hashes = rng.integers(0, 2**63, (len(seconds), 4), dtype=np.uint64)
    nothing = np.zeros((0, LAYOUT), np.int8)

    def prints(of: Edition, given: Any, shift: float) -> None:
        Prints(
            np.arange(len(seconds), dtype=np.int32), seconds + np.float32(shift), given, np.zeros(0, np.int32), nothing,
            np.zeros(0, np.uint8), np.zeros((0, 5), np.float32),
        ).save(of.kept(NAME))  # fmt: skip

    prints(edition, hashes, 0.0)
    notes.add(edition, 61.4, "there", end=63.0)
    other = enter(notes.library, fakes.film(240, seed=23), "ef" * 16, seed=9)
    noise = np.bitwise_or.reduce([np.uint64(1) << rng.integers(0, 64, hashes.shape, dtype=np.uint64) for _ in range(6)])
    prints(other, hashes ^ noise, 30.0)
    ((note, how),) = notes.carry(edition.id, other)
    assert how == "by the print of the picture"
    assert (note.begin, note.end) == (pytest.approx(91.4, abs=0.01), pytest.approx(93.0, abs=0.01))
    strange = enter(notes.library, fakes.film(240, seed=31), "cd" * 16, seed=10)
    prints(strange, rng.integers(0, 2**63, hashes.shape, dtype=np.uint64), 0.0)
    ((note, how),) = notes.carry(edition.id, strange)
    assert "alone" in how
