"""One edition in the library: its facts, its tracks, its stills, and how each of them came to be.

    editions/ID/edition.json     facts, title, provenance of each track: one record an analyser (`Made`)
    editions/ID/tracks/*.parquet
    editions/ID/kept/ANALYSER/*  what an analyser keeps besides tracks: the stills
    editions/ID/work/            scratch of an unfinished watch; gone when it ends

A track counts as there when ``edition.json`` has its record and the file bears the record's key: a run that was
killed between the two leaves nothing stale behind.
"""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rewatch import __version__
from rewatch.clock import FrameTimes
from rewatch.errors import LibraryError, LibraryNewer, NotMeasured
from rewatch.facts import FilmFacts
from rewatch.library import atomic
from rewatch.library.records import from_plain, to_plain
from rewatch.track import Curve, Events, Figures, Spans, Track, frame_times

if TYPE_CHECKING:
    import filelock

Kind = TypeVar("Kind", Curve, Events, Spans, Figures)

FORMAT = 1
"""Of ``edition.json``. A larger number was written by a later rewatch, and is not touched."""


@dataclass(frozen=True, slots=True)
class Made:
    """How an analyser's tracks came to be.

    key: hash of the edition, the analyser's name, version and settings, and the keys of what it needed
    at:  when, ISO 8601, UTC
    """

    analyser: str
    version: int
    settings: dict[str, Any]
    key: str
    tracks: tuple[str, ...]
    needs: tuple[str, ...] = ()
    rewatch: str = __version__
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """The content of ``edition.json``.

    notes: what a watch had to say of the file: damage, what is missing
    damage: evidence -> those of the notes that are of it
    lines_from: where the words came from, in words
    played: evidence ("pictures", "samples") -> second at which it truly ended
    """

    id: str
    title: str
    year: int | None
    facts: FilmFacts
    made: dict[str, Made] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    damage: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines_from: str = ""
    played: dict[str, Fraction] = field(default_factory=dict)
    format: int = FORMAT


