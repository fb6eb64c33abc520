"""A library with two films: the demo film with the tracks of one never shot, and three hours without a file."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from rewatch.clock import FRAMES
from rewatch.film.probe import open_film
from rewatch.library.edition import EditionRecord, Made
from rewatch.library.library import Library
from rewatch.track import Events


def _fakes() -> ModuleType:
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


def enter(library: Library, study: Any, facts: Any) -> str:
    """Put a study into a library as a watched edition, with one and the same still for each shot; its id."""
    edition = library.place(facts.identity)
    edition.save(EditionRecord(facts.identity, study.title, study.year, facts, played={"pictures": facts.duration}))
    folder = edition.kept("stills")
    folder.mkdir(parents=True)
    Image.linear_gradient("L").resize((320, 180)).convert("RGB").save(folder / "one.jpg")
    shots = study.tracks["shots"]
    columns = {"shot": np.arange(len(shots)), "file": ["one.jpg"] * len(shots)}
    tracks = {**study.tracks, "stills": Events("stills", np.asarray(shots.begin), FRAMES, columns)}
    edition.commit(Made("watch", 1, {}, "key", tuple(tracks)), tracks)
    library.enter(edition, watched=True)
    return edition.id


SHORT, LONG = "5a" * 16, "10" * 16


@pytest.fixture(scope="session")
def stocked(demo_film: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library with both films. Copy it before you write to it (`library` does)."""
    fakes = _fakes()
    folder = tmp_path_factory.mktemp("web") / "library"
    library = Library(folder)
    facts = replace(open_film(demo_film.path), identity=SHORT)
    enter(library, replace(fakes.film(85), title="The Lamp <b>&</b>", year=2026), facts)
    long = fakes.film(3 * 3600, title="The Long Way Down")
    enter(library, long, replace(long.facts, identity=LONG, path="/nowhere/long.mkv"))
    return folder


@pytest.fixture(scope="module")
def library(stocked: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("copy") / "library"
    shutil.copytree(stocked, folder)
    return Library(folder)


@pytest.fixture(scope="module")
def server(library: Library) -> Iterator[str]:
    """A server on a free port, in a thread; its address."""
    import uvicorn

    from rewatch.web.app import create_app

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(library), log_level="error", access_log=False, timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not running.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    assert running.started
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    running.should_exit = True
    thread.join(10)
    listening.close()
