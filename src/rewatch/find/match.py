"""A match: one answer of a search: where, how sure, on which evidence. All that find answers with is a list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Match:
    """One moment of one edition that answers what was asked; searches give them best first, and none for nothing.

    film:     the title, else the file's name
    edition:  its id
    time:     second where it begins
    score:    how sure, 0..1, calibrated: of the matches said to be 0.9 sure, at least 90 % are right
    evidence: on which: "still", "sound", "quote", "look", "like", or several joined by "+"
    end:      second where it ends, where it lasts
    frame:    number of the frame in presentation order, where known
    about:    one line for a person: the words that were found, how the picture was changed, which shot it is
    details:  further plain JSON values, by name; what they are is told by the search that gave them
    """

    film: str
    edition: str
    time: float
    score: float
    evidence: str
    end: float | None = None
    frame: int | None = None
    about: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The match as one object of ``find --json``; what is not known is null."""
        return {
            "film": self.film,
            "edition": self.edition,
            "time": self.time,
            "end": self.end,
            "frame": self.frame,
            "score": self.score,
            "evidence": self.evidence,
            "about": self.about,
            "details": dict(self.details),
        }