class Edition:
    """An edition as the library holds it. Reading never blocks; writing takes the edition's lock (`locked`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._record: EditionRecord | None = None
        self._cache: dict[str, Track] = {}
        # What `commit` stored and `settle` has yet to make safe: tracks, those that nothing gives any more.
        self._unsettled: list[Path] = []
        self._gone: set[str] = set()
        self._changed = False

    # -- what it is ---------------------------------------------------------------------------------------------

    @property
    def record(self) -> EditionRecord:
        if self._record is None:
            self._record = self._read()
        return self._record

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def title(self) -> str:
        return self.record.title

    @property
    def year(self) -> int | None:
        return self.record.year

    @property
    def name(self) -> str:
        """Title and year as people write them: "Heat (1995)"."""
        return f"{self.title} ({self.year})" if self.year else self.title

    @property
    def facts(self) -> FilmFacts:
        return self.record.facts

    @property
    def glance(self) -> str:
        """What a glance looked at, in words, as long as no full watch took its place; "" where there was none.

        It may have been every frame: a film of which packets do not tell enough is read in full, and then no more is
        missing than what a glance does not measure.
        """
        told = (made.settings.get("glanced") for made in self.record.made.values())
        return next((str(how) for how in told if how), "")

    @property
    def provisional(self) -> str:
        """The same where not every frame was looked at: what is answered is provisional; "" for any other film."""
        return self.glance if any("glanced_from" in made.settings for made in self.record.made.values()) else ""

    def glanced_from(self, track: str) -> str:
        """What a track was made from where that was no more than glanced at, in words; "" for any other track."""
        made = self._maker(track)
        if made is None:
            return ""
        if own := made.settings.get("glanced_from"):
            return str(own)
        # The times of the frames are those of their packets, however few were looked at.
        rests_on = [need for need in made.needs if need != "frames" and self.glanced_from(need)]
        return f"{', '.join(rests_on)}: glanced at" if rests_on else ""

    @property
    def times(self) -> FrameTimes | None:
        """When each frame is shown; None for a film without picture (or not watched yet)."""
        if "frames" not in self.tracks:
            return None
        frames = self.tracks["frames"]
        return frame_times(frames) if isinstance(frames, Events) and len(frames) else None

    @property
    def duration(self) -> float:
        """Seconds from second 0 to the end of what was watched, of what the header says where nothing was."""
        if "minutes" in self.tracks:
            played = max(self.record.played.values(), default=Fraction(0))
            if played:
                return float(played)
            # Whole seconds: as near as one can say of an edition that does not tell where it ended.
            minutes = self.tracks["minutes"]
            if isinstance(minutes, Spans) and len(minutes):
                return float(minutes.end_seconds()[-1])
        return float(self.facts.duration or 0)

    def _read(self) -> EditionRecord:
        path = self.folder / "edition.json"
        try:
            plain = json.loads(path.read_text("utf-8"))
            if plain.get("format", 0) > FORMAT:
                raise LibraryNewer(
                    f"{path} was written by a later rewatch than this one ({__version__}): update rewatch"
                )
            return from_plain(EditionRecord, plain)
        except FileNotFoundError as error:
            raise LibraryError(f"{self.folder} holds no edition") from error
        except (ValueError, AttributeError) as error:
            raise LibraryError(f"{path} is damaged: remove the folder and watch the film again") from error

    # -- its tracks ---------------------------------------------------------------------------------------------

    @property
    def tracks(self) -> Mapping[str, Track]:
        """All tracks by name; each is read from disk when it is first asked for."""
        return _Tracks(self)

    def _maker(self, track: str) -> Made | None:
        return next((m for m in self.record.made.values() if track in m.tracks), None)

    def made_by(self, track: str) -> Made:
        """How a track came to be. NotMeasured, with the reason, where the film has none of that name."""
        made = self._maker(track)
        if made is None:
            raise NotMeasured(self.why_missing(track))
        return made

    def why_missing(self, track: str) -> str:
        """One line about why there is no such track."""
        if not self.record.made:
            return f"{self.name} has not been watched yet: rewatch watch {quoted(self.facts.path)}"
        if self.work.exists():
            return f"{self.name} was not watched to its end: rewatch watch {quoted(self.facts.path)} goes on"
        if track == "lines":
            return f"{self.name} has no lines: no subtitles in the file or beside it"
        if self.glance:
            missing = f"{self.name} has no {track.replace('_', ' ')} yet"
            further = f"rewatch watch {quoted(self.facts.path)}"
            if self.provisional:
                return f"{missing}: its picture was no more than glanced at; {further} looks at every frame"
            return f"{missing}: a glance does not measure that; {further} does"
        return f"{self.name} has no track {track}: it has {', '.join(sorted(self.tracks))}"

    def curve(self, name: str) -> Curve:
        return self._of(name, Curve)

    def events(self, name: str) -> Events:
        return self._of(name, Events)

    def spans(self, name: str) -> Spans:
        return self._of(name, Spans)

    def figures(self, name: str) -> Figures:
        return self._of(name, Figures)

    def _of(self, name: str, kind: type[Kind]) -> Kind:
        if name not in self.tracks:
            raise NotMeasured(self.why_missing(name))
        track = self.tracks[name]
        if not isinstance(track, kind):
            raise NotMeasured(f"the track {name} is {type(track).__name__}, not {kind.__name__}")
        return track

    def track_path(self, name: str) -> Path:
        return self.folder / "tracks" / f"{name}.parquet"

    def kept(self, analyser: str) -> Path:
        """The folder of what an analyser kept besides its tracks."""
        return self.folder / "kept" / analyser

    @property
    def work(self) -> Path:
        return self.folder / "work"

    # -- writing ------------------------------------------------------------------------------------------------

    def locked(self, timeout: float = -1) -> filelock.BaseFileLock:
        """The lock that a writer holds; let go by the system when its process ends, however it ends."""
        import filelock

        with atomic.explained(self.folder / "lock"):
            self.folder.mkdir(parents=True, exist_ok=True)
            return filelock.FileLock(self.folder / ".lock", timeout=timeout)

    def reload(self) -> None:
        """Forget what was read: another process may have written since."""
        self.settle()
        self._record = None
        self._cache.clear()

    def let_go(self, but: Collection[str] = ()) -> None:
        """Hold no tracks in memory but these; the others are read anew when they are asked for."""
        for name in self._cache.keys() - set(but):
            del self._cache[name]

    def save(self, record: EditionRecord) -> None:
        """Write ``edition.json``, once the tracks that it tells of are safe."""
        atomic.settle(self._unsettled)
        self._unsettled.clear()
        plain = to_plain(record)
        with atomic.replacing(self.folder / "edition.json") as part:
            part.write_text(json.dumps(plain, indent=1, ensure_ascii=False), "utf-8")
        self._record, self._changed = record, False
        for name in self._gone:
            self.track_path(name).unlink(missing_ok=True)
        self._gone.clear()

    def is_made(self, analyser: str, key: str) -> bool:
        """Whether the analyser's tracks of that key are stored, each of them whole."""
        from rewatch.library.tables import read_key

        made = self.record.made.get(analyser)
        if made is None or made.key != key:
            return False
        return all(read_key(self.track_path(t)) == key for t in made.tracks)

    def settle(self) -> None:
        """Write the record, where `commit` left that for later."""
        if self._changed:
            self.save(self.record)

    def commit(
        self, made: Made, tracks: Mapping[str, Track], kept: Path | None = None, *, settled: bool = True
    ) -> None:
        """Store what an analyser gave: tracks first, then the record that makes them count.

        `kept` is a folder whose content replaces what the analyser kept before.
        settled: without, what was stored counts for this object at once, for others from `settle` on: the disk takes
                 many files in little more time than one
        """
        from rewatch.library.tables import write_track

        for name, track in tracks.items():
            write_track(self.track_path(name), track, to_plain(made), synced=False)
            self._unsettled.append(self.track_path(name))
        if kept is not None and kept.is_dir():
            with atomic.explained(self.kept(made.analyser)):
                shutil.rmtree(self.kept(made.analyser), ignore_errors=True)
                self.kept(made.analyser).parent.mkdir(parents=True, exist_ok=True)
                kept.rename(self.kept(made.analyser))
        # What it gave before and gives no more, as a glance at the film does.
        before = self.record.made.get(made.analyser)
        gone = set(before.tracks) - set(tracks) if before is not None else set()
        # A track that changed hands belongs to its new maker alone.
        others = {
            name: replace(m, tracks=tuple(t for t in m.tracks if t not in tracks))
            for name, m in self.record.made.items()
        }
        self._record = replace(self.record, made={**others, made.analyser: made})
        self._changed = True
        self._gone = (self._gone | gone) - set(tracks)
        for name in {*tracks, *gone}:
            self._cache.pop(name, None)
        if settled:
            self.settle()

    def forget(self, analysers: list[str]) -> None:
        """Take the records of these analysers out, their tracks and what they kept: what is stale is not shown."""
        gone = [self.record.made[a] for a in analysers if a in self.record.made]
        if not gone:
            return
        self.save(replace(self.record, made={k: v for k, v in self.record.made.items() if v not in gone}))
        for made in gone:
            for track in made.tracks:
                self._cache.pop(track, None)
                self.track_path(track).unlink(missing_ok=True)
            shutil.rmtree(self.kept(made.analyser), ignore_errors=True)


def quoted(path: str) -> str:
    """A path as it is typed on a command line.

    >>> quoted("heat.mkv"), quoted("The Third Man.mkv"), quoted("$9.99.mkv")
    ('heat.mkv', '"The Third Man.mkv"', "'$9.99.mkv'")
    """
    typed = shlex.quote(path)
    return f'"{path}"' if typed != path and not set(path) & set('"$`\\!') else typed


class _Tracks(Mapping[str, Track]):
    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    def __getitem__(self, name: str) -> Track:
        from rewatch.library.tables import read_track

        cache = self._edition._cache
        if name not in cache:
            if self._edition._maker(name) is None:
                raise KeyError(name)
            cache[name], _ = read_track(self._edition.track_path(name))
        return cache[name]

    def __iter__(self) -> Iterator[str]:
        return (t for made in self._edition.record.made.values() for t in made.tracks)

    def __len__(self) -> int:
        return sum(len(made.tracks) for made in self._edition.record.made.values())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._edition._maker(name) is not None
