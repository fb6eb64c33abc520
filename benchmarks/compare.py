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
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from drawn import Drawn
from films import CACHE, FILMS
from re_edits import Dress, Piece, Source, load, random_cut, render, truth_of
from rewatch.compare.editions import compare
from rewatch.compare.seen import see
from rewatch.compare.segments import Alignment
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.watch.run import watch
from two_hours import two_hours

Row = tuple[str, tuple[int, int] | None, tuple[int, int] | None]

WIDTH = 224
NTSC = Fraction(30000, 1001)
DRESSES: dict[str, Dress] = {
    "plain": Dress(),
    "fifth of the bits": Dress(codec="libx265", bit_rate=40_000),
    "MPEG-2": Dress(codec="mpeg2video", bit_rate=500_000),
    "PAL": Dress(speed=Fraction(25, 24)),
    "PAL, pitch kept": Dress(speed=Fraction(25, 24), pitch=False),
    "from PAL": Dress(speed=Fraction(24, 25)),
    "4:3": Dress(crop=0.75),
    "letterbox": Dress(letterbox=1.33),
    "mirror": Dress(mirror=True),
    "grade": Dress(grade=(0.85, 1.3, 0.7)),
    "brighter": Dress(grade=(1.15, 0.8, 1.4)),
    "black and white": Dress(grade=(1.0, 1.1, 0.0)),
    "other sound": Dress(sound="noise"),
    "dub": Dress(sound="dub"),
    "no sound": Dress(sound="none"),
    "24 to 25": Dress(rate=Fraction(25)),
    "to 29.97": Dress(rate=NTSC),
    "woven to 29.97": Dress(rate=NTSC, woven=True, codec="mpeg2video", bit_rate=1_500_000),
    "4:3 PAL grade": Dress(speed=Fraction(25, 24), crop=0.75, grade=(0.9, 1.2, 0.8)),
    "4:3 mono letterbox": Dress(crop=0.8, letterbox=1.2, grade=(1.0, 1.2, 0.0), bit_rate=90_000),
}
PLAN: dict[str, tuple[str, ...]] = {
    "sintel": ("plain", "fifth of the bits", "PAL", "letterbox", "black and white", "other sound", "to 29.97"),
    "cosmos": ("plain", "4:3", "grade", "MPEG-2", "24 to 25", "4:3 mono letterbox"),
    "nosferatu": ("plain", "fifth of the bits", "from PAL", "brighter", "letterbox"),
    "demo": ("plain", "PAL", "mirror", "black and white", "no sound", "woven to 29.97", "dub"),
    "agent327": (
        "plain", "fifth of the bits", "PAL", "PAL, pitch kept", "4:3", "mirror", "grade", "dub", "24 to 25",
        "woven to 29.97", "4:3 PAL grade",
    ),
    "drawn": tuple(DRESSES),
}  # fmt: skip
TRANSFERS: tuple[tuple[str, str], ...] = (
    ("agent327", "fifth of the bits"), ("agent327", "PAL, pitch kept"), ("agent327", "4:3 mono letterbox"),
    ("sintel", "MPEG-2"), ("sintel", "brighter"), ("cosmos", "fifth of the bits"), ("nosferatu", "4:3"),
    ("nosferatu", "24 to 25"), ("demo", "woven to 29.97"), ("demo", "fifth of the bits"), ("drawn", "4:3 PAL grade"),
    ("drawn", "dub"),
)  # fmt: skip
REAL: tuple[tuple[str, str], ...] = (
    ("agent327_480p.mp4", "agent327_240p_other_transfer.mp4"),
    ("cosmos_clip_sdr.mp4", "cosmos_clip_hdr_pq.mp4"),
)
REAL_FILES = {
    "agent327": "agent327_480p.mp4", "sintel": "sintel_trailer.mp4", "cosmos": "cosmos_clip_sdr.mp4",
    "nosferatu": "nosferatu_clip.mp4",
}  # fmt: skip
_HELD = 1.0
"""Code values, on the average: pictures that differ by less are one held picture."""
_SLACK = 2
_LONGEST = 150.0
"""Seconds of a film that are re-edited."""


