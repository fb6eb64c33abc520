"""A library with films in it that were never shot: tracks as a watch would have left them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from rewatch.clock import FRAMES
from rewatch.library.edition import Edition, EditionRecord, Made
from rewatch.library.library import Library
from rewatch.track import Events


def _load() -> ModuleType:
    name = "rewatch_fake_films"
    if name not in sys.modules:
        path = Path(__file__).parent.parent / "exports" / "fake_films.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def fakes() -> ModuleType:
    return _load()


Enter = Callable[..., Edition]


@pytest.fixture(scope="session")
def enter() -> Enter:
    """Put a study into a library as a watched edition, with stills of its shots."""

    def entering(library: Library, study: Any, identity: str, seed: int = 1, **tracks: Any) -> Edition:
        edition = library.place(identity)
        facts = replace(study.facts, identity=identity, path=f"/films/{study.title}.mkv")
        edition.save(EditionRecord(identity, study.title, study.year, facts, played={"pictures": facts.duration}))
        given = {**study.tracks, **tracks}
        folder = edition.kept("stills")
        folder.mkdir(parents=True)
        rng, files = np.random.default_rng(seed), []
        shots = given["shots"]
        for i in range(len(shots)):
            files.append(f"{i}.jpg")
            rough = Image.fromarray(rng.integers(0, 256, (6, 8), np.uint8)).resize((128, 72), Image.Resampling.BICUBIC)
            rough.convert("RGB").save(folder / files[-1], quality=90)
        columns = {"shot": np.arange(len(shots)), "file": files}
        given["stills"] = Events("stills", np.asarray(shots.begin), FRAMES, columns)
        edition.commit(Made("watch", 1, {}, "key", tuple(given)), given)
        library.enter(edition, watched=True)
        return library.edition(identity)

    return entering


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def edition(library: Library, fakes: ModuleType, enter: Enter) -> Edition:
    """Four minutes of a film."""
    return enter(library, fakes.film(240), "ab" * 16)
