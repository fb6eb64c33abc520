"""Lists as people write them, films of which little can be said: no NaN in the score, every null with its reason."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from rewatch.errors import ShotListError
from rewatch.imports.film import read_film
from rewatch.library.library import Library
from rewatch.study.score import score
from rewatch.watch.imported import enter_film

STARTS = "start,end\n"

LISTS: dict[str, tuple[str, str]] = {
    "one shot": ("csv", STARTS + "0,10\n"),
    "two shots": ("csv", STARTS + "0,4\n4,10\n"),
    "ten seconds": ("csv", STARTS + "0,2\n2,3\n3,7\n7,10\n"),
    "a shot of no length": ("csv", STARTS + "0,4\n4,4\n4,9\n9,12\n"),
    "all of one length": ("csv", STARTS + "".join(f"{2 * i},{2 * i + 2}\n" for i in range(40))),
    "gaps": ("csv", STARTS + "0,4\n6,9\n9.1,12\n30,35\n"),
    "overlaps": ("csv", STARTS + "0,5\n4,9\n8.9,12\n10,11\n"),
    "out of order": ("csv", STARTS + "9,12\n0,4\n4,9\n"),
    "decimal commas": ("csv", "start;end\n0,0;4,25\n4,25;9,5\n9,5;12,75\n"),
    "byte order mark, CRLF": ("csv", "\ufeffstart;end\r\n0;4\r\n4;9\r\n9;12\r\n"),
    "a column of decimal commas": ("cinemetrics", "3,5\n4,2\n1,1\n6,0\n"),
    "clock times": ("csv", "start\tend\n0:00:00.0\t0:00:04.5\n0:00:04.5\t0:01:00.0\n"),
    "one line of dialogue": ("srt", "1\n00:00:01,000 --> 00:00:02,000\nHello.\n"),
    "an edit list of one": ("edl", "TITLE: X\n001  AX  V  C  00:00:00:00 00:00:05:00 01:00:00:00 01:00:05:00\n"),
}

BROKEN: dict[str, tuple[str, str]] = {
    "nothing": ("csv", ""),
    "blank lines": ("csv", "\r\n\r\n"),
    "names alone": ("csv", "start,end\n"),
    "words": ("csv", "once,upon\na,time\n"),
    "before the beginning": ("csv", STARTS + "-5,4\n4,9\n"),
    "backwards": ("csv", STARTS + "0,4\n9,5\n"),
    "beyond all films": ("csv", STARTS + "0,1e300\n"),
    "no numbers": ("shot-lengths", "A film\nnan\ninf\n"),
    "no lines": ("srt", "\n"),
    "half a document": ("eaf", "<ANNOTATION_DOCUMENT><TIER"),
    "no edits": ("edl", "TITLE: X\n"),
}


def imported(folder: Path, kind: str, text: str) -> dict[str, Any]:
    path = folder / f"list.{ {'srt': 'srt', 'edl': 'edl', 'eaf': 'eaf'}.get(kind, 'csv') }"
    path.write_bytes(text.encode("utf-8"))
    film = read_film(path, kind, title="Listed", year=None, column=None, rate=None, duration=None)
    edition = enter_film(film, Library(folder / "library")).edition
    return score(edition, tracks=True)


def lacking(value: Any, why: dict[str, str], name: str = "") -> list[str]:
    """Nulls of a part of the score that no reason is given for."""
    if value is None:
        return [] if any(name == key or name.startswith(f"{key}.") for key in why if why[key]) else [name]
    if isinstance(value, dict):
        inner = {k: v for k, v in value.items() if k not in ("why", "tracks")}
        return [lack for k, v in inner.items() for lack in lacking(v, why, f"{name}.{k}" if name else k)]
    return []


@pytest.mark.parametrize("name", LISTS)
def test_no_nan_and_every_null_with_its_reason(name: str, tmp_path: Path) -> None:
    answer = imported(tmp_path, *LISTS[name])
    # JSON without NaN and infinity: dumps would refuse them.
    text = json.dumps(answer, allow_nan=False)
    assert "NaN" not in text
    for part, found in answer.items():
        if part == "why":
            continue
        if found is None:
            assert answer["why"][part]
        else:
            assert lacking(found, found["why"]) == [], part


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_list_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(ShotListError) as refused:
        imported(tmp_path, *BROKEN[name])
    said = str(refused.value)
    assert said
    assert "\n" not in said


def test_decimal_commas_are_decimals(tmp_path: Path) -> None:
    cutting = imported(tmp_path, *LISTS["decimal commas"])["cutting"]
    assert cutting["shots"] == 3
    assert math.isclose(cutting["duration"], 12.75)
    assert imported(tmp_path, *LISTS["a column of decimal commas"])["cutting"]["asl"] == pytest.approx(3.7)


def test_what_was_never_heard_is_null_and_not_none(tmp_path: Path) -> None:
    """An empty list of sforzandi says that the film has none; of a list of shots nobody knows."""
    answer = imported(tmp_path, *LISTS["all of one length"])
    for part, names in {
        "dynamics": ("marks", "hairpins", "sforzandi", "rests"),
        "pulse": ("beats",),
        "accents": ("accents",),
    }.items():
        for name in names:
            assert answer[part][name] is None
            assert "never heard" in answer[part]["why"][name]
    assert answer["pulse"]["stretches"] == [], "the cuts are known: that they do not beat is"
