"""Shot boundaries in other transfers of a film: what is found in one, is it found in the others?

    python benchmarks/shots_transfers.py [--only NAME ...] [--list] [--markdown FILE]

Each labelled film is made anew as it may come: with black bars, cropped, mirrored, in other sizes and lights, starved
of bits, grained, at other frame rates, with dialogue and clocks burnt in; its labels go along. F1 of the full detector
at a tolerance of one frame.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).parent))

from films import CACHE, FILMS
from fit_boundaries import found_in, planes_of
from scoring import Score, score, together

Chain = list[tuple[str, str]]
"""Filters of FFmpeg, each with what it is given."""
Draw = Callable[[npt.NDArray[np.uint8], int], None]


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))


def boxed(outer: float, inner: float) -> Callable[[int, int], Chain]:
    """The picture, cropped to the ratio `inner`, within black of the ratio `outer`."""

    def of(width: int, height: int) -> Chain:
        w, h = _even(min(width, height * inner)), _even(min(height, width / inner))
        wide, high = max(w, _even(h * outer)), max(h, _even(w / outer))
        return [("crop", f"{w}:{h}"), ("pad", f"{wide}:{high}:{_even((wide - w) / 2)}:{_even((high - h) / 2)}:black")]

    return of


def windowed(width: int, height: int) -> Chain:
    """Bars on all four sides."""
    w, h = _even(width / 0.8), _even(height / 0.8)
    return [("pad", f"{w}:{h}:{_even((w - width) / 2)}:{_even((h - height) / 2)}:black")]


def placed(share: float, left: float, above: float) -> Callable[[int, int], Chain]:
    """The picture as that share of the frame's sides, black around; so much of the black to its left and above it."""

    def of(width: int, height: int) -> Chain:
        w, h = _even(width / share), _even(height / share)
        return [("pad", f"{w}:{h}:{_even((w - width) * left)}:{_even((h - height) * above)}:black")]

    return of


def raised(width: int, height: int) -> Chain:
    """All of the black below the picture, as where subtitles get room."""
    return [("pad", f"{width}:{_even(height / 0.78)}:0:0:black")]


def plain(*chain: tuple[str, str]) -> Callable[[int, int], Chain]:
    return lambda width, height: list(chain)


def lit(luma: str, chroma: str = "val") -> Callable[[int, int], Chain]:
    """Code values changed by formulas."""
    return plain(("lutyuv", f"y='clip({luma},16,235)':u='{chroma}':v='{chroma}'"))


def _written(luma: npt.NDArray[np.uint8], write: Callable[[ImageDraw.ImageDraw, int, int], None]) -> None:
    picture = Image.fromarray(luma)
    write(ImageDraw.Draw(picture), *picture.size)
    luma[:] = np.asarray(picture)


