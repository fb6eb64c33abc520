"""The JSON of each command keeps its shape: keys and types, as scripts rely on them.

A change that is meant: REWATCH_GOLDEN=write pytest tests/cli/test_golden.py, and look at the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rewatch.cli.main import run

GOLDEN = Path(__file__).parent / "golden"
COMMANDS = {
    "films": ("films",),
    "shots": ("shots", "demo"),
    "score": ("score", "demo"),
    "minute": ("minute", "1", "demo"),
    "find": ("find", "--quote", "burn little light"),
    "sounds": ("sounds", "demo"),
    "images": ("images", "demo"),
    "explain": ("explain", "demo", "asl"),
    "explain_all": ("explain", "demo"),
}


def shape(value: Any) -> Any:
    """Keys and types of a JSON value; of a list, the shapes that its entries have."""
    if isinstance(value, dict):
        # Provenance is as open as the analysers' settings are.
        return {k: "..." if k in ("settings", "why") else shape(v) for k, v in sorted(value.items())}
    if isinstance(value, list):
        shapes = {json.dumps(shape(v), sort_keys=True) for v in value}
        return [json.loads(s) for s in sorted(shapes)]
    if value is None:
        return "null"
    return {bool: "true or false", int: "number", float: "number", str: "text"}[type(value)]


@pytest.mark.parametrize("name", COMMANDS)
def test_shape(name: str, demo_film: Any, tmp_path_factory: pytest.TempPathFactory, capsys: Any) -> None:
    from rewatch.library.library import Library
    from rewatch.watch.run import watch

    folder = tmp_path_factory.getbasetemp() / "golden-library"
    if not folder.exists():
        watch(demo_film.path, Library(folder), title="The Demo", year=2026)
        capsys.readouterr()
    run([*COMMANDS[name], "--json", "--library", str(folder)])
    found = shape(json.loads(capsys.readouterr().out))
    path = GOLDEN / f"{name}.json"
    if os.environ.get("REWATCH_GOLDEN") == "write":
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert found == json.loads(path.read_text("utf-8"))
