"""Several searches at once: moments that all of them answer.

Each answer of the most exact search (a still before a sound, a sound before a quote, these before a look and a
likeness) is kept where all the others have one within reach; its score is the product of theirs, for all must hold.

Contents
    together
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rewatch.find.match import Match

ORDER = ("still", "sound", "quote", "like", "look")
REACH = 3.0
"""Seconds by which two answers may miss each other and be of one moment."""
MANY = 500
"""Answers that each search gives when it is one of several."""


def together(found: Mapping[str, Sequence[Match]], top: int = 10) -> list[Match]:
    """Moments that all searches answer, best first.

    found: evidence -> its matches. details of a match: those of each search, by its evidence
    """
    kinds = [kind for kind in ORDER if kind in found]
    if len(kinds) == 1:
        return list(found[kinds[0]])[:top]
    others = {kind: _by_edition(found[kind]) for kind in kinds[1:]}
    joined: list[Match] = []
    for match in found[kinds[0]]:
        parts = [match]
        for kind in kinds[1:]:
            near = [m for m in others[kind].get(match.edition, []) if _apart(m, match) <= REACH]
            if not near:
                break
            parts.append(max(near, key=lambda m: (m.score, -_apart(m, match))))
        else:
            joined.append(_join(parts))
    joined.sort(key=lambda m: (-m.score, m.film, m.time))
    # One still found twice within a second is one moment.
    kept: list[Match] = []
    for match in joined:
        if all(m.edition != match.edition or abs(m.time - match.time) > 0.5 for m in kept):
            kept.append(match)
    return kept[:top]


def _by_edition(matches: Sequence[Match]) -> dict[str, list[Match]]:
    found: dict[str, list[Match]] = {}
    for match in matches:
        found.setdefault(match.edition, []).append(match)
    return found


def _apart(a: Match, b: Match) -> float:
    """Seconds between two answers; 0 where they overlap."""
    return max(0.0, a.time - (b.end or b.time), b.time - (a.end or a.time))


def _join(parts: Sequence[Match]) -> Match:
    first = parts[0]
    return Match(
        first.film,
        first.edition,
        first.time,
        round(math.prod(part.score for part in parts), 4),
        "+".join(part.evidence for part in parts),
        end=first.end,
        frame=first.frame,
        about="; ".join(part.about for part in parts if part.about),
        details={part.evidence: dict(part.details) for part in parts},
    )
