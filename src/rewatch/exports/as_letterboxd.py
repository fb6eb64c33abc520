"""Letterboxd's CSV: the log of viewings as that site takes it in, and as it gives it away.

Written in its import format: Title, Year, WatchedDate, Rating, Rewatch, Tags, Review. Who was there goes as a tag
"with NAME". Read in that format and in those of its export (diary.csv, reviews.csv, watched.csv, ratings.csv: Date,
Name, Year, Letterboxd URI, Rating, Rewatch, Review, Tags, Watched Date). Text is written as it is, without the
apostrophe that other tables of ours put before what a spreadsheet takes for a formula: the site would show it.

Source: https://letterboxd.com/about/importing-data/

Contents
    viewings_csv     the file's content
    read_viewings    viewings out of a file
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

from rewatch.errors import ShotListError
from rewatch.imports.tables import read_text
from rewatch.study.notes import NoteError, clean_tags, clean_text
from rewatch.study.viewings import Viewing, checked_rating

COLUMNS = ("Title", "Year", "WatchedDate", "Rating", "Rewatch", "Tags", "Review", "LetterboxdURI")

_WITH = "with "


def viewings_csv(viewings: Iterable[Viewing], rewatches: Collection[str]) -> str:
    """The log; `rewatches` are the ids of viewings that were not the first of their film."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for viewing in viewings:
        tags = [*viewing.tags, *(_WITH + name for name in viewing.company)]
        writer.writerow(
            [
                viewing.film,
                viewing.year or "",
                viewing.day,
                "" if viewing.rating is None else f"{viewing.rating:g}",
                "true" if viewing.id in rewatches else "false",
                ", ".join(tag.replace(",", ";") for tag in tags),
                viewing.text,
                viewing.link,
            ]
        )
    return out.getvalue()


def read_viewings(path: Path) -> tuple[list[Viewing], list[str]]:
    """The viewings of a file, and a line about each row that could not be read. ShotListError where it is no log."""
    rows = list(csv.reader(io.StringIO(read_text(path), newline="")))
    head = [re.sub(r"\W", "", name).casefold() for name in rows[0]] if rows else []
    if not {"title", "name"} & set(head):
        raise ShotListError(f"{path} is no log of Letterboxd: no column Title or Name")
    found, told = [], []
    for number, cells in enumerate(rows[1:], 2):
        row = {name: cell.strip() for name, cell in zip(head, cells, strict=False)}
        title = row.get("title") or row.get("name", "")
        if not any(row.values()):
            continue
        try:
            if not title:
                raise NoteError("has no title")
            year = row.get("year", "")
            day = row.get("watcheddate", "")
            stars = row.get("rating", "") or (f"{float(row['rating10']) / 2:g}" if row.get("rating10") else "")
            tags = clean_tags(row.get("tags", "").split(","))
            found.append(
                Viewing(
                    id="",
                    edition="",
                    film=clean_text(title),
                    year=int(year) if year else None,
                    day=date.fromisoformat(day).isoformat() if day else "",
                    company=tuple(t[len(_WITH) :] for t in tags if t.startswith(_WITH) and len(t) > len(_WITH)),
                    rating=checked_rating(float(stars)) if stars and float(stars) else None,
                    text=clean_text(row["review"]) if row.get("review") else "",
                    tags=tuple(t for t in tags if not t.startswith(_WITH)),
                    link=row.get("letterboxduri", "")[:500],
                )
            )
        except (ValueError, NoteError) as error:
            told.append(f"row {number} left out: {error}")
    return found, told
