"""Films from Python and notebooks: tracks as Arrow tables, the library by SQL.

    import rewatch
    film = rewatch.open("heat")
    film.shots.to_pandas()
    rewatch.library().sql("SELECT film, count(*) FROM shots GROUP BY film")

``import rewatch`` loads nothing of this; it is loaded at the first `open`. What one may rely on is in docs/python.md.

Contents
    open_film, open_library, compare_films, film_echoes   what `rewatch.open`, `.library`, `.compare`, `.echoes` call
    FilmView, MinuteView, LibraryView
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rewatch.clock import FrameTimes, timecode
from rewatch.errors import NotMeasured, RewatchError
from rewatch.exports.markup import html_text
from rewatch.exports.tables import arrow_table
from rewatch.facts import FilmFacts
from rewatch.film.identity import identify
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.study.minute import MinuteFigure
from rewatch.track import Curve, Figures, Track

if TYPE_CHECKING:
    import pyarrow as pa

    from rewatch.compare.echoes import Echoes
    from rewatch.compare.segments import Alignment

_SCORE = ("tempo", "momentum", "dynamics", "articulation", "pulse", "pace", "cut_density", "novelty")
"""Tracks whose curves, and those whose names begin so, are the columns of `FilmView.score`."""


def open_film(name: str | Path, folder: str | Path | None = None) -> FilmView:
    """The film of the library that a title, an id or a path means.

    folder: of the library [default: $REWATCH_LIBRARY, else your data folder]
    FilmUnknown where nothing fits, FilmAmbiguous where several do.
    """
    library = Library(None if folder is None else Path(folder))
    return FilmView(library.find(str(name), identify))


def open_library(folder: str | Path | None = None) -> LibraryView:
    """All films of a library; see `open_film`."""
    return LibraryView(Library(None if folder is None else Path(folder)))


def compare_films(
    a: FilmView | str | Path, b: FilmView | str | Path, folder: str | Path | None = None, *, refine: bool = True
) -> Alignment:
    """Two editions of a film side by side; see `rewatch.compare.editions.compare`.

    a, b:   films, or what `open_film` takes for one
    refine: look at the frames around each join in the files, where they are at hand
    """
    from rewatch.compare.editions import compare

    films = [film if isinstance(film, FilmView) else open_film(film, folder) for film in (a, b)]
    return compare(films[0].edition, films[1].edition, refine=refine)


def film_echoes(
    a: FilmView | str | Path,
    others: Iterable[FilmView | str | Path] | None = None,
    folder: str | Path | None = None,
    *,
    kinds: Iterable[str] = ("image", "sound", "line", "rhythm"),
    chance: float | None = None,
) -> Echoes:
    """What of a film is found again in others; see `rewatch.compare.echoes.echoes`.

    a, others: films, or what `open_film` takes for one; others None: all of the library
    kinds:     of echoes that are looked for
    chance:    the most likely to be chance that is told; None: 0.01, of lines what chance yields once in an hour
    """
    from rewatch.compare.echoes import echoes

    film = a if isinstance(a, FilmView) else open_film(a, folder)
    library = Library(None if folder is None else Path(folder))
    if isinstance(a, FilmView):
        library = Library(film.edition.folder.parent.parent)
    every = [library.edition(entry.id) for entry in library.entries()]
    named = None if others is None else [o if isinstance(o, FilmView) else open_film(o, library.folder) for o in others]
    asked = [e for e in every if e.id != film.id] if named is None else [o.edition for o in named]
    return echoes(film.edition, asked, kinds=tuple(kinds), chance=chance, library=every)


class FilmView:
    """A film that was watched.

    shots, lines: Arrow tables, times in seconds; NotMeasured where the film has none
    score:   the curves of the score, a row a second
    figures: every figure of the whole film: track, figure, value, unit, why
    tracks:  all tracks by name, as Arrow tables
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    def __repr__(self) -> str:
        from rewatch.exports.terminal import headline

        return f"<{headline(self.edition)}>"

    def _repr_html_(self) -> str:
        """The score sheet, as a notebook shows it; where it cannot be drawn, the film in a line."""
        from rewatch.exports.registry import EXPORTS

        try:
            drawn = base64.b64encode(EXPORTS["png"].content(self.edition)).decode()
        except RewatchError:
            return f"<p>{html_text(repr(self))}</p>"
        alt = html_text(f"The score of {self.name}")
        return f'<img alt="{alt}" style="max-width: 100%" src="data:image/png;base64,{drawn}">'

    @property
    def id(self) -> str:
        return self.edition.id

    @property
    def title(self) -> str:
        return self.edition.title

    @property
    def year(self) -> int | None:
        return self.edition.year

    @property
    def name(self) -> str:
        """Title and year: "Heat (1995)"."""
        return self.edition.name

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.edition.duration

    @property
    def facts(self) -> FilmFacts:
        """What the file's headers say."""
        return self.edition.facts

    @property
    def times(self) -> FrameTimes | None:
        """When each frame is shown; None for a film without picture."""
        return self.edition.times

    @property
    def tracks(self) -> Mapping[str, pa.Table]:
        """All tracks by name, each as an Arrow table; each is read when it is first asked for."""
        return _Tables(self.edition)

    @property
    def shots(self) -> pa.Table:
        return self._table("shots")

    @property
    def lines(self) -> pa.Table:
        return self._table("lines")

    def _table(self, name: str) -> pa.Table:
        if name not in self.edition.tracks:
            raise NotMeasured(self.edition.why_missing(name))
        return self.tracks[name]

    @property
    def score(self) -> pa.Table:
        """A row a second: ``time`` and each curve of the score, read off (linearly) at that second.

        A curve of one column bears its track's name, others are TRACK_COLUMN.
        """
        import pyarrow as pa

        at = np.arange(max(int(self.duration), 1), dtype=np.float64)
        columns: dict[str, Any] = {"time": at}
        for name in sorted(self.edition.tracks):
            track = self.edition.tracks[name] if name.startswith(_SCORE) else None
            if not isinstance(track, Curve) or not len(track) or (track.clock.counts_frames and self.times is None):
                continue
            seconds = track.seconds(self.times)
            for column in track.columns:
                values = track.column(column)
                if values.dtype.kind in "fiub":
                    key = name if len(track.columns) == 1 else f"{name}_{column}"
                    columns[key] = np.interp(at, seconds, np.asarray(values, dtype=np.float64))
        return pa.table(columns)

    @property
    def figures(self) -> pa.Table:
        return _figures(self.edition)

    def minute(self, number: int) -> MinuteView:
        """Minute `number`, from 1. NotMeasured where the film has no such minute."""
        from rewatch.study.minute import minute

        found = minute(self.edition, number)
        inside = {}
        for name in ("shots", "lines"):
            if name in self.edition.tracks:
                table = self.tracks[name]
                if "begin" in table.column_names:
                    begin, end = table["begin"].to_numpy(), table["end"].to_numpy()
                    # The rows meet: a slice, no copy.
                    rows = np.flatnonzero((begin < found.end) & (end > found.begin))
                    table = table.slice(rows[0], rows[-1] + 1 - rows[0]) if len(rows) else table.slice(0, 0)
                inside[name] = table
        return MinuteView(
            self.name, number, found.begin, found.end, inside.get("shots"), inside.get("lines"),
            tuple(found.stands_out), found.figures,
        )  # fmt: skip

    @property
    def notes(self) -> list[Any]:
        """The notes on this film, in order of time (`rewatch.library.notes.Note`)."""
        from rewatch.study.notes import Notes

        return Notes(Library(self.edition.folder.parent.parent)).find(self.id)


