"""The benchmark reads the labels of public collections as they are laid out."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def labels() -> Any:
    path = Path(__file__).resolve().parents[1] / "benchmarks" / "shot_labels.py"
    spec = importlib.util.spec_from_file_location("shot_labels", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def labelled(labels: Any) -> Any:
    return labels.labelled


CUT, GRADUAL = {"kind": "cut", "frame": 40}, {"kind": "dissolve", "first": 90, "last": 99}


def lay(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("files", "film"),
    [
        ({"bbc_01.mp4": "", "annotations/shots/01_From_Pole.txt": "0 38\n39 88\n99 150\n"}, "bbc_01.mp4"),
        ({"videos/bbc_01.mp4": "", "fixed/01-scenes.txt": "0\t39\n40\t89\n100\t151\n"}, "videos/bbc_01.mp4"),
        ({"1.mp4": "", "labels/1_gt.txt": "0 39\n40 89\n100 151\n"}, "1.mp4"),
        ({"videos/77.mp4": "", "annotations/77.txt": "0\t39\n40\t89\n100\t151\n"}, "videos/77.mp4"),
        (
            {
                "dataset/original_videos/77.mp4": "",
                # Slips of the pen, as there are in that list.
                "kuaishou_v2.txt": "76.mp4 99\n50,51\n\n77.mp4  151\n39,,40 \n22,23\n89,100,\n95,57\n59.60\n1_,9\n",
            },
            "dataset/original_videos/77.mp4",
        ),
        (
            {
                "videos/test/3.mp4": "",
                "annotations/test.json": json.dumps(
                    {"3.mp4": {"transitions": [[39, 40], [89, 100]], "frame_num": 152}, "gone.mp4": {}}
                ),
            },
            "videos/test/3.mp4",
        ),
        ({"a.mp4": "", "a.shots.json": json.dumps({"film": "a.mp4", "boundaries": [CUT, GRADUAL]})}, "a.mp4"),
    ],
    ids=["BBC", "BBC, mended", "RAI", "AutoShot, by film", "AutoShot", "ClipShots", "ours"],
)
def test_layouts(tmp_path: Path, labelled: Any, files: dict[str, str], film: str) -> None:
    found = labelled(lay(tmp_path, files))
    assert list(found) == [tmp_path / film]
    assert found[tmp_path / film]["boundaries"] == [CUT, GRADUAL]


def test_our_labels_need_not_name_their_film_but_it_must_be_there(tmp_path: Path, labelled: Any) -> None:
    told = json.dumps({"boundaries": [CUT, GRADUAL]})
    assert list(labelled(lay(tmp_path, {"a.mkv": "", "a.shots.json": told}))) == [tmp_path / "a.mkv"]
    (tmp_path / "a.mkv").unlink()
    with pytest.raises(ValueError, match="there is nothing beside it"):
        labelled(tmp_path)
    for bad in ("[]", "{", '{"boundaries": "x"}', '{"boundaries": [{"kind": "cut"}]}'):
        with pytest.raises(ValueError, match="these are no labels such as"):
            labelled(lay(tmp_path, {"a.shots.json": bad}))


def test_a_folder_of_films_without_labels_has_none(tmp_path: Path, labelled: Any) -> None:
    assert labelled(lay(tmp_path, {"film.mp4": "", "notes.txt": "1 2"})) == {}


def test_labels_of_a_film_with_a_frame_more_are_moved_and_those_of_another_film_refused(labels: Any) -> None:
    doc = {"boundaries": [CUT, GRADUAL], "frame_num": 152}
    assert labels.fitting(doc, 152) == doc
    moved = [{"kind": "cut", "frame": 41}, {"kind": "dissolve", "first": 91, "last": 100}]
    assert labels.fitting(doc, 153)["boundaries"] == moved
    assert labels.fitting({"boundaries": [CUT]}, 77) == {"boundaries": [CUT]}
    with pytest.raises(ValueError, match="it has 140 frames, and its labels are of one of 152"):
        labels.fitting(doc, 140)
