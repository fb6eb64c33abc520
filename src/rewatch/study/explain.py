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

from rewatch.errors import NotMeasured
from rewatch.figure import Figure
from rewatch.library.edition import Edition
from rewatch.track import Curve, Events, Figures, Spans, Track

_PACKAGES = ("images", "sounds", "words", "structure", "score")


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
    if value is None and not why and missing:
        why = edition.why_missing(missing[0])
    return Explanation(figure, value, why, steps, _evidence(edition, steps))


def _named(name: str, figures: Mapping[str, Figure]) -> Figure:
    """The figure that a person means, by its name or its title: "asl", "average shot length", "loudness-range"."""
    wanted = re.sub(r"[\s_-]+", "_", name.strip().lower())
    titles = {re.sub(r"[\s_-]+", "_", f.title.lower()): f for f in figures.values()}
    found = figures.get(wanted) or titles.get(wanted)
    if found:
        return found
    near = difflib.get_close_matches(wanted, [*figures, *titles], n=3)
    meant = f"; did you mean {' or '.join(near)}?" if near else ""
    raise NotMeasured(f"no figure {name!r}{meant} (rewatch explain FILM lists them all)")


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
            f"{float(p.rate):.3f} a second), every one decoded"
        )
    if "samples" in watched and facts.sound:
        s = facts.sound
        end = edition.record.played.get("samples")
        length = f"{float(end):.2f} s of " if end else ""
        said.append(f"{length}audio stream {s.number} ({s.codec}, {s.layout}, {s.sample_rate} Hz), every sample")
    if "import" in analysers:
        said.append(f"a {facts.container}: {facts.path}")
    if "lines" in analysers:
        said.append(f"lines from {edition.record.lines_from}")
    return said
