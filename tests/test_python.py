"""rewatch from Python: what docs/python.md shows is so, and the import costs nothing."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import rewatch
from rewatch.errors import FilmUnknown, RewatchError
from rewatch.film_view import FilmView
from rewatch.imports.film import read_film
from rewatch.library.library import Library
from rewatch.study.notes import Notes
from rewatch.study.viewings import Viewings
from rewatch.watch.imported import enter_film

PAGE = Path(__file__).parents[1] / "docs" / "python.md"


def printed(code: str) -> str:
    """What a fresh Python prints that runs `code`."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def test_the_page_is_true(
    demo_film: Any, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rewatch.watch.run import watch

    # The library that the golden answers are asked of as well: watched once a session.
    folder = tmp_path_factory.getbasetemp() / "golden-library"
    if not folder.exists():
        watch(demo_film.path, Library(folder), title="The Demo", year=2026)
    monkeypatch.setenv("REWATCH_LIBRARY", str(folder))
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert not failed
    assert tried > 15
    shown = rewatch.open("demo")._repr_html_()
    assert shown.startswith('<img alt="The score of The Demo (2026)"')


def test_the_import_is_cheap() -> None:
    heavy = "{'numpy', 'pyarrow', 'duckdb', 'av', 'scipy', 'click', 'rewatch.library', 'rewatch.clock'}"
    code = f"import sys, rewatch; print(sorted({heavy} & set(sys.modules)))"
    assert printed(code) == "[]\n"


@pytest.mark.parametrize(
    "first", ["", "import rewatch.library.edition;", "from rewatch.library.library import Library;"]
)
def test_the_library_can_be_called_whatever_was_imported(first: str, tmp_path: Path) -> None:
    code = f"import rewatch; {first} print(len(rewatch.library({str(tmp_path)!r})))"
    assert printed(code) == "0\n"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two films known by lists, of which one has lines; a note and a viewing."""
    (tmp_path / "one.csv").write_text("length\n2\n3\n5\n")
    (tmp_path / "two.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\n<script>alert(1)</script>BOB: Well & good\n")
    library = Library(tmp_path / "library")
    enter_film(read_film(tmp_path / "one.csv", "csv", title="One <b>", year=1999), library)
    made = enter_film(read_film(tmp_path / "two.srt", "srt", title="Two"), library)
    Notes(library).add(made.edition, 1.5, "here", tags=["a"])
    Viewings(library).add(made.edition, rating=4.0)
    return library.folder


def test_sql_over_films_of_different_tracks(two: Path) -> None:
    library = rewatch.library(two)
    assert [f.name for f in library] == ["One <b> (1999)", "Two"]
    assert library.sql('SELECT film, max("end") AS e FROM shots GROUP BY film').to_pylist() == [
        {"film": "One <b> (1999)", "e": 10.0}
    ]
    joined = library.sql(
        "SELECT f.title, n.text, v.rating, l.label FROM notes n JOIN films f USING (edition) "
        "JOIN viewings v USING (edition) JOIN lines l ON l.edition = n.edition AND n.begin BETWEEN l.begin AND l.end"
    ).to_pylist()
    assert [(r["title"], r["text"], r["rating"]) for r in joined] == [("Two", "here", 4.0)]
    assert library.sql("SELECT count(*) AS n FROM figures WHERE figure = 'asl' AND film LIKE 'One%'")["n"][0].as_py()
    assert library.sql("SELECT ? AS a", "x'; DROP TABLE films").to_pylist() == [{"a": "x'; DROP TABLE films"}]
    for wrong in ("SELEC", "SELECT * FROM no_such_table", ""):
        with pytest.raises(RewatchError):
            library.sql(wrong)
    with pytest.raises(FilmUnknown):
        library.open("Three")


def test_strangers_words_are_text_in_a_notebook(two: Path) -> None:
    film = rewatch.open("two", two)
    assert isinstance(film, FilmView)
    assert film.notes[0].text == "here"
    for shown in (film.minute(1)._repr_html_(), rewatch.open("one", two)._repr_html_()):
        assert "<script" not in shown
        assert "<b>" not in shown
