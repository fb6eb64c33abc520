"""The index of lines: always as the editions are, lost or not."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from rewatch.library.library import Library
from rewatch.library.lines_index import LinesIndex
from rewatch.words.folding import fold

_FILE = Path(__file__).parents[1] / "find" / "lines_library.py"
_SPEC = importlib.util.spec_from_file_location("lines_library", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
made = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(made)


def found(library: Library, words: str) -> list[str]:
    index = LinesIndex(library)
    index.renew()
    search = index.search(fold(words))
    return [search.text[id].text for id in search.ids]


def test_lines_that_change_are_found_as_they_are(tmp_path: Path) -> None:
    library = made.new_library(tmp_path, {"One": ["The lamp is lit."], "Two": ["Nothing at all."]})
    assert found(library, "lamp") == ["The lamp is lit."]
    made.add_film(library, "One", ["The candle is lit.", "It burns."], key="again")
    assert found(library, "lamp is lit") != ["The lamp is lit."]
    assert found(library, "candle") == ["The candle is lit."]
    made.add_film(library, "Three", ["Another candle."])
    assert sorted(found(library, "candle")) == ["Another candle.", "The candle is lit."]


def test_a_film_that_is_gone_is_not_found(tmp_path: Path) -> None:
    library = made.new_library(tmp_path, {"One": ["The lamp is lit."], "Two": ["The lamp is out."]})
    assert len(found(library, "lamp")) == 2
    library.remove(library.find("Two", lambda path: ""))
    assert found(library, "lamp") == ["The lamp is lit."]


def test_lost_or_damaged_it_is_built_anew(tmp_path: Path) -> None:
    library = made.new_library(tmp_path, {"One": ["The lamp is lit."]})
    assert found(library, "lamp") == ["The lamp is lit."]
    for end in ("", "-wal", "-shm"):
        (tmp_path / f"lines.sqlite{end}").unlink(missing_ok=True)
    assert found(library, "lamp") == ["The lamp is lit."]
    for end in ("-wal", "-shm"):
        (tmp_path / f"lines.sqlite{end}").unlink(missing_ok=True)
    (tmp_path / "lines.sqlite").write_bytes(b"this is no database" * 1000)
    made.add_film(library, "Two", ["Another lamp."])
    assert sorted(found(library, "lamp")) == ["Another lamp.", "The lamp is lit."]


def test_where_it_cannot_be_written_it_is_held_in_memory(tmp_path: Path) -> None:
    library = made.new_library(tmp_path, {"One": ["The lamp is lit."]})
    for end in ("", "-wal", "-shm"):
        (tmp_path / f"lines.sqlite{end}").unlink(missing_ok=True)
    (tmp_path / "lines.sqlite").mkdir()
    assert found(library, "lamp") == ["The lamp is lit."]


def test_an_empty_library_has_no_lines_and_gets_no_index(tmp_path: Path) -> None:
    assert LinesIndex(Library(tmp_path)).renew() == 0
    assert not (tmp_path / "lines.sqlite").exists()
