"""Where a figure comes from: its formula, its source, and the chain from the file's frames and samples to it.

Contents
    known_figures   every figure that can be explained, by name
    explain         one of them, for one film
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from rewatch.clock import FrameTimes
from rewatch.errors import NotMeasured
from rewatch.figure import Figure
from rewatch.library.edition import Edition
from rewatch.study.score import PARTS
from rewatch.track import Curve, Events, Figures, Spans, Track

_SHOWN_AS = {
    "cuts": "boundaries", "motion": "activity", "heard": "sound_kinds", "speech": "sound_kinds",
    "music": "sound_kinds", "effects": "sound_kinds",
}  # fmt: skip
"""What a row of the score, a lane of the page is called there -> the figure that it shows."""
_PACKAGES = ("watch", "images", "sounds", "words", "structure", "score")


def known_figures() -> dict[str, Figure]:
    """All figures by name, in the order of the floors they come from."""
    found: dict[str, Figure] = {}
    for name in _PACKAGES:
        package = importlib.import_module(f"rewatch.{name}")
        for module in _modules(package):
            for figure in getattr(module, "FIGURES", ()):
                # A later floor's figure of the same name is the one a person means: the number, not the track.
                found[figure.name] = figure
    return found


def _modules(package: ModuleType) -> list[ModuleType]:
    names = sorted(m.name for m in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


@dataclass(frozen=True, slots=True)
class Step:
    """One track on the way to a figure.

    made_by: the analyser's name, version and settings, and the rewatch that ran it
    needs:   the tracks that it was made from; empty where it was measured on frames or samples
    """

    track: str
    kind: str
    about: str
    size: str
    made_by: dict[str, Any]
    needs: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure with its value in this film (None for a curve, or where it could not be measured: `why` says why)."""

    figure: Figure
    value: float | int | None
    why: str
    steps: list[Step] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)


def explain(edition: Edition, name: str) -> Explanation:
    """How a figure of this film came to be. NotMeasured for a name that is none, with the nearest that are."""
    figure = _named(name, known_figures())
    value, why, holder = _value(edition, figure)
    wanted = [holder] if holder else [t for t in (figure.name, *figure.tracks) if t in edition.tracks]
    steps = _chain(edition, list(dict.fromkeys([*wanted, *(t for t in figure.tracks if t in edition.tracks)])))
    missing = [t for t in figure.tracks if t not in edition.tracks]
    if value is None and not why and missing and figure.name not in edition.tracks:
        why = edition.why_missing(missing[0])
    if value is None and not why and not steps:
        why = (
            f"{edition.name} is known by a list" if edition.facts.listed else f"{edition.name} has nothing of that sort"
        )
    return Explanation(figure, value, why, steps, _evidence(edition, steps) + _places(edition, figure, value))


def _named(name: str, figures: Mapping[str, Figure]) -> Figure:
    """The figure that a person means, by its name or its title: "asl", "average shot length", "loudness-range"."""
    wanted = re.sub(r"[\s_-]+", "_", name.strip().lower())
    wanted = _SHOWN_AS.get(wanted, wanted)
    titles = {re.sub(r"[\s_-]+", "_", f.title.lower()): f for f in figures.values()}
    found = figures.get(wanted) or titles.get(wanted)
    if found:
        return found
    if wanted in PARTS:
        raise NotMeasured(
            f"{wanted} is a part of the score, not a figure: its figures are {', '.join(_of(wanted, figures))}"
        )
    near = difflib.get_close_matches(wanted, dict.fromkeys([*figures, *titles]), n=3)
    meant = f"; did you mean {' or '.join(near)}?" if near else ""
    raise NotMeasured(f"no figure {name!r}{meant} (rewatch explain FILM lists them all)")


def _of(part: str, figures: Mapping[str, Figure]) -> list[str]:
    """The figures of a part of the score: those measured beside it."""
    module = importlib.import_module(f"rewatch.score.{part}_figures" if part == "cutting" else f"rewatch.score.{part}")
    return [figure.name for figure in module.FIGURES if figure.name in figures]


def _value(edition: Edition, figure: Figure) -> tuple[float | int | None, str, str]:
    """The figure's value, why it is none, and the track of figures that holds it."""
    for name in edition.tracks:
        track = edition.tracks[name]
        if isinstance(track, Figures) and figure.name in track.values:
            return track.values[figure.name], track.why.get(figure.name, ""), name
    return None, "", ""


def _chain(edition: Edition, tracks: list[str]) -> list[Step]:
    """The tracks and all that they were made from, each after what it needs."""
    steps: dict[str, Step] = {}

    def follow(name: str) -> None:
        if name in steps or name not in edition.tracks:
            return
        made = edition.made_by(name)
        for need in made.needs:
            follow(need)
        about, source = _about(made.analyser, name)
        record = {
            "analyser": made.analyser,
            "version": made.version,
            "settings": made.settings,
            "rewatch": made.rewatch,
            "at": made.at,
        }
        track = edition.tracks[name]
        steps[name] = Step(name, type(track).__name__.lower(), about, _size(track), record, made.needs, source)

    for name in tracks:
        follow(name)
    return list(steps.values())