def dialogue(luma: npt.NDArray[np.uint8], n: int) -> None:
    """A line every two and a half seconds, low in the picture or in the bar under it."""
    said = ("It was the lamp, I tell you.", "Nobody has been up there\nsince the winter of the storm.", "Then who?")

    def write(to: ImageDraw.ImageDraw, wide: int, high: int) -> None:
        font = ImageFont.load_default(high // 17)
        to.multiline_text((wide / 2, high * 0.965), said[n // 60 % 3], 235, font, anchor="md", align="center")

    if n % 60 < 40:
        _written(luma, write)


def clock(luma: npt.NDArray[np.uint8], n: int) -> None:
    """A running timecode under the picture, a mark in its upper corner."""

    def write(to: ImageDraw.ImageDraw, wide: int, high: int) -> None:
        text = f"01:{n // 1440:02d}:{n // 24 % 60:02d}:{n % 24:02d}"
        to.text((wide * 0.04, high * 0.965), text, 235, ImageFont.load_default(high // 15), anchor="ls")
        to.rectangle([wide * 0.86, high * 0.04, wide * 0.95, high * 0.1], 220)

    _written(luma, write)


def page(share: float, left: float, above: float) -> Draw:
    """Rows of print around a picture that is `placed` so."""

    def around(luma: npt.NDArray[np.uint8], n: int) -> None:
        high, wide = luma.shape
        picture = (slice(_even(high * (1 - share) * above), None), slice(_even(wide * (1 - share) * left), None))
        inside = luma[picture][: int(high * share), : int(wide * share)].copy()
        luma[:] = 225
        letters = np.random.default_rng(1).random((high // 12 + 1, wide // 3 + 1)) < 0.6
        print_ = letters.repeat(12, axis=0).repeat(3, axis=1)[:high, :wide]
        luma[print_ & (np.arange(high) % 12 < 7)[:, None]] = 60
        luma[picture][: inside.shape[0], : inside.shape[1]] = inside

    return around


def mark(luma: npt.NDArray[np.uint8], n: int) -> None:
    """What a station has in the corner of its picture, all the time."""

    def write(to: ImageDraw.ImageDraw, wide: int, high: int) -> None:
        to.ellipse([wide * 0.84, high * 0.05, wide * 0.95, high * 0.21], 225)
        to.text((wide * 0.895, high * 0.13), "7", 40, ImageFont.load_default(high // 9), anchor="mm")

    _written(luma, write)


def bug(luma: npt.NDArray[np.uint8], n: int) -> None:
    """The same, half of the picture shining through."""
    marked = luma.copy()
    mark(marked, n)
    luma[:] = (luma.astype(np.uint16) + marked) // 2


def noise_in_bars(luma: npt.NDArray[np.uint8], n: int) -> None:
    """Black becomes 16 to 18."""
    luma += np.random.default_rng(n).integers(0, 3, luma.shape, np.uint8) * (luma == 16)


def one_for_one(n: int) -> tuple[int, int]:
    return n, n


def repeated(every: int) -> Callable[[int], tuple[int, int]]:
    """The last of each `every` frames is shown twice."""
    return lambda n: (n + n // every, n + n // every + (n % every == every - 1))


def pulled_down(n: int) -> tuple[int, int]:
    """Frames A, B, C, D become A, B, BC, CD, D by fields."""
    first, last = ((0, 0), (1, 2), (2, 3), (3, 4))[n % 4]
    return n // 4 * 5 + first, n // 4 * 5 + last


@dataclass(frozen=True)
class Transfer:
    """How a film is made anew.

    by:      width and height -> filters
    shown:   first and last frame of the new film that show a frame of the old
    draw:    what is drawn into the luma of each frame
    options: of the encoder
    """

    by: Callable[[int, int], Chain] = lambda width, height: []
    shown: Callable[[int], tuple[int, int]] = one_for_one
    draw: Draw | None = None
    options: Mapping[str, str] = field(default_factory=lambda: {"crf": "18", "preset": "ultrafast"})


TRANSFERS: dict[str, Transfer] = {
    "as it is": Transfer(),
    "2.35 without bars": Transfer(boxed(2.35, 2.35)),
    "2.35 in 16:9": Transfer(boxed(16 / 9, 2.35)),
    "2.39 in 16:9, bars of 16 to 18": Transfer(boxed(16 / 9, 2.39), draw=noise_in_bars),
    "1.85 in 16:9": Transfer(boxed(16 / 9, 1.85)),
    "16:9 in 4:3, bars of 16 to 18": Transfer(boxed(4 / 3, 16 / 9), draw=noise_in_bars),
    "4:3 without bars": Transfer(boxed(4 / 3, 4 / 3)),
    "4:3 in 16:9": Transfer(boxed(16 / 9, 4 / 3)),
    "bars all around": Transfer(windowed),
    "2.35 in 16:9, dialogue in the bar": Transfer(boxed(16 / 9, 2.35), draw=dialogue),
    "2.35 in 16:9, clock in the bar": Transfer(boxed(16 / 9, 2.35), draw=clock),
    "dialogue in the picture": Transfer(draw=dialogue),
    "clock in the picture": Transfer(draw=clock),
    "a mark in the corner": Transfer(draw=mark),
    "a mark, half to be seen through": Transfer(draw=bug),
    "raised, the black below it": Transfer(raised),
    "in the corner of black": Transfer(placed(0.7, 0.0, 0.0)),
    "in the middle of a page": Transfer(placed(0.75, 0.5, 0.5), draw=page(0.75, 0.5, 0.5)),
    "in the corner of a page": Transfer(placed(0.65, 0.85, 0.15), draw=page(0.65, 0.85, 0.15)),
    "mirrored": Transfer(plain(("hflip", ""))),
    "on its side": Transfer(plain(("transpose", "1"))),
    "240 lines": Transfer(plain(("scale", "-2:240"))),
    "1080 lines": Transfer(plain(("scale", "-2:1080"))),
    "darker": Transfer(lit("16+(val-16)*0.6")),
    "brighter": Transfer(lit("28+(val-16)*1.25")),
    "gamma 0.6": Transfer(lit("16+219*pow(clip((val-16)/219,0,1),1/0.6)")),
    "gamma 1.6": Transfer(lit("16+219*pow(clip((val-16)/219,0,1),1/1.6)")),
    "low contrast": Transfer(lit("(val-126)*0.5+126", "(val-128)*0.5+128")),
    "black and white": Transfer(lit("val", "128")),
    "90 kbit/s": Transfer(options={"b": "90k", "preset": "medium"}),
    "grain": Transfer(plain(("noise", "alls=30:allf=t")), options={"crf": "24", "preset": "ultrafast"}),
    "25 of 24, one repeated": Transfer(shown=repeated(24)),
    "30 of 24, one in four repeated": Transfer(shown=repeated(4)),
    "3:2 pulldown": Transfer(shown=pulled_down),
}


def _graph(picture: VideoStream, chain: Chain) -> Graph:
    graph = Graph()
    nodes = [graph.add_buffer(template=picture)]
    nodes += [graph.add(name, given or None) for name, given in [*chain, ("format", "yuv420p"), ("buffersink", "")]]
    graph.link_nodes(*nodes).configure()
    return graph


def _filtered(film: Path, how: Transfer) -> Iterator[VideoFrame]:
    with av.open(str(film)) as source:
        picture = source.streams.video[0]
        graph = _graph(picture, how.by(picture.width, picture.height))
        for frame in source.decode(picture):
            graph.vpush(frame)
            yield from _ready(graph)
        graph.vpush(None)
        yield from _ready(graph)


def _ready(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return


def _frames(film: Path, how: Transfer) -> Iterator[npt.NDArray[np.uint8]]:
    """(3 h / 2, w) planes of the new film's frames; of one that shows two, each has a field."""
    before: npt.NDArray[np.uint8] | None = None
    end = 0
    for n, frame in enumerate(_filtered(film, how)):
        planes = frame.to_ndarray()
        if how.draw is not None:
            how.draw(planes[: frame.height], n)
        first, last = how.shown(n)
        if before is not None and first < end:
            yield _woven(before, planes, frame.height)
        for _ in range(max(first, end), last if how.shown(n + 1)[0] == last else last + 1):
            yield planes
        before, end = planes, last + 1


def _woven(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8], height: int) -> npt.NDArray[np.uint8]:
    """The upper field of one frame and the lower field of another, of luma and of chroma."""
    woven = one.copy()
    woven[1:height:2] = other[1:height:2]
    colour, lower = (p[height:].reshape(2, height // 2, -1) for p in (woven, other))
    colour[:, 1::2] = lower[:, 1::2]
    return woven


def made(film: Path, name: str) -> Path:
    """The film in another transfer, H.264, made once."""
    how = TRANSFERS[name]
    target = CACHE / "transfers" / f"{film.stem}.{re.sub('[^a-z0-9.]+', '-', name)}.mp4"
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.mp4")
    with av.open(str(part), "w") as out:
        stream = out.add_stream("libx264", rate=24, options=dict(how.options))
        assert isinstance(stream, VideoStream)
        stream.time_base = Fraction(1, 24)
        for count, planes in enumerate(_frames(film, how)):
            frame = VideoFrame.from_ndarray(planes, format="yuv420p")
            if not count:
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
            frame.pts, frame.time_base = count, Fraction(1, 24)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    part.rename(target)
    return target


def carried(doc: Mapping[str, Any], shown: Callable[[int], tuple[int, int]]) -> dict[str, Any]:
    """The labels of a film for a transfer of it."""
    result = []
    for b in doc["boundaries"]:
        new = dict(b)
        if b["kind"] == "cut":
            new["frame"] = shown(b["frame"])[0]
        else:
            new["first"], new["last"] = shown(b["first"])[0], shown(b["last"])[1]
        if "black" in b:
            new["black"] = [shown(b["black"][0])[0], shown(b["black"][1])[1]]
        result.append(new)
    return {"boundaries": result}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(TRANSFERS), default=list(TRANSFERS), metavar="NAME")
    parser.add_argument("--list", action="store_true", help="name each miss and each false alarm")
    parser.add_argument("--markdown", type=Path, help="write the table to this file too")
    args = parser.parse_args()
    docs = [json.loads(p.read_text()) for p in sorted(FILMS.glob("*.shots.json"))]
    stems = [Path(doc["film"]).stem for doc in docs]
    table = ["| transfer | " + " | ".join(stems) + " | together | P | R |", "|---|" + "---|" * (len(docs) + 3)]
    print("\n".join(table), flush=True)
    for name in args.only:
        scores: list[Score] = []
        for doc in docs:
            film = made(FILMS / doc["film"], name)
            found = found_in(planes_of(film))
            scores.append(score(carried(doc, TRANSFERS[name].shown), found))
            if args.list:
                for what, wrong in (("missed", scores[-1].missed), ("false", scores[-1].false)):
                    for b in wrong:
                        print(f"{name}, {Path(doc['film']).stem}: {what} {b.kind} {b.first}-{b.last}")
        total = together(scores)
        cells = [f"{s.all.f1:.3f}" for s in [*scores, total]]
        cells += [f"{total.all.precision:.3f}", f"{total.all.recall:.3f}"]
        table.append(f"| {name} | " + " | ".join(cells) + " |")
        print(table[-1], flush=True)
    if args.markdown:
        args.markdown.write_text("\n".join(table) + "\n")


if __name__ == "__main__":
    main()
