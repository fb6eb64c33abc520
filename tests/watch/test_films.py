"""Films watched whole: the demo film in its dresses against its truth, real films against labels made by eye."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.structure.shots import shots_json
from rewatch.watch.run import watch

_PATH = Path(__file__).parents[2] / "benchmarks" / "scoring.py"
_SPEC = importlib.util.spec_from_file_location("scoring", _PATH)
assert _SPEC
assert _SPEC.loader
scoring = importlib.util.module_from_spec(_SPEC)
sys.modules["scoring"] = scoring
_SPEC.loader.exec_module(scoring)


def found_in(edition: Edition) -> Any:
    return {"shots": shots_json(edition.spans("shots"), edition.times)}


@pytest.mark.parametrize("name", ["h264", "ntsc", "variable", "ten_bit", "vp9", "av1", "mpeg2", "silent"])
def test_the_demo_film_is_charted_as_it_was_made(name: str, demo_variant: Callable[[str], Any], tmp_path: Path) -> None:
    """Every change of shot is found, and nothing else is: not the flashes, the whip pan, the lamp, the crossing."""
    film = demo_variant(name)
    edition = watch(film.path, Library(tmp_path)).edition
    assert len(edition.events("frames")) == film.truth.frames
    times = edition.times
    assert times is not None
    assert times.end_seconds == pytest.approx(film.truth.seconds, abs=0.1)
    result = scoring.score({"boundaries": film.truth.boundaries}, found_in(edition), 1)
    assert not result.missed
    assert not result.false
    assert result.iou >= 0.5
    if name != "silent":
        spans = edition.spans("lines")
        assert len(spans) >= len(film.truth.lines)
        begins = sorted(line["begin"] for line in film.truth.lines)
        assert np.allclose(np.unique(spans.begin_seconds()), np.unique(begins), atol=0.05)


def test_a_soundtrack_without_picture_is_charted(demo_variant: Callable[[str], Any], tmp_path: Path) -> None:
    film = demo_variant("sound_only")
    edition = watch(film.path, Library(tmp_path)).edition
    assert edition.times is None
    assert "shots" not in edition.tracks or not len(edition.spans("shots"))
    assert edition.duration == pytest.approx(film.truth.seconds, abs=0.2)
    assert edition.figures("loudness_figures").values["integrated"] is not None


def test_the_labelled_films(labelled_films: list[Any], tmp_path: Path) -> None:
    """All of them together, a frame's tolerance: the numbers that the benchmark prints."""
    results = []
    for film in labelled_films:
        edition = watch(film.path, Library(tmp_path)).edition
        assert len(edition.events("frames")) == film.labels["frames"], film.path.name
        results.append(scoring.score(film.labels, found_in(edition), 1))
    all_of_them = scoring.together(results)
    assert all_of_them.all.f1 >= 0.95
    assert all_of_them.cuts.f1 >= 0.96
    assert all_of_them.iou >= 0.5


def test_a_film_that_ends_too_soon(films: Path, tmp_path: Path) -> None:
    done = watch(films / "sintel_trailer_truncated.webm", Library(tmp_path))
    assert len(done.edition.events("frames")) == 654
    assert any("ends at" in note for note in done.notes)
    assert done.edition.duration == pytest.approx(27.3, abs=1)


def test_repeated_timestamps(films: Path, tmp_path: Path) -> None:
    edition = watch(films / "agent327_240p_other_transfer.mp4", Library(tmp_path)).edition
    times = edition.times
    assert times is not None
    assert len(times) == 5680
    assert (np.diff(times.pts) > 0).all()


def test_hdr_is_cut_where_sdr_is(films: Path, tmp_path: Path) -> None:
    sdr, hdr = (watch(films / f"cosmos_clip_{kind}.mp4", Library(tmp_path)).edition for kind in ("sdr", "hdr_pq"))
    assert hdr.facts.picture is not None
    assert hdr.facts.picture.transfer == "pq"
    a, b = (e.spans("shots").begin for e in (sdr, hdr))
    assert len(a) == len(b)
    assert np.abs(a - b).max() <= 1
    light = [np.median(e.curve("light").column("mean")) for e in (sdr, hdr)]
    assert light[0] == pytest.approx(light[1], abs=0.1)


def test_two_of_each_stream(films: Path, tmp_path: Path) -> None:
    done = watch(films / "nasa_13013.mp4", Library(tmp_path), audio_stream=1)
    assert done.edition.facts.sound is not None
    assert done.edition.facts.sound.number == 1
    again = watch(films / "nasa_13013.mp4", Library(tmp_path), audio_stream=0)
    assert "loudness" in again.made
    assert "boundaries" not in again.made