def _about(analyser: str, track: str) -> tuple[str, str]:
    """What the analyser declares of a track, and the measure's source."""
    from rewatch.watch.plan import all_analysers

    for known in all_analysers():
        if known.name == analyser:
            for given in known.gives:
                if given.name == track:
                    return given.about, given.source
    return "", ""


def _size(track: Track) -> str:
    if isinstance(track, Figures):
        return f"{len(track)} figures"
    clock = "one a frame" if track.clock.counts_frames else f"{float(track.clock.rate or 0):g} a second"
    if isinstance(track, Curve):
        return f"{len(track)} values, {clock}"
    if isinstance(track, Events):
        return f"{len(track)} events"
    assert isinstance(track, Spans)
    return f"{len(track)} spans"


def _places(edition: Edition, figure: Figure, value: float | int | None) -> list[str]:
    """Where in the film it stands: the first few of what happens, the shot that is the longest."""
    times = edition.times
    if figure.name in ("minimum", "maximum") and value is not None and "shots" in edition.tracks:
        shots = edition.spans("shots")
        lengths = shots.end_seconds(times) - shots.begin_seconds(times)
        number = int(abs(lengths - value).argmin())
        return [f"shot {number + 1}: {_place(shots, number, times)}"]
    track = edition.tracks.get(figure.name)
    if not isinstance(track, Events | Spans) or not len(track) or figure.name == "frames":
        return []
    first = "; ".join(_place(track, i, times) for i in range(min(3, len(track))))
    rest = f"; and {len(track) - 3} more" if len(track) > 3 else ""
    return [f"{first}{rest}"]


def _place(track: Events | Spans, index: int, times: FrameTimes | None) -> str:
    """``frames 24 to 47 (0:01.0 to 0:02.0)`` or, on another clock, ``0:01.0 to 0:02.0``."""
    if isinstance(track, Events):
        second = f"{float(track.seconds(times)[index]):.3f} s"
        return f"frame {int(track.at[index])} ({second})" if track.clock.counts_frames else second
    begin, end = float(track.begin_seconds(times)[index]), float(track.end_seconds(times)[index])
    seconds = f"{begin:.3f} to {end:.3f} s"
    if not track.clock.counts_frames:
        return seconds
    return f"frames {int(track.begin[index])} to {int(track.end[index]) - 1} ({seconds})"


def _decoded(edition: Edition, analysers: set[str]) -> str:
    """Which of the frames were looked at: all of them, or what a glance took."""
    made = edition.record.made
    how = [made[name].settings.get("glanced") for name in sorted(analysers) if name in made]
    return next((str(told) for told in how if told), "every one decoded")


_MOST_STRETCHES = 6


def _looked_at(edition: Edition, count: int) -> list[str]:
    """Which frames a glance looked at, the first few stretches of each kind; the track ``looked`` has all of them."""
    looked = edition.tracks.get("looked")
    if not isinstance(looked, Spans):
        return []
    told = []
    for label, words in (("every frame", "every frame of"), ("anchors", "frames but B frames, for boundaries, of")):
        rows = [(b, e) for b, e, kind in zip(looked.begin, looked.end, looked.label, strict=True) if kind == label]
        if rows and rows != [(0, count)]:
            more = f" and {len(rows) - _MOST_STRETCHES} stretches more" if len(rows) > _MOST_STRETCHES else ""
            told.append(f"{words} {', '.join(f'{b} to {e - 1}' for b, e in rows[:_MOST_STRETCHES])}{more}")
    return told


def _evidence(edition: Edition, steps: list[Step]) -> list[str]:
    """The frames, samples and lines that all of it was measured on, in words."""
    facts, said = edition.facts, []
    analysers = {step.made_by["analyser"] for step in steps}
    from rewatch.watch.frames import Frames
    from rewatch.watch.plan import all_analysers

    watched = {a.watches for a in (Frames(), *all_analysers()) if a.name in analysers}
    times = edition.times
    if "pictures" in watched and facts.picture and times is not None:
        p = facts.picture
        said.append(
            f"frames 0 to {len(times) - 1} of video stream {p.stream} ({p.codec} {p.width}x{p.height}, "
            f"{float(p.rate):.3f} a second), {_decoded(edition, analysers)}"
        )
        said += _looked_at(edition, len(times))
    if "samples" in watched and facts.sound:
        s = facts.sound
        end = edition.record.played.get("samples")
        length = f"{float(end):.2f} s of " if end else ""
        said.append(f"{length}audio stream {s.number} ({s.codec}, {s.layout}, {s.sample_rate} Hz), every sample")
    if facts.listed and steps:
        said.append(f"a {facts.container}: {facts.path}")
    if "lines" in analysers:
        said.append(f"lines from {edition.record.lines_from}")
    by_hand = edition.tracks.get("corrections")
    if "corrections" in analysers and isinstance(by_hand, Events):
        rows = zip(by_hand.at.tolist(), by_hand.columns["kind"], strict=True)
        told = [f"{'a cut at' if kind == 'cut' else 'none at'} {frame}" for frame, kind in rows]
        more = f" and {len(told) - 6} more" if len(told) > 6 else ""
        said.append(f"corrections by hand: {', '.join(told[:6])}{more}")
    return said
