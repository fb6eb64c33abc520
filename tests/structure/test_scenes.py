"""Scenes: the chain against all divisions counted out, made films, and what is missing."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import lognorm

from rewatch.clock import FRAMES, MILLISECONDS
from rewatch.images.palette import BINS
from rewatch.imports.film import read_film
from rewatch.library.library import Library
from rewatch.structure.scene_cues import Shots, cues
from rewatch.structure.scenes import SPREAD, Chain, Scenes, mean_for
from rewatch.track import Spans, Track
from rewatch.watch.imported import enter_film

Makes = Callable[..., dict[str, Track]]


def run(tracks: dict[str, Track]) -> Spans:
    found = Scenes().finish(tracks)["scenes"]
    assert isinstance(found, Spans)
    return found


def test_probabilities_are_those_of_all_divisions_counted_out() -> None:
    random = np.random.default_rng(5)
    lengths = random.uniform(2, 30, size=9)
    end = np.cumsum(lengths)
    begin, ratios, mean = end - lengths, random.normal(size=8), 25.0
    length = lognorm(SPREAD, scale=mean * np.exp(-(SPREAD**2) / 2))
    total, at = 0.0, np.zeros(8)
    for chosen in itertools.product([False, True], repeat=8):
        edges = [0.0, *end[:-1][list(chosen)], end[-1]]
        lasting = np.diff(edges)
        weight = np.exp(ratios[list(chosen)].sum()) * length.sf(lasting[-1])
        weight *= np.prod(np.minimum(length.pdf(lasting[:-1]) * end[-1] / 9, 1.0))
        total += weight
        at[list(chosen)] += weight
    np.testing.assert_allclose(Chain(begin, end, mean, ratios).probabilities(), at / total, rtol=1e-9)


def test_the_likeliest_division_of_so_many_is_the_likeliest_of_those_counted_out() -> None:
    random = np.random.default_rng(6)
    lengths = random.uniform(2, 30, size=9)
    end = np.cumsum(lengths)
    begin, ratios, mean = end - lengths, random.normal(size=8), 25.0
    length = lognorm(SPREAD, scale=mean * np.exp(-(SPREAD**2) / 2))

    def weight(chosen: tuple[int, ...]) -> float:
        lasting = np.diff([0.0, *end[list(chosen)], end[-1]])
        log = ratios[list(chosen)].sum() + np.log(length.sf(lasting[-1]))
        return float(log + np.log(np.minimum(length.pdf(lasting[:-1]) * end[-1] / 9, 1.0)).sum())

    chain = Chain(begin, end, mean, ratios)
    ways = {size: list(itertools.combinations(range(8), size)) for size in range(9)}
    assert tuple(chain.likeliest()) == max((way for all_of in ways.values() for way in all_of), key=weight)
    for wanted in range(1, 8):
        found = chain.divided(wanted)
        assert abs(len(found) - wanted) <= 1
        assert tuple(found) == max(ways[len(found)], key=weight)


def talks(make_film: Makes, scenes: int = 10, seed: int = 1) -> dict[str, Track]:
    """Scenes of ten shots, each the talk of two people in colours of their own, cut back and forth."""
    looks = np.random.default_rng(seed).permutation(len(BINS))[: 2 * scenes]
    return make_film([5.0] * 10 * scenes, [int(looks[2 * s + i % 2]) for s in range(scenes) for i in range(10)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shot_and_reverse_shot_are_one_scene(seed: int, make_film: Makes) -> None:
    scenes = run(talks(make_film, seed=seed))
    assert np.asarray(scenes.columns["first_shot"]).tolist() == [1 + 10 * s for s in range(10)]
    assert np.asarray(scenes.columns["last_shot"]).tolist() == [10 + 10 * s for s in range(10)]


def test_scenes_begin_and_end_with_shots(make_film: Makes) -> None:
    tracks = talks(make_film)
    shots = tracks["shots"]
    assert isinstance(shots, Spans)
    scenes = run(tracks)
    assert scenes.clock == FRAMES
    assert set(scenes.begin.tolist()) <= set(shots.begin.tolist())
    assert (scenes.begin[1:] == scenes.end[:-1]).all()
    assert scenes.end[-1] == shots.end[-1]


def test_one_place_is_not_ten(make_film: Makes) -> None:
    scenes = run(make_film([5.0] * 100, [3, 9] * 50))
    assert len(scenes) <= 6, "500 s of two people who are cut back and forth"


def test_who_speaks_divides_a_film_without_pictures(make_lines: Callable[..., Spans], make_film: Makes) -> None:
    shots = make_film([5.0] * 200, [0] * 200)["shots"]
    frames = make_film([5.0] * 200, [0] * 200)["frames"]
    times = [(5.0 * i + 0.5, 5.0 * i + 4.0) for i in range(200)]
    who = [f"{'AB'[i % 2]}{i // 20}" for i in range(200)]
    tracks = {"shots": shots, "frames": frames, "lines": make_lines(times, who)}
    weighed = cues(tracks, {}, Shots.of(tracks), 50.0)["speakers"]
    turns = np.arange(19, 199, 20)
    elsewhere = np.setdiff1d(np.arange(199), np.concatenate([turns + k for k in range(-4, 5)]))
    assert weighed[turns].min() > weighed[elsewhere].max()


def test_music_that_begins_near_by_speaks_for_a_scene(make_film: Makes) -> None:
    tracks = make_film([10.0] * 4, [0] * 4)
    music = Spans("music", np.array([19_500]), np.array([45_000]), ["song"], MILLISECONDS)
    weighed = cues({**tracks, "music": music}, {}, Shots.of(tracks), 50.0)["music"]
    assert weighed[1] > 0 > weighed[0] == weighed[2]


def test_longer_shots_and_rare_dissolves_speak_for_a_scene(make_film: Makes) -> None:
    tracks = make_film([3.0, 3.0, 12.0, 3.0, 3.0, 3.0], [0] * 6)
    shots = Shots.of(tracks)
    rhythm = cues(tracks, {}, shots, 50.0)["rhythm"]
    assert rhythm[[1, 2]].min() > rhythm[[0, 3, 4]].max()
    kinds = ("", "cut", "cut", "dissolve", "cut", "cut")
    passage = cues(tracks, {}, Shots(shots.begin, shots.end, kinds), 50.0)["passage"]
    assert int(np.argmax(passage)) == 2
    often = ("", "dissolve", "dissolve", "dissolve", "cut", "dissolve")
    assert "passage" not in cues(tracks, {}, Shots(shots.begin, shots.end, often), 50.0)


@pytest.mark.parametrize("shots", [[10.0], [5.0, 5.0], [0.04] * 5, [600.0, 1.0, 900.0]])
def test_few_shots(shots: list[float], make_film: Makes) -> None:
    scenes = run(make_film(shots, [1] * len(shots)))
    assert 1 <= len(scenes) <= len(shots)


def test_no_shots_no_scenes() -> None:
    assert len(run({})) == 0


def test_a_short_films_scenes_are_shorter() -> None:
    assert mean_for(7200) == mean_for(200) == 50.0
    assert mean_for(40) == 10.0


def test_a_list_keeps_its_own_scenes(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    folder.mkdir()
    (folder / "shots.csv").write_text("start\n0\n10\n20\n30\n40\n", encoding="utf-8")
    (folder / "scenes.csv").write_text("start,title\n0,HOUSE\n30,GARDEN\n", encoding="utf-8")
    found = enter_film(read_film(folder, "csv", title="T"), Library(tmp_path / "library")).edition
    assert list(found.spans("scenes").label) == ["HOUSE", "GARDEN"]
    assert len(found.spans("movements")) >= 1
