"""The signals that all tests of sound measure, and the real films where they are."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

_NAME = "rewatch_test_signals"
if _NAME not in sys.modules:
    _spec = importlib.util.spec_from_file_location(_NAME, Path(__file__).with_name("signals.py"))
    assert _spec is not None
    assert _spec.loader is not None
    _module = importlib.util.module_from_spec(_spec)
    sys.modules[_NAME] = _module
    _spec.loader.exec_module(_module)


@pytest.fixture(scope="session")
def signals() -> ModuleType:
    return sys.modules[_NAME]


@pytest.fixture(scope="session")
def films() -> Path:
    """Folder of the real films, or a skip that says why."""
    folder = Path(os.environ.get("REWATCH_FILMS", Path(__file__).parents[3] / "shared" / "films"))
    if not folder.is_dir():
        pytest.skip(f"no films in {folder}: set REWATCH_FILMS to a folder that has them")
    return folder