class Shelf:
    """The films that are re-edited, each loaded once, and the library that they and their re-edits are watched into."""

    def __init__(self) -> None:
        self.folder = CACHE / "compare"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.library = Library(self.folder / "library")
        self._held: dict[str, Source] = {}

    def source(self, name: str) -> Source | None:
        if name not in self._held:
            if name in ("drawn", "other"):
                drawn = Drawn(150 if name == "drawn" else 90, seed=71 if name == "drawn" else 5, size=(WIDTH, 126))
                self._held[name] = Source(drawn.whole(), drawn.rate, drawn.sound())
            else:
                path = self.file(name)
                if path is None:
                    return None
                self._held[name] = load(path, WIDTH, _LONGEST)
        return self._held[name]

    def keep_only(self, *names: str) -> None:
        self._held = {name: source for name, source in self._held.items() if name in names}

    def file(self, name: str) -> Path | None:
        if name == "demo":
            path = self.folder / "demo.mp4"
            if not path.exists():
                from rewatch.demo import render as render_demo

                part = path.with_suffix(".part.mp4")
                render_demo(part)
                part.rename(path)
            return path
        path = FILMS / REAL_FILES[name]
        return path if path.exists() else None

    def watched(self, path: Path) -> Edition:
        return watch(path, self.library).edition

    def original(self, name: str) -> Edition:
        """The film as it was loaded, at its own rate, in good quality: what a re-edit is a re-edit of."""
        return self.made(f"{name}-{WIDTH}", name, None, Dress(bit_rate=1_500_000))

    def made(self, title: str, name: str, pieces: Sequence[Piece] | None, dress: Dress) -> Edition:
        path = self.folder / f"{title}.mkv"
        if not path.exists():
            source = self.source(name)
            assert source is not None
            part = path.with_suffix(".part.mkv")
            sources = {"a": source}
            for other in {p.source for p in pieces or ()} - {"a"}:
                from_other = self.source(other)
                assert from_other is not None
                sources[other] = from_other
            render(part, pieces or [Piece("a", 0, len(source.frames))], sources, dress)
            part.rename(path)
        return self.watched(path)


# -- truth and score ------------------------------------------------------------------------------------------------


