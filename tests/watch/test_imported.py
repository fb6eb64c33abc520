"""Films known by a list, in the library: measured as far as a list goes, annotations never overwritten."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rewatch.imports.film import ImportedFilm, read_film
from rewatch.library.library import Library
from rewatch.track import Curve, Spans
from rewatch.watch.imported import enter_film
from rewatch.watch.plan import all_analysers

REFERENCE = Path(os.environ.get("REWATCH_REFERENCE", Path(__file__).parents[3] / "shared" / "reference"))
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"no reference data at {REFERENCE}")

SRT = """1
00:00:01,000 --> 00:00:02,500
Where are you going?

2
00:00:03,000 --> 00:01:04,000
Home.
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def shots(tmp_path: Path, count: int = 40, **asked: Fraction) -> ImportedFilm:
    path = tmp_path / "list.csv"
    lengths = 1.0 + np.arange(count) % 7
    path.write_text("length\n" + "".join(f"{x}\n" for x in lengths))
    return read_film(path, "csv", title="A list", year=1960, **asked)


def test_what_a_list_holds_is_measured_and_the_rest_is_none(tmp_path: Path, library: Library) -> None:
    film = shots(tmp_path)
    done = enter_film(film, library, {"column": None, "rate": "25"})
    edition = library.find("a list", lambda path: pytest.fail(f"{path} is no film"))
    assert edition.name == "A list (1960)"
    assert edition.duration == pytest.approx(float(film.duration), abs=1e-9)
    cutting = edition.figures("cutting")
    assert cutting.values["shots"] == 40
    assert cutting.values["asl"] == pytest.approx(edition.duration / 40)
    tempo = edition.curve("tempo")
    assert len(tempo)
    assert "loudness" not in edition.tracks
    assert "light" not in edition.tracks
    assert done.made[0] == "import"
    watched = {a.name for a in all_analysers() if a.watches != "tracks"}
    assert not watched & set(edition.record.made)
    assert edition.record.made["import"].settings == {"format": "csv", "rate": "25"}
    assert edition.made_by("shots").analyser == "import"
    assert library.entries()[0].watched


def test_nothing_is_done_twice_and_nothing_stale_is_kept(tmp_path: Path, library: Library) -> None:
    first = enter_film(shots(tmp_path), library)
    assert len(first.made) > 5
    again = enter_film(shots(tmp_path), library)
    assert again.made == ()
    longer = shots(tmp_path, duration=Fraction(500))
    anew = enter_film(longer, library)
    assert set(anew.made) == set(first.made)
    assert anew.edition.duration == 500.0
    assert len(library.entries()) == 1
    minutes = anew.edition.spans("minutes")
    assert minutes.end_seconds()[-1] == 500.0


def test_minutes_of_a_title_renamed_are_not_charted_again(tmp_path: Path, library: Library) -> None:
    enter_film(shots(tmp_path), library)
    renamed = read_film(tmp_path / "list.csv", "csv", title="Another name")
    assert enter_film(renamed, library).made == ()
    assert [e.title for e in library.entries()] == ["Another name"]


def test_subtitles_alone(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "Some film (1999).srt"
    path.write_text(SRT)
    edition = enter_film(read_film(path, "srt"), library).edition
    assert edition.name == "Some film (1999)"
    assert edition.duration == 64.0
    assert edition.figures("dialogue_figures").values["words"] == 5
    assert len(edition.curve("pace")) == 64
    assert edition.figures("cutting").values["asl"] is None
    assert edition.figures("cutting").why["asl"]
    assert edition.record.lines_from == str(path)


def test_annotations_stand_where_an_analyser_would_give_the_same(tmp_path: Path, library: Library) -> None:
    folder = tmp_path / "annotated"
    folder.mkdir()
    (folder / "shots.csv").write_text("start,end\n" + "".join(f"{i},{i + 1}\n" for i in range(30)))
    (folder / "scenes.csv").write_text("start,title\n0,Home\n10,Road\n20,Home\n")
    # A curve's name taken by annotations: whoever gives momentum must leave it alone, and may still give the rest.
    (folder / "momentum.csv").write_text("start,end,label\n0,5,slow\n5,30,fast\n")
    film = read_film(folder, "csv", title="Annotated")
    assert "list_momentum" in film.tracks
    tracks = dict(film.tracks)
    momentum = tracks.pop("list_momentum")
    assert isinstance(momentum, Spans)
    tracks["momentum"] = Spans("momentum", momentum.begin, momentum.end, momentum.label, momentum.clock)
    taken = ImportedFilm("Annotated", None, "csv", film.path, film.identity, film.size, film.duration, tracks)
    edition = enter_film(taken, library).edition
    assert list(edition.spans("momentum").label) == ["slow", "fast"]
    assert edition.made_by("momentum").analyser == "import"
    assert edition.made_by("momentum_figures").analyser == "momentum"
    assert edition.spans("scenes").label == ["Home", "Road", "Home"]


@needs_reference
@pytest.mark.parametrize(
    ("title", "count", "asl", "median", "sd", "q1", "q3"),
    [
        ("Jaws (1975)", 1076, 6.764, 3.60, 10.88, 2.1, 6.8),
        ("Barry Lyndon (1975)", 771, 13.964, 9.80, 13.02, 5.7, 17.05),
        ("Goodfellas (1990)", 1201, 6.950, 4.20, 9.31, 2.4, 7.9),
    ],
)
def test_published_shot_lengths(
    library: Library, title: str, count: int, asl: float, median: float, sd: float, q1: float, q3: float
) -> None:
    film = read_film(REFERENCE / "cutting-shot-lengths.csv", "shot-lengths", column=title)
    edition = enter_film(film, library).edition
    assert edition.name == title
    figures = edition.figures("cutting").values
    assert figures["shots"] == count
    assert figures["asl"] == pytest.approx(asl, abs=0.0005)
    assert figures["median"] == pytest.approx(median, abs=0.005)
    assert figures["sd"] == pytest.approx(sd, abs=0.005)
    assert figures["q1"] == pytest.approx(q1, abs=0.005)
    assert figures["q3"] == pytest.approx(q3, abs=0.005)


@needs_reference
def test_a_feature_film_annotated_by_hand(library: Library) -> None:
    film = read_film(REFERENCE / "forrest-gump", "csv", title="Forrest Gump", year=1994)
    edition = enter_film(film, library).edition
    assert edition.duration == pytest.approx(7084.27, abs=0.01)
    for name in ("shots", "scenes", "lines", "music", "locations"):
        assert edition.made_by(name).analyser == "import"
        assert len(edition.spans(name))
    assert isinstance(edition.tracks["tempo"], Curve)
    assert edition.figures("dialogue_figures").values["speakers"]
