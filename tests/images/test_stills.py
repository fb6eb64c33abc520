"""Stills: one a shot, typical, sharp, clear of transitions."""

from __future__ import annotations

import pickle
import shutil

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from rewatch.clock import FRAMES
from rewatch.images.stills import Stills, apart, look_of, sharpness
from rewatch.track import Spans


@pytest.fixture(scope="session")
def scenes(texture):
    """Four pictures of 240 x 136 that differ much: light, dark, middle, stripes."""
    parts = [texture[200 * n : 200 * n + 136, 100:340] for n in range(3)]
    stripes = np.tile(np.repeat([40.0, 220.0], 12), (136, 10))
    return [np.clip(part, 0, 255) for part in (parts[0] + 60, parts[1] * 0.4, parts[2], stripes)]


def small_of(scene):
    return scene.reshape(68, 2, 120, 2).mean(axis=(1, 3))


def film(make_pictures, scenes, order, large, blurred=(), length=40):
    """Scenes in the given order, `length` frames each; `large` frames of them, some blurred."""
    luma = np.stack([small_of(scenes[scene]) for scene in order for _ in range(length)])
    pictures = {}
    for n in large:
        picture = scenes[order[n // length]]
        if n in blurred:
            picture = ndimage.gaussian_filter(picture, (0, 4))
        pictures[n] = np.repeat(np.round(picture).astype(np.uint8)[..., None], 3, axis=2)
    return make_pictures(np.round(luma), large=pictures)


def shots(*begins, end, transitions=None, label="cut"):
    begin = np.array(begins, np.int64)
    first, last = np.full(len(begin), -1, np.int64), np.full(len(begin), -1, np.int64)
    for shot, (a, b) in (transitions or {}).items():
        first[shot], last[shot] = a, b
    labels = [""] + [label] * (len(begin) - 1)
    ends = np.append(begin[1:], end)
    return {"shots": Spans("shots", begin, ends, labels, FRAMES, {"first_frame": first, "last_frame": last})}


def test_blur_is_less_sharp_whatever_the_contrast(scenes):
    def rgb(picture):
        return np.repeat(np.clip(picture, 0, 255).astype(np.uint8)[..., None], 3, axis=2)

    sharp = sharpness(rgb(scenes[2]))
    assert sharpness(rgb(ndimage.gaussian_filter(scenes[2], 2))) < sharp / 2
    assert sharpness(rgb(scenes[2] * 0.5 + 60)) == pytest.approx(sharp, rel=0.1)
    assert sharpness(np.zeros((2, 2, 3), np.uint8)) == 0


def test_looks_that_are_alike_lie_near(scenes):
    chroma = np.full((4, 34, 60), 128, np.uint8)
    looks = look_of(np.stack([small_of(scene) for scene in scenes]).astype(np.uint8), chroma, chroma)
    assert looks.shape == (4, 144)
    assert apart(looks[0], looks[0]) == 0
    assert min(apart(looks[0], looks[n]) for n in (1, 2, 3)) > 0.05


def test_each_shot_gets_its_sharp_still(run, make_pictures, scenes, tmp_path):
    large = [3, 8, 20, 43, 48, 60, 83, 88, 100]
    piece = film(make_pictures, scenes, (0, 1, 2), large, blurred=(3, 20, 43, 48, 88, 100))
    stills = run(Stills(), piece, tracks=shots(0, 40, 80, end=120))["stills"]
    assert stills.at.tolist() == [8, 60, 83]
    assert stills.columns["shot"].tolist() == [0, 1, 2]
    assert stills.columns["file"] == ["000008.jpg", "000060.jpg", "000083.jpg"]
    for scene, name in enumerate(stills.columns["file"]):
        with Image.open(tmp_path / "keep" / name) as still:
            assert still.size == (240, 136)
            assert np.asarray(still)[..., 1].mean() == pytest.approx(scenes[scene].mean(), abs=2)
    assert not (tmp_path / "small").exists()
    assert len(list((tmp_path / "keep").iterdir())) == 3


def test_the_typical_look_wins_over_a_moment(run, make_pictures, scenes):
    # Shot of 80 frames: 64 of them one scene, then 16 another without a cut between (the shots say so).
    piece = film(make_pictures, scenes, (0, 0, 0, 0, 3), [3, 8, 70, 75], length=16)
    stills = run(Stills(), piece, tracks=shots(0, end=80))["stills"]
    assert stills.at.tolist()[0] in (3, 8)


def dissolve(make_pictures, scenes, large, blurred):
    """80 frames, a dissolve from scene 0 to 1 over frames 34 .. 45."""
    luma, pictures = [], {}
    for n in range(80):
        share = np.clip((n - 33) / 13, 0, 1)
        mixed = (1 - share) * scenes[0] + share * scenes[1]
        luma.append(small_of(mixed))
        if n in large:
            picture = ndimage.gaussian_filter(mixed, (0, 4)) if n in blurred else mixed
            pictures[n] = np.repeat(np.round(picture).astype(np.uint8)[..., None], 3, axis=2)
    return make_pictures(np.round(luma), large=pictures)


def test_frames_of_a_transition_are_left_aside(run, make_pictures, scenes):
    piece = dissolve(make_pictures, scenes, [5, 30, 38, 42, 44, 70], [5, 30])
    tracks = shots(0, 40, end=80, transitions={1: (34, 45)}, label="dissolve")
    stills = run(Stills(), piece, tracks=tracks)["stills"]
    assert stills.at[0] in (5, 30)
    assert stills.at[1] == 70


def test_a_large_frame_at_the_edge_of_a_transition_is_better_than_a_small_one(run, make_pictures, scenes):
    piece = dissolve(make_pictures, scenes, [34, 70], [])
    tracks = shots(0, 40, end=80, transitions={1: (34, 45)}, label="dissolve")
    assert run(Stills(), piece, tracks=tracks)["stills"].at.tolist() == [34, 70]


def test_a_shot_without_a_large_frame_gets_a_small_one_enlarged(run, make_pictures, scenes, make_facts, tmp_path):
    piece = film(make_pictures, scenes, (0, 1, 2), [20, 100])
    stills = run(Stills(), piece, tracks=shots(0, 40, 80, end=120), film=make_facts(width=480, height=272))["stills"]
    assert len(stills) == 3
    assert 40 <= stills.at[1] < 80
    with Image.open(tmp_path / "keep" / stills.columns["file"][1]) as still:
        assert still.size == (480, 272)
        assert np.asarray(still).mean() == pytest.approx(scenes[1].mean(), abs=3)


def test_every_shot_gets_a_still_however_short(run, make_pictures, scenes):
    order = (0, 1, 2, 3, 1, 0, 3, 2)
    for length in (1, 2, 3):
        piece = film(make_pictures, scenes, order, [0], length=length)
        begins = range(0, len(order) * length, length)
        stills = run(Stills(), piece, tracks=shots(*begins, end=len(order) * length))["stills"]
        assert stills.columns["shot"].tolist() == list(range(8))
        assert all(begin <= at < begin + length for begin, at in zip(begins, stills.at, strict=True))


def test_without_shots_the_film_is_one(run, make_pictures, scenes):
    piece = film(make_pictures, scenes, (0,), [3, 20])
    assert len(run(Stills(), piece)["stills"]) == 1


def test_pieces_and_pickles_change_nothing(make_pictures, make_facts, scenes, tmp_path, run):
    large = [3, 8, 20, 43, 48, 60, 83, 100, 123, 140]
    piece = film(make_pictures, scenes, (0, 1, 2, 1), large, blurred=(3, 48, 100))
    tracks = shots(0, 40, 80, 120, end=160)
    whole = run(Stills(), piece, (160,), tracks, scratch=tmp_path / "whole")["stills"]

    class Resumed(Stills):
        def feed(self, piece):
            super().feed(piece)
            self.__dict__ = pickle.loads(pickle.dumps(self.__dict__))

    for lengths in ((1,), (7, 30)):
        scratch = tmp_path / f"pieces{lengths[0]}"
        parts = run(Resumed(), piece, lengths, tracks, scratch=scratch)["stills"]
        assert (parts.at == whole.at).all()
        for name in whole.columns["file"]:
            same = (tmp_path / "whole" / "keep" / name).read_bytes()
            assert (scratch / "keep" / name).read_bytes() == same


@pytest.mark.parametrize("taken", [False, True])
def test_a_finish_that_was_killed_is_done_again(make_pictures, make_facts, scenes, tmp_path, taken):
    """Also where what was kept had been taken away already, but was not yet told of. The last shot has a small one."""
    piece = film(make_pictures, scenes, (0, 1, 2), [3, 20, 43, 60])
    tracks = shots(0, 40, 80, end=120)
    analyser = Stills()
    analyser.begin(make_facts(), tmp_path)
    analyser.feed(piece)
    state = pickle.dumps(analyser)
    first = analyser.finish(tracks)["stills"]
    if taken:
        shutil.rmtree(tmp_path / "keep")
    again = pickle.loads(state).finish(tracks)["stills"]
    assert again.at.tolist() == first.at.tolist()
    assert sorted(p.name for p in (tmp_path / "keep").iterdir()) == sorted(first.columns["file"])


def test_what_is_held_does_not_grow_with_the_film(make_pictures, make_facts, scenes, tmp_path):
    analyser = Stills()
    analyser.begin(make_facts(), tmp_path)
    piece = film(make_pictures, scenes, (0,) * 10, range(0, 400, 10))
    analyser.feed(piece)
    assert len(analyser._open) <= 3
    # One look, one run: what is written stays far below what was offered.
    assert len(list((tmp_path / "large").iterdir())) <= 2
    assert len(analyser._small) <= 400 // 24 + 2
    shutil.rmtree(tmp_path)
