"""``rewatch compare`` on re-edits of known truth: films cut anew by a seed, dressed anew, and told apart again.

    python benchmarks/compare.py                    all of it: some forty minutes the first time
    python benchmarks/compare.py --films demo nosferatu --dresses plain PAL
    python benchmarks/compare.py --seed 7           other edits than those of the table
    python benchmarks/compare.py --only hours       two films of two hours, from what is stored

A segment is found when its kind is right and all its edges, in both films, are within two frames. Where the picture is
held over a join (black, a title, a still), no picture tells where it lies; "open" counts any place within what is held.
Beside it: the best constant offset, taken from the truth itself (no tool that gives one offset can do better), and
plain dynamic time warping (Sakoe and Chiba 1978) of the same stored values, its straight parts taken for the same.

Re-edits and their watched library are kept in the temporary folder, so that a second run only compares.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compare_peers import by_offset, by_warping
from films import FILMS
from re_edits import random_cut, truth_of
from re_edits_score import Row, exact_joins, f1, found_rows, hits, open_joins, truth_rows
from re_edits_shelf import DRESSES, PLAN, REAL, TRANSFERS, Shelf
from rewatch.compare.editions import compare
from rewatch.compare.seen import see
from rewatch.library.edition import Edition
from two_hours import two_hours

_SLACK = 2


@dataclass(slots=True)
class Told:
    """One re-edit, told: segments right, of the truth, of what was found; joins exact, of how many; of the peers."""

    name: str
    dress: str
    right: int
    right_open: int
    wanted: int
    told: int
    exact: int
    joins: int
    offset: int
    offset_told: int
    warped: int
    warped_told: int
    cpu: float


def cases(films: Sequence[str], dresses: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name, plan in PLAN.items():
        if films and name not in films:
            continue
        for dress in plan:
            if not dresses or dress in dresses:
                yield name, dress


def told_of(shelf: Shelf, name: str, dress_name: str, seed: int, peers: bool, verbose: bool) -> Told | None:
    source = shelf.source(name)
    others = {other: shelf.source(other) for other in ("other", "nosferatu" if name != "nosferatu" else "sintel")}
    foreign = {other: held for other, held in others.items() if held is not None}
    if source is None:
        return None
    dress = DRESSES[dress_name]
    number = sum(map(ord, name + dress_name)) + 1000 * seed
    changes = 5 + number % 16
    lengths = [(other, len(held.frames)) for other, held in foreign.items()]
    pieces = random_cut(len(source.frames), float(source.rate), lengths, changes, number)
    a = shelf.original(name)
    b = shelf.made(f"{name}-{dress_name}-{seed}".replace(" ", "_").replace(":", ""), name, pieces, dress)
    began = time.process_time()
    found = compare(a, b)
    cpu = time.process_time() - began
    truth, rows = truth_rows(pieces, source, dress), found_rows(found)
    held = open_joins(pieces, {"a": source, **foreign}, truth)
    exact, joins = exact_joins(truth, rows, held)
    right, right_open = hits(truth, rows, _SLACK), hits(truth, rows, _SLACK, held)
    if verbose:
        known = {id(pair[1]) for pair in right_open}
        seen_truth = [pair[0] for pair in right_open]
        for row in truth:
            if row not in seen_truth:
                print(f"    missed  {row}")
        for row in rows:
            if id(row) not in known:
                print(f"    wrong   {row}")
        for note in found.notes:
            print(f"    note    {note}")
    offset = by_offset(truth, len(source.frames), len(b.times or ()))
    warped: list[Row] = []
    seen_a, seen_b = (see(a), see(b)) if peers else (None, None)
    if seen_a is not None and seen_b is not None:
        warped = by_warping(seen_a.values, seen_b.values)
    return Told(
        name, dress_name, len(right), len(right_open), len(truth), len(rows), exact, joins,
        len(hits(truth, offset, _SLACK)), len(offset), len(hits(truth, warped, _SLACK)), len(warped), cpu,
    )  # fmt: skip


def transfers(shelf: Shelf, verbose: bool) -> None:
    """Other transfers of the same cut: no difference is right."""
    print("\n| A | B | frames of A, of B | told | false |")
    print("|---|---|---:|---|---:|")
    every = false = 0
    for name, dress_name in TRANSFERS:
        shelf.keep_only(name)
        if shelf.source(name) is None:
            continue
        title = f"{name}-{dress_name}-whole".replace(" ", "_").replace(":", "")
        pair = shelf.original(name), shelf.made(title, name, None, DRESSES[dress_name])
        every, false = every + 1, false + _told_apart(name, dress_name, *pair)
    for one, other in REAL:
        if (FILMS / one).exists() and (FILMS / other).exists():
            pair = shelf.watched(FILMS / one), shelf.watched(FILMS / other)
            every, false = every + 1, false + _told_apart(one, other, *pair)
    print(f"\nFalse differences in {every} pairs: {false}.")


def _told_apart(name_a: str, name_b: str, a: Edition, b: Edition) -> int:
    found = compare(a, b)
    # Black that a file has more before or after the film is a difference of the files, and told as one.
    wrong = sum(segment.of_the_cut for segment in found)
    print(
        f"| {name_a} | {name_b} | {len(a.times or ())}, {len(b.times or ())} | {found.summary()} | {wrong} |",
        flush=True,
    )
    return wrong


def hours(shelf: Shelf, verbose: bool) -> None:
    """Two films of two hours: how long it takes to lay them beside each other by what is stored, and how well."""
    names = [name for name in PLAN if name == "drawn" or shelf.file(name) is not None]
    a, b, pieces, count = two_hours([shelf.original(name) for name in names], seed=3)
    truth: list[Row] = [(r["kind"], r["a"], r["b"]) for r in truth_of(pieces, count)]
    began, wall = time.process_time(), time.perf_counter()
    rows = found_rows(compare(a, b, refine=False))
    spent, wall = time.process_time() - began, time.perf_counter() - wall
    print("\n| two films of two hours, from what is stored | CPU s | wall s | segments | F1 at 2 frames | at 12 |")
    print("|---|---:|---:|---:|---:|---:|")
    near = [f1(len(hits(truth, rows, slack)), len(truth), len(rows)) for slack in (_SLACK, 12)]
    print(
        f"| joined from {len(names)} films | {spent:.1f} | {wall:.1f} | {len(truth)} | {near[0]:.2f} | {near[1]:.2f} |"
    )
    if verbose:
        for row in truth:
            print("    truth", row)
        for row in rows:
            print("    found", row)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--films", nargs="*", default=[], metavar="NAME", help=", ".join(PLAN))
    words.add_argument("--dresses", nargs="*", default=[], metavar="NAME", help=", ".join(DRESSES))
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--no-peers", action="store_true")
    words.add_argument("--only", choices=["edits", "transfers", "hours"])
    words.add_argument("--verbose", action="store_true")
    given = words.parse_args()
    shelf = Shelf()
    if given.only in (None, "edits"):
        edits(shelf, given)
    if given.only in (None, "transfers"):
        transfers(shelf, given.verbose)
    if given.only in (None, "hours"):
        hours(shelf, given.verbose)


def edits(shelf: Shelf, given: argparse.Namespace) -> None:
    """The table of re-edits, and its sums."""
    told: list[Told] = []
    print("| film | dress | segments | F1 | F1, open | joins exact | one offset | warping | CPU s |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, dress in cases(given.films, given.dresses):
        shelf.keep_only(name, "other", "nosferatu", "sintel")
        row = told_of(shelf, name, dress, given.seed, not given.no_peers, given.verbose)
        if row is None:
            continue
        told.append(row)
        print(
            f"| {name} | {dress} | {row.wanted} | {f1(row.right, row.wanted, row.told):.2f} "
            f"| {f1(row.right_open, row.wanted, row.told):.2f} | {row.exact}/{row.joins} "
            f"| {f1(row.offset, row.wanted, row.offset_told):.2f} | {f1(row.warped, row.wanted, row.warped_told):.2f} "
            f"| {row.cpu:.1f} |",
            flush=True,
        )
    if not told:
        return
    wanted, found = sum(t.wanted for t in told), sum(t.told for t in told)
    framed = [t for t in told if not DRESSES[t.dress].rate]
    print(f"\n{len(told)} re-edits, {wanted} segments, all kinds together:\n")
    print("| | compare | one offset | warping |")
    print("|---|---:|---:|---:|")
    offset = f1(sum(t.offset for t in told), wanted, sum(t.offset_told for t in told))
    warped = f1(sum(t.warped for t in told), wanted, sum(t.warped_told for t in told))
    print(f"| F1 at 2 frames | {f1(sum(t.right for t in told), wanted, found):.3f} | {offset:.3f} | {warped:.3f} |")
    open_ = f1(sum(t.right_open for t in told), wanted, found)
    print(f"| F1, open joins anywhere within what is held | {open_:.3f} | | |")
    exact, joins = sum(t.exact for t in framed), sum(t.joins for t in framed)
    print(f"| joins exact to the frame, where B's frames are A's | {exact / joins:.3f} ({exact}/{joins}) | | |")


if __name__ == "__main__":
    main()
