"""In a narrow terminal nothing is lost: texts and paths are folded, ids stay whole, what goes on hangs."""

from __future__ import annotations

import re
import sys

import pytest
from rich.text import Text

from rewatch.cli.common import print_hanging, print_table


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: True, raising=False)
    monkeypatch.setenv("COLUMNS", "44")
    monkeypatch.setenv("TERM", "xterm")


def test_a_table_keeps_its_ids_and_all_of_a_path(capsys: pytest.CaptureFixture[str]) -> None:
    path = "/films/of/the/summer/the_third_man_1949_restored.mkv"
    print_table([("film", "left"), ("id", "left"), ("file", "left")], [("The Third Man", "689d6e18", path)])
    rows = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, rows)) <= 44
    assert "…" not in "".join(rows)
    assert sum("689d6e18" in row for row in rows) == 1
    begins = next(row.index("/films") for row in rows if "/films" in row)
    assert "".join(row[begins:].strip() for row in rows[3:]) == path


def test_what_goes_on_hangs(capsys: pytest.CaptureFixture[str]) -> None:
    print_hanging(Text("  source     Salt, Film Style and Technology: History and Analysis, 1983"), 13)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("  source     Salt, Film Style")
    assert rest
    assert all(line.startswith(" " * 13) and not line.startswith(" " * 14) for line in rest)
    assert max(map(len, (first, *rest))) <= 44
