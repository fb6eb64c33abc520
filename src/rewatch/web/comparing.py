"""Lay films side by side for the page, in a process of its own:

    python -m rewatch.web.comparing compare LIBRARY A B
    python -m rewatch.web.comparing echoes LIBRARY A

What was found is kept beside the tracks of A until one of the films is known better; the events of `rewatch.web.jobs`
go to standard output.

Contents
    Kept        an answer that is kept: where, and whether it still holds
    stamp_of    what changes with all that is known of some films
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from rewatch.library.library import Library
from rewatch.web.watching import tell, yield_way

FORM = 3
"""Of the kept answers; raised when the page needs more of them, or when more is found."""


def stamp_of(library: Library, ids: Iterable[str]) -> str:
    """What changes when one of these films is watched anew, or when what compares them has changed."""
    digest = blake2b(f"{FORM}".encode(), digest_size=8)
    for id in ids:
        try:
            changed = (library.place(id).folder / "edition.json").stat().st_mtime_ns
        except OSError:
            changed = 0
        digest.update(f"{id}:{changed};".encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that is kept of a film: `name` is ``compare-ID`` or ``echoes``; stamp: of the films it is about."""

    library: Library
    film: str
    name: str
    stamp: str

    @classmethod
    def compare(cls, library: Library, a: str, b: str) -> Kept:
        return cls(library, a, f"compare-{b}", stamp_of(library, (a, b)))

    @classmethod
    def echoes(cls, library: Library, a: str) -> Kept:
        return cls(library, a, "echoes", stamp_of(library, [a, *sorted(e.id for e in library.entries())]))

    @property
    def path(self) -> Path:
        return self.library.place(self.film).folder / "web" / f"{self.name}.json"

    def read(self) -> dict[str, Any] | None:
        """What was found; None where nothing was kept, or where a film is known better since."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(found, dict) or found.get("stamp") != self.stamp:
            return None
        answer = found.get("answer")
        return answer if isinstance(answer, dict) else None

    def write(self, answer: dict[str, Any]) -> None:
        """LibraryError where it cannot be written."""
        from rewatch.library import atomic

        text = json.dumps({"stamp": self.stamp, "answer": answer}, ensure_ascii=False, allow_nan=False)
        with atomic.replacing(self.path) as part:
            part.write_text(text, encoding="utf-8")


def compared(library: Library, a: str, b: str, told: Callable[[str], None]) -> dict[str, Any]:
    """The comparison as JSON; each segment with what changed in it, in words (``changes``), and ``throughout``."""
    from rewatch.compare.editions import compare
    from rewatch.compare.words import changes_of, whole_film

    found = compare(library.edition(a), library.edition(b), told=told)
    usual = whole_film(found) if found.related else ()
    answer = found.as_json()
    for plain, segment in zip(answer["segments"], found, strict=True):
        plain["changes"] = list(changes_of(segment, usual))
    answer["throughout"] = list(usual)
    answer["figures"] = [str(change) for change in found.score if change.seen]
    return answer


def echoing(library: Library, a: str, told: Callable[[str], None]) -> dict[str, Any]:
    """The echoes of a film in all others of the library, as JSON."""
    from rewatch.compare.echoes import echoes

    every = [library.edition(entry.id) for entry in library.entries()]
    own = library.edition(a)
    found = echoes(own, [e for e in every if e.id != a], library=every, told=told)
    return {**found.as_json(), "looked_in": len(every) - 1}


def main(what: str, folder: str, a: str, b: str = "") -> int:
    yield_way()
    from rewatch.errors import RewatchError

    library = Library(Path(folder))
    try:
        tell(film=a)
        # The stamp is taken before: what is learned of a film meanwhile is not in the answer.
        if what == "compare":
            kept = Kept.compare(library, a, b)
            kept.write(compared(library, a, b, lambda line: tell(say=line)))
        else:
            kept = Kept.echoes(library, a)
            kept.write(echoing(library, a, lambda line: tell(say=line)))
    except (RewatchError, OSError) as error:
        tell(error=" ".join(str(error).split()))
        return 1
    tell(done={"name": kept.name})
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main(*sys.argv[1:5]))
