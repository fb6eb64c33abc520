"""A file that was asked for is there whole, or as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewatch.errors import ExportError
from rewatch.exports.whole import whole


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "sheet.svg"
    path.write_text("old")

    def half() -> None:
        with whole(path) as part:
            part.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    link.symlink_to(real)
    with whole(link) as part:
        part.write_text("new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_the_longest_name_there_can_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / f"{'愛' * 83}.vtt"  # 253 bytes of the 255 that a name may have
    with whole(path) as part:
        part.write_text("WEBVTT")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("none/there.csv", "there is no such folder"), ("file/below.csv", "not a folder"), (".", "that is a folder")],
)
def test_what_the_system_refuses_is_told_in_one_line(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match=reason) as told, whole(tmp_path / name) as part:
        part.write_text("text")
    assert "\n" not in str(told.value)