@dataclass(frozen=True, slots=True)
class MinuteView:
    """What happens in a minute. begin, end: seconds; shots, lines: Arrow tables, None where the film has none."""

    film: str
    number: int
    begin: float
    end: float
    shots: pa.Table | None
    lines: pa.Table | None
    stands_out: tuple[str, ...]
    figures: Mapping[str, MinuteFigure]

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html_text(name)}</td><td>{f.value:.3g} {html_text(f.unit)}</td><td>{f.rank} of {f.of}</td></tr>"
            for name, f in self.figures.items()
        )
        said = "".join(f"<li>{html_text(line)}</li>" for line in self.stands_out)
        spoken = ""
        if self.lines is not None:
            texts = self.lines["label"].to_pylist()
            spoken = "".join(f"<p>{html_text(text)}</p>" for text in texts)
        head = html_text(f"{self.film}, minute {self.number} ({timecode(self.begin)} to {timecode(self.end)})")
        return f"<h4>{head}</h4><ul>{said}</ul><table>{rows}</table>{spoken}"


class LibraryView:
    """All films of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __repr__(self) -> str:
        return f"<library of {len(self)} films at {self._library.folder}>"

    def __iter__(self) -> Iterator[FilmView]:
        return (FilmView(self._library.edition(entry.id)) for entry in self._library.entries())

    def __len__(self) -> int:
        return len(self._library.entries())

    def open(self, name: str | Path) -> FilmView:
        """The film that a title, an id or a path means."""
        return FilmView(self._library.find(str(name), identify))

    @property
    def films(self) -> pa.Table:
        """edition, film (title and year), title, year, path, duration, added, watched."""
        import pyarrow as pa

        entries = self._library.entries()
        texts = ("id", "name", "title", "path", "added", "watched")
        columns = {key: pa.array([getattr(e, key) for e in entries], pa.string()) for key in texts}
        return pa.table(
            {
                "edition": columns["id"],
                "film": columns["name"],
                "title": columns["title"],
                "year": pa.array([e.year for e in entries], pa.int32()),
                "path": columns["path"],
                "duration": pa.array([e.duration for e in entries], pa.float64()),
                "added": columns["added"],
                "watched": columns["watched"],
            }
        )

    def sql(self, question: str, *values: Any) -> pa.Table:
        """The answer of DuckDB to a question over all films, as an Arrow table.

        Tables: ``films``, ``figures``, ``notes``, ``viewings``, and one for each track (``shots``, ``lines``,
        ``loudness`` ...) with the columns of `FilmView.tracks` after ``film`` and ``edition``. Only those whose names
        stand in the question are read. `values` go where the question has ``?``. RewatchError with DuckDB's line
        where the question makes no sense.
        """
        import duckdb

        words = {word.casefold() for word in re.findall(r"\w+", question)}
        own: dict[str, Callable[[], pa.Table]] = {
            "films": lambda: self.films,
            "figures": lambda: self._all(_figures),
            "notes": self._notes,
            "viewings": self._viewings,
        }
        config: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        with duckdb.connect(config=config) as db:
            for name, make in own.items():
                if name in words:
                    db.register(name, make())
            for name in sorted(self._track_names() & words - set(own)):
                db.register(name, self._track(name))
            try:
                found = db.sql(question, params=list(values) or None)
                if found is None:
                    raise RewatchError("that is no question: it has no answer")
                return found.to_arrow_table()
            except duckdb.Error as error:
                raise RewatchError(str(error).strip().splitlines()[0]) from error

    def _editions(self) -> Iterator[Edition]:
        return (self._library.edition(entry.id) for entry in self._library.entries())

    def _track_names(self) -> set[str]:
        return {name for edition in self._editions() for name in edition.tracks}

    def _track(self, name: str) -> pa.Table:
        return self._all(
            lambda edition: arrow_table(edition.tracks[name], edition.times) if name in edition.tracks else None
        )

    def _all(self, of: Callable[[Edition], pa.Table | None]) -> pa.Table:
        """The tables of all editions in one; what a film lacks of the columns is null."""
        import pyarrow as pa

        tables = []
        for edition in self._editions():
            table = of(edition)
            if table is None:
                continue
            for value in (edition.id, edition.name):
                column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(table), np.int32)), pa.array([value]))
                table = table.add_column(0, "edition" if value == edition.id else "film", column)
            tables.append(table.replace_schema_metadata(None))
        return pa.concat_tables(tables, promote_options="permissive")

    def _notes(self) -> pa.Table:
        import pyarrow as pa

        from rewatch.study.notes import Notes

        found = Notes(self._library).find()
        text, number = pa.string(), pa.float64()
        columns: dict[str, Any] = {
            key: pa.array([getattr(n, key) for n in found], text) for key in ("film", "edition", "id", "text")
        }
        columns |= {key: pa.array([getattr(n, key) for n in found], number) for key in ("begin", "end")}
        columns["tags"] = pa.array([list(n.tags) for n in found], pa.list_(text))
        columns |= {key: pa.array([getattr(n, key) for n in found], text) for key in ("created", "changed")}
        return pa.table(columns)

    def _viewings(self) -> pa.Table:
        import pyarrow as pa

        from rewatch.study.viewings import Viewings

        found = Viewings(self._library).find()
        text = pa.string()
        return pa.table(
            {
                "film": pa.array([v.name for v in found], text),
                "edition": pa.array([v.edition for v in found], text),
                "day": pa.array([v.day for v in found], text),
                "company": pa.array([list(v.company) for v in found], pa.list_(text)),
                "rating": pa.array([v.rating for v in found], pa.float64()),
                "text": pa.array([v.text for v in found], text),
            }
        )


class _Tables(Mapping[str, "pa.Table"]):
    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    def __getitem__(self, name: str) -> pa.Table:
        track: Track = self._edition.tracks[name]
        return arrow_table(track, self._edition.times)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._edition.tracks))

    def __len__(self) -> int:
        return len(self._edition.tracks)

    def __repr__(self) -> str:
        return f"<tracks: {', '.join(self)}>"


def _figures(edition: Edition) -> pa.Table:
    import pyarrow as pa

    tables = []
    for name in sorted(edition.tracks):
        track = edition.tracks[name]
        if isinstance(track, Figures):
            table = arrow_table(track, None).replace_schema_metadata(None)
            tables.append(table.add_column(0, "track", pa.array([name] * len(table), pa.string())))
    if not tables:
        return arrow_table(Figures("none", {}), None).add_column(0, "track", pa.array([], pa.string()))
    return pa.concat_tables(tables)
