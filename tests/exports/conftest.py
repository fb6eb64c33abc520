"""Films that were never shot."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _load() -> ModuleType:
    name = "rewatch_fake_films"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("fake_films.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def fakes() -> ModuleType:
    """The module that makes them."""
    return _load()


@pytest.fixture(scope="session")
def short_film(fakes: ModuleType) -> Any:
    return fakes.film(90)


@pytest.fixture(scope="session")
def long_film(fakes: ModuleType) -> Any:
    return fakes.film(170 * 60)
