"""Tiles: exact about what they keep, and as large as their bins, whatever the film."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.errors import NotMeasured
from rewatch.library.library import Library
from rewatch.web.bins import BINS, NONE
from rewatch.web.lanes import LANES, MOST, Lanes
from rewatch.web.shelf import Shelf

SHORT, LONG = "5a" * 16, "10" * 16


@pytest.fixture(scope="module")
def shelf(library: Library) -> Shelf:
    return Shelf(library)


def read(tile: bytes) -> tuple[dict[str, Any], dict[str, npt.NDArray[np.uint8]]]:
    """The head of a tile, and its bytes by lane: rows of BINS."""
    length = int.from_bytes(tile[:4], "little")
    head = json.loads(tile[4 : 4 + length])
    rows, at = {}, 4 + length
    for lane in head["lanes"]:
        count = 3 * lane["curves"] + lane["shares"]
        rows[lane["name"]] = np.frombuffer(tile, np.uint8, count * BINS, at).reshape(count, BINS)
        at += count * BINS
    assert at == len(tile)
    return head, rows


def test_a_bin_keeps_lowest_mean_and_highest(shelf: Shelf) -> None:
    lanes = shelf.film(LONG).lanes
    head, rows = read(lanes.tile(3, 5, ["motion"]))
    about = lanes.about(next(lane for lane in LANES if lane.name == "motion"))
    film = shelf.film(LONG)
    curve = film.edition.curve("activity")
    seconds, values = curve.seconds(film.times), np.asarray(curve.column(), dtype=float)
    edges = np.linspace(head["begin"], head["end"], BINS + 1)
    scale = 254 / (about["high"] - about["low"])
    for i in (0, 1, 500, BINS - 1):
        inside = values[(seconds >= edges[i]) & (seconds < edges[i + 1])]
        for row, value in enumerate((inside.min(), inside.mean(), inside.max())):
            wanted = np.clip((value - about["low"]) * scale, 0, 254)
            assert abs(float(rows["motion"][row, i]) - wanted) <= 0.51


def test_near_single_frames_a_bin_holds_the_frame_on_screen(shelf: Shelf) -> None:
    film = shelf.film(SHORT)
    lanes = film.lanes
    deepest = lanes.levels - 1
    head, rows = read(lanes.tile(deepest, 3, ["motion"]))
    assert (head["end"] - head["begin"]) / BINS <= 1 / 400
    assert film.times is not None
    source = lanes._source(next(lane for lane in LANES if lane.name == "motion"), "value")
    # Of two frames that share a bin it is the one that begins in it.
    end = head["begin"] + np.arange(1, BINS + 1) * (head["end"] - head["begin"]) / BINS
    values = source.values[film.times.frame_at(end - 2e-6)]
    wanted = np.clip((values - source.low) * 254 / (source.high - source.low), 0, 254)
    assert np.abs(rows["motion"][1] - wanted).max() <= 0.51


def test_every_cut_is_in_one_bin(shelf: Shelf) -> None:
    lanes = shelf.film(LONG).lanes
    shots = shelf.film(LONG).edition.spans("shots")
    for level in (0, 3):
        total = sum(int(read(lanes.tile(level, i, ["shots"]))[1]["shots"].sum()) for i in range(2**level))
        assert total == len(shots) - 1


def test_the_share_of_lines_is_what_they_cover(shelf: Shelf) -> None:
    film = shelf.film(LONG)
    head, rows = read(film.lanes.tile(4, 7, ["lines"]))
    lines = film.edition.spans("lines")
    fine = np.linspace(head["begin"], head["end"], BINS * 50, endpoint=False)
    covered = np.zeros(len(fine), dtype=bool)
    for a, b in zip(lines.begin_seconds(), lines.end_seconds(), strict=True):
        covered |= (fine >= a) & (fine < b)
    wanted = covered.reshape(BINS, 50).mean(axis=1)
    assert np.abs(rows["lines"][0] / 254 - wanted).max() < 0.05
    assert covered.any()


def test_a_tile_of_a_long_film_is_no_larger(shelf: Shelf) -> None:
    names = [lane.name for lane in LANES if lane.by_default]
    short, long = (shelf.film(id).lanes for id in (SHORT, LONG))
    assert long.duration > 100 * short.duration
    bytes_of = {lanes: len(read_rows(lanes.tile(0, 0, names))) for lanes in (short, long)}
    assert bytes_of[short] == bytes_of[long]
    heads = [len(long.tile(level, 0, names)) for level in range(long.levels)]
    assert max(heads) < bytes_of[long] + 8 * MOST * 300


def read_rows(tile: bytes) -> bytes:
    return tile[4 + int.from_bytes(tile[:4], "little") :]


def test_spans_are_the_longest_and_shots_all_or_none(shelf: Shelf) -> None:
    lanes = shelf.film(LONG).lanes
    head, _ = read(lanes.tile(0, 0, ["shots", "lines"]))
    by_name = {lane["name"]: lane["spans"] for lane in head["lanes"]}
    assert by_name["shots"]["shots"] == []
    lines = by_name["lines"]["lines"]
    assert len(lines) == MOST
    kept = min(end - begin for _, begin, end, *_ in lines)
    spans = shelf.film(LONG).edition.spans("lines")
    lengths = np.sort(spans.end_seconds() - spans.begin_seconds())[::-1]
    assert kept == pytest.approx(lengths[MOST - 1], abs=1e-3)
    deep, _ = read(lanes.tile(lanes.levels - 4, 9, ["shots"]))
    shots = deep["lanes"][0]["spans"]["shots"]
    assert shots
    assert all(begin < deep["end"] and end > deep["begin"] for _, begin, end, *_ in shots)


def test_beyond_what_was_measured_there_is_nothing(shelf: Shelf) -> None:
    film = shelf.film(SHORT)
    lanes = Lanes(film.edition, film.times, film.duration * 2)
    _, rows = read(lanes.tile(1, 1, ["motion"]))
    assert (rows["motion"][:, 10:] == NONE).all()


def test_there_is_no_tile_beyond_the_film(shelf: Shelf) -> None:
    lanes = shelf.film(SHORT).lanes
    for level, index in ((0, 1), (lanes.levels, 0), (-1, 0), (1, 2)):
        with pytest.raises(NotMeasured):
            lanes.tile(level, index, ["motion"])


def test_the_barcode_has_the_colours_of_its_time(shelf: Shelf) -> None:
    from io import BytesIO

    from PIL import Image

    film = shelf.film(SHORT)
    picture = np.asarray(Image.open(BytesIO(film.lanes.barcode(0, 0))).convert("RGB"), dtype=float)
    bands = film.edition.curve("barcode").values
    bands = bands * (255 if bands.max() <= 1 else 1)
    assert picture.shape[1] == BINS
    mine = picture.mean(axis=(0, 1))
    theirs = bands.reshape(len(bands), -1, 3).mean(axis=(0, 1))
    assert np.abs(mine - theirs).max() < 4
