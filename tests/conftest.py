"""What all tests share: the demo film in its dresses, rendered once a session, and the real films where they are."""

from __future__ import annotations

import os

# As the command line does, before NumPy is loaded: sums of matrix products differ in the last bit with the threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rewatch.demo import Truth, Variant, render
from rewatch.library.library import Library

SMALL = {"width": 256, "height": 144}

VARIANTS: dict[str, Variant] = {
    "h264": Variant(**SMALL),
    "ntsc": Variant(**SMALL, rate=Fraction(24000, 1001)),
    "pal": Variant(**SMALL, rate=Fraction(25)),
    "variable": Variant(**SMALL, variable=True),
    "hevc": Variant(**SMALL, codec="hevc"),
    "vp9": Variant(**SMALL, codec="vp9", sound_codec="opus", rate=Fraction(24000, 1001)),
    "av1": Variant(**SMALL, codec="av1", rate=Fraction(25)),
    "mpeg2": Variant(
        width=256, height=192, codec="mpeg2", sound_codec="mp2", rate=Fraction(25), letterbox=Fraction(16, 9)
    ),
    "ten_bit": Variant(**SMALL, codec="hevc", bits=10),
    "anamorphic": Variant(width=192, height=144, pixel_aspect=Fraction(4, 3)),
    "surround": Variant(width=128, height=72, channels=6),
    "mono": Variant(width=128, height=72, channels=1),
    "side_subtitles": Variant(width=128, height=72, subtitles="side"),
    "silent": Variant(width=128, height=72, sound_codec=None, subtitles="none"),
    "sound_only": Variant(codec=None),
}
"""The dresses that tests may ask for by name."""


@dataclass(frozen=True, slots=True)
class DemoFilm:
    """A rendered variant of the demo film and what is known of it."""

    path: Path
    truth: Truth
    variant: Variant


@dataclass(frozen=True, slots=True)
class LabelledFilm:
    """A real film and the labels that were made for it by eye."""

    path: Path
    labels: dict[str, Any]


@pytest.fixture(scope="session")
def demo_variant(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], DemoFilm]:
    """Gives the demo film in a dress of `VARIANTS`; each is rendered once a session. Copy it before you change it."""
    made: dict[str, DemoFilm] = {}

    def give(name: str) -> DemoFilm:
        if name not in made:
            variant = VARIANTS[name]
            path = tmp_path_factory.mktemp(f"demo-{name}") / f"lamp_{name}{variant.suffix}"
            made[name] = DemoFilm(path, render(path, variant), variant)
        return made[name]

    return give


@pytest.fixture(scope="session")
def demo_film(demo_variant: Callable[[str], DemoFilm]) -> DemoFilm:
    """The demo film, small: 256x144, 24 frames a second, H.264 and AAC, subtitles embedded."""
    return demo_variant("h264")


@pytest.fixture(scope="session")
def demo_library(demo_film: DemoFilm, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library with the demo film, watched once a session; it is only read."""
    from rewatch.watch.run import watch

    library = Library(tmp_path_factory.mktemp("demo-library"))
    watch(demo_film.path, library, title="The Lamp on the Hill", year=2026)
    return library


@pytest.fixture(scope="session")
def films() -> Path:
    """The folder with real films; tests that need them are skipped where it is not."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared" / "films"
    folder = Path(os.environ.get("REWATCH_FILMS", beside))
    if not folder.is_dir():
        pytest.skip(f"no real films: {folder} is not there (name their folder in REWATCH_FILMS)")
    return folder


@pytest.fixture(scope="session")
def labelled_films(films: Path) -> list[LabelledFilm]:
    """The real films whose shots are labelled (NAME.shots.json beside NAME.*), in order of their names."""
    found = []
    for labels in sorted(films.glob("*.shots.json")):
        name = labels.name.removesuffix(".shots.json")
        for path in sorted(films.glob(name + ".*")):
            if path.suffix in (".mp4", ".mkv", ".mpg", ".webm", ".mov"):
                found.append(LabelledFilm(path, json.loads(labels.read_text(encoding="utf-8"))))
    if not found:
        pytest.skip(f"no labelled films in {films}")
    return found
