"""``rewatch compare`` on editions as they come (`odd_edits`): how many frames of B are told rightly.

    python benchmarks/compare_odd.py
    python benchmarks/compare_odd.py --films cosmos --cases backwards "pan and scan" --verbose

A frame is right when the frame of A that it is said to show is within two of the true one, or when both say that A has
none. Beside it, what was told of how many differences a person would tell.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import numpy.typing as npt

from odd_edits import CASES
from odd_made import ANY, FOREIGN, Made, plain, titles, write
from re_edits import Source
from re_edits_shelf import Shelf
from rewatch.compare.editions import compare
from rewatch.compare.segments import Alignment
from rewatch.library.edition import Edition

_FILMS = ("cosmos", "agent327", "drawn")
_LONGEST = 75.0
_SLACK = 2
_EAR = 6
"""The same by ear: a fourth of a second."""


def pair(shelf: Shelf, name: str, case: str) -> tuple[Edition, Edition, Made] | None:
    source = shelf.source(name)
    foreign = shelf.source("other")
    if source is None or foreign is None:
        return None
    most = int(_LONGEST * source.rate)
    source = Source(source.frames[:most], source.rate, source.sound[: round(_LONGEST * 48000)])
    whole = Made(plain((0, 0, len(source.frames))), source.rate, np.zeros(0, np.int64), (0, 0), bit_rate=1_500_000)
    films = [
        source,
        foreign,
        titles(source, 4.5, "A Film Distributor", rolls=False),
        titles(source, 12.5, "Director Writer Camera Sound", rolls=True),
    ]
    path = shelf.folder / f"odd-{name}.mkv"
    if not path.exists():
        write(path, whole, films, None)
    a = shelf.watched(path)
    cuts = [int(n) for n in a.spans("shots").begin[1:]]
    made = CASES[case](source, cuts)
    if not made.picture and not len(source.sound):
        return None
    if made.a is not None:
        path = shelf.folder / f"odd-{name}-{case}-a.mkv".replace(" ", "_")
        if not path.exists():
            write(path, whole, films, made.a)
        a = shelf.watched(path)
    path = shelf.folder / f"odd-{name}-{case}.mkv".replace(" ", "_")
    if not path.exists():
        write(path, made, films, made.change)
    return a, shelf.watched(path), made


def _by_seconds(found: Alignment, made: Made, a: Edition) -> npt.NDArray[np.int64]:
    """The frame of A that would be shown where B has no picture, by what is said of the middle of each."""
    places = [found.to_a((n + 0.5) / float(made.rate)) for n in range(len(made.truth))]
    at = [int(a.times.frame_at(place.seconds)) if place.there and a.times else FOREIGN for place in places]
    return np.array(at, np.int64)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--films", nargs="*", default=list(_FILMS))
    words.add_argument("--cases", nargs="*", default=list(CASES), metavar="CASE", help=", ".join(CASES))
    words.add_argument("--verbose", action="store_true")
    given = words.parse_args()
    shelf = Shelf()
    print("| case | film | frames right | told | wanted | said | CPU s |")
    print("|---|---|---:|---:|---:|---|---:|")
    shares = []
    for case in given.cases:
        for name in given.films:
            shelf.keep_only(*given.films, "other")
            here = pair(shelf, name, case)
            if here is None:
                continue
            a, b, made = here
            began = time.process_time()
            found = compare(a, b)
            spent = time.process_time() - began
            shown = found.frame_map() if made.picture else _by_seconds(found, made, a)
            shown = np.pad(shown, (0, max(0, len(made.truth) - len(shown))), constant_values=FOREIGN)[: len(made.truth)]
            asked = made.truth != ANY
            truth = made.truth[asked]
            near = np.abs(shown[asked] - truth) <= (_SLACK if made.picture else _EAR)
            right = np.where((truth == FOREIGN) | (shown[asked] == FOREIGN), shown[asked] == truth, near)
            share = float(right.mean())
            shares.append(share)
            told = len(found.differences)
            low, high = made.wanted
            wanted = str(low) if low == high else f"{low}-{high}"
            flag = "" if share > 0.98 and low <= told <= high else " <"
            print(
                f"| {case} | {name} | {share:.3f} | {told} | {wanted} | {found.summary()}{flag} | {spent:.1f} |",
                flush=True,
            )
            if given.verbose:
                for s in found:
                    sides: list[object] = [
                        None if x is None else (x.first_frame, x.last_frame) if made.picture else (x.start, x.end)
                        for x in (s.a, s.b)
                    ]
                    print("   ", s.kind, *sides, s.speed, s.frames[:6])
    print(f"\n{len(shares)} pairs, {np.mean(shares):.4f} of the frames right on the average.")


if __name__ == "__main__":
    main()
