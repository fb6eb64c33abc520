"""Analysers: evidence or tracks in, tracks out. The one contract behind everything that rewatch charts.

An analyser declares what it watches, which tracks it needs, which it gives, its version and its settings; from that
the runner plans the work, the library knows what is stale, ``explain`` shows what a figure came from, and the
documents are written. It never sees the library, the command line or another analyser.

    class Light(Analyser):
        name, version, watches = "light", 1, "pictures"
        gives = (Gives("light", "curve", "mean and spread of luma", unit="0..1", columns=("mean", "spread")),)

        def begin(self, film, scratch): self.parts = []
        def feed(self, piece): self.parts.append(measure(piece.luma))
        def finish(self, tracks): return {"light": Curve(...)}

The contract (``tests/contracts/test_analysers.py`` runs it over all):
    - pieces of any length give the same tracks, to the bit, as one piece
    - the same film and settings give the same tracks, whatever ran before
    - no NaN; names, shapes, columns and units as declared
    - nothing watched at all (an empty stream) gives valid, empty tracks, never a crash
    - memory does not grow with the film but for the tracks themselves
    - an analyser can be pickled between two pieces and goes on after it (a killed run resumes there)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, TypeVar

from rewatch.evidence import Pictures, Samples
from rewatch.facts import FilmFacts
from rewatch.track import Track

Watches = Literal["pictures", "samples", "tracks"]
Piece = TypeVar("Piece", bound=Pictures | Samples | None)


@dataclass(frozen=True, slots=True)
class Gives:
    """One track as declared: its name, its shape, one sentence about it, and where the measure comes from.

    source: paper or standard, or "rewatch" where the measure is our own
    """

    name: str
    kind: Literal["curve", "events", "spans", "figures"]
    about: str
    unit: str = ""
    columns: tuple[str, ...] = ()
    source: str = "rewatch"


class Analyser(ABC, Generic[Piece]):
    """The base of all analysers; see the module's docstring for the contract."""

    name: ClassVar[str]
    version: ClassVar[int]
    watches: ClassVar[Watches]
    needs: ClassVar[tuple[str, ...]] = ()
    """Tracks that `finish` must be given; one that a film does not have (no sound, no picture) is then absent."""
    gives: ClassVar[tuple[Gives, ...]]

    def settings(self) -> Mapping[str, Any]:
        """What the result depends on besides the film: plain JSON values. Part of the key in the library."""
        return {}

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        """Called once before the first piece. `scratch` is a folder of this analyser's own, kept until `finish`.

        What is left in ``scratch / "keep"`` after `finish` is kept with the edition, under the analyser's name.
        """

    def feed(self, piece: Piece) -> None:
        """Called with each piece in order. An analyser that watches only tracks is never fed."""

    @abstractmethod
    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        """Called once, after the last piece: the declared tracks, by name."""