def truth_rows(pieces: Sequence[Piece], source: Source, dress: Dress) -> list[Row]:
    """The truth in the frames of both files."""
    ratio = (dress.rate or source.rate * dress.speed) / (source.rate * dress.speed)

    def of_b(span: tuple[int, int] | None) -> tuple[int, int] | None:
        if span is None:
            return None
        first, after = (-(-n * ratio.numerator // ratio.denominator) for n in (span[0], span[1] + 1))
        return first, after - 1

    rows = [(r["kind"], r["a"], of_b(r["b"])) for r in truth_of(pieces, len(source.frames))]
    return [row for row in rows if row[2] is None or row[2][1] >= row[2][0]]


def found_rows(found: Alignment) -> list[Row]:
    """What was found; what goes on in both films is one segment, whatever its sound."""
    rows: list[Row] = []
    for s in found:
        a, b = ((None if side is None else (side.first_frame, side.last_frame)) for side in (s.a, s.b))
        if rows and s.kind == rows[-1][0] == "same" and a and b and rows[-1][1] and rows[-1][2]:
            before_a, before_b = rows[-1][1], rows[-1][2]
            if a[0] == before_a[1] + 1 and b[0] == before_b[1] + 1:
                rows[-1] = ("same", (before_a[0], a[1]), (before_b[0], b[1]))
                continue
        rows.append((s.kind, a, b))
    return rows


@dataclass(frozen=True, slots=True)
class Open:
    """How far each edge of the truth may slide with nothing to be seen: frame of A or of B -> (back, on)."""

    a: dict[int, tuple[int, int]]
    b: dict[int, tuple[int, int]]


def open_joins(pieces: Sequence[Piece], sources: dict[str, Source], truth: Sequence[Row]) -> Open:
    """Where the picture is held over a join: what comes before it goes on as what comes after it begins."""
    of_a: dict[int, tuple[int, int]] = {}
    of_b: dict[int, tuple[int, int]] = {}
    edges_b = [row[2][0] for row in truth if row[2] is not None]
    for number, (one, other) in enumerate(itertools.pairwise(pieces), 1):
        on = _run(sources, (one.source, one.end), (other.source, other.begin), 1)
        back = _run(sources, (one.source, one.end - 1), (other.source, other.begin - 1), -1)
        for piece, edge in ((one, one.end), (other, other.begin)):
            if piece.source == "a":
                of_a[edge] = back, on
        if number < len(edges_b):
            of_b[edges_b[number]] = back, on
    return Open(of_a, of_b)


def _run(sources: dict[str, Source], one: tuple[str, int], other: tuple[str, int], step: int) -> int:
    """How many frames of two films from these places on look the same."""
    count = 0
    while count < 480:
        pair = []
        for name, at in (one, other):
            frames = sources[name].frames
            place = at + step * count
            if not 0 <= place < len(frames):
                return count
            pair.append(cv2.resize(frames[place], (64, 36), interpolation=cv2.INTER_AREA).astype(np.float32))
        if float(np.abs(pair[0] - pair[1]).mean()) >= _HELD:
            return count
        count += 1
    return count


def hits(truth: Sequence[Row], found: Sequence[Row], slack: int, open_: Open | None = None) -> list[tuple[Row, Row]]:
    """Segments of the truth and of what was found that are the same, each used once."""

    def near(edge: int, wanted: int, table: dict[int, tuple[int, int]]) -> bool:
        back, on = table.get(wanted, (0, 0))
        return wanted - back - slack <= edge <= wanted + on + slack

    def agree(one: Row, other: Row) -> bool:
        if one[0] != other[0]:
            return False
        for side, table in ((1, open_.a if open_ else {}), (2, open_.b if open_ else {})):
            wanted, got = one[side], other[side]
            if (wanted is None) != (got is None):
                return False
            if wanted and got and not (near(got[0], wanted[0], table) and near(got[1] + 1, wanted[1] + 1, table)):
                return False
        return True

    left = list(found)
    pairs = []
    for row in truth:
        match = next((other for other in left if agree(row, other)), None)
        if match is not None:
            left.remove(match)
            pairs.append((row, match))
    return pairs


def f1(right: int, wanted: int, told: int) -> float:
    return 2 * right / (wanted + told) if wanted + told else 1.0


def exact_joins(truth: Sequence[Row], found: Sequence[Row], open_: Open) -> tuple[int, int]:
    """Joins of B (and of A, where something was removed) that are told to the frame, of how many."""
    right = every = 0
    for side, table in ((1, open_.a), (2, open_.b)):
        edges = {row[side][0] for row in truth if row[side]} - {0}  # type: ignore[index]
        told = np.array(sorted({row[side][0] for row in found if row[side]}))  # type: ignore[index]
        for edge in edges:
            back, on = table.get(edge, (0, 0))
            every += 1
            right += bool(((told >= edge - back) & (told <= edge + on)).any())
    return right, every


# -- what stands beside it ------------------------------------------------------------------------------------------


def by_offset(truth: Sequence[Row], count_a: int, count_b: int) -> list[Row]:
    """The one offset that most of the truth has; before and after it, what is left."""
    seconds: dict[int, int] = {}
    for kind, a, b in truth:
        if kind in ("same", "moved") and a and b:
            seconds[a[0] - b[0]] = seconds.get(a[0] - b[0], 0) + b[1] - b[0]
    apart = max(seconds, key=lambda d: seconds[d], default=0)
    low, high = max(0, -apart), min(count_b, count_a - apart)
    rows: list[Row] = []
    if low + apart > 0:
        rows.append(("removed", (0, low + apart - 1), None))
    if low > 0:
        rows.append(("added", None, (0, low - 1)))
    rows.append(("same", (low + apart, high + apart - 1), (low, high - 1)))
    if high + apart < count_a:
        rows.append(("removed", (high + apart, count_a - 1), None))
    if high < count_b:
        rows.append(("added", None, (high, count_b - 1)))
    return rows


def by_warping(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> list[Row]:
    """Dynamic time warping of two films' values: its straight parts are the same, the others removed or added."""
    spread = np.concatenate([a, b]).std(axis=0) + 1e-6
    a, b = a / spread, b / spread
    n, m = len(a), len(b)
    came = np.zeros((n + m, n), np.uint8)
    before, last = np.full(n, np.inf, np.float32), np.full(n, np.inf, np.float32)
    for diagonal in range(n + m - 1):
        low, high = max(0, diagonal - m + 1), min(n, diagonal + 1)
        i = np.arange(low, high)
        cost = np.abs(a[i] - b[diagonal - i]).sum(axis=1)
        ways = np.full((3, len(i)), np.inf, np.float32)
        inner = i > 0
        ways[0, inner], ways[1, inner] = before[i[inner] - 1], last[i[inner] - 1]
        ways[2] = last[i]
        if diagonal == 0:
            ways[0, 0] = 0
        best = ways.argmin(axis=0)
        came[diagonal, i] = best
        now = np.full(n, np.inf, np.float32)
        now[i] = ways[best, np.arange(len(i))] + cost
        before, last = last, now
    i, j, path = n - 1, m - 1, []
    while i >= 0 and j >= 0:
        path.append((i, j))
        step = came[i + j, i]
        i, j = i - (step != 2), j - (step != 1)
    path.reverse()
    return _straight(path, n, m)


def _straight(path: Sequence[tuple[int, int]], n: int, m: int) -> list[Row]:
    rows: list[Row] = []
    at_a = at_b = begin = 0

    def gap(to_a: int, to_b: int) -> None:
        gone, come = (at_a, to_a - 1) if to_a > at_a else None, (at_b, to_b - 1) if to_b > at_b else None
        if gone or come:
            rows.append(("replaced" if gone and come else "removed" if gone else "added", gone, come))

    for k in range(1, len(path) + 1):
        if k < len(path) and (path[k][0] - path[k - 1][0], path[k][1] - path[k - 1][1]) == (1, 1):
            continue
        if k - begin >= 12:
            gap(*path[begin])
            rows.append(("same", (path[begin][0], path[k - 1][0]), (path[begin][1], path[k - 1][1])))
            at_a, at_b = path[k - 1][0] + 1, path[k - 1][1] + 1
        begin = k
    gap(n, m)
    return rows


# -- the runs -------------------------------------------------------------------------------------------------------


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
    wrong = len(found.differences)
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
