"""The documents are true: every command and every benchmark is told of, and what they link to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rewatch.cli.main import COMMANDS
from rewatch.watch.plan import all_analysers

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert not [c for c in COMMANDS if f"rewatch {c}" not in text]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_the_layers_are_those_of_the_architecture() -> None:
    """What ARCHITECTURE.md draws is what import-linter holds."""
    config = (ROOT / "pyproject.toml").read_text("utf-8")
    held = re.findall(r'"((?:rewatch\.\w+(?: \| )?)+)"', config.split("layers = [")[1].split("]")[0])
    drawn = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split("## The layers")[1].split("## ")[0]
    lines = [line.strip() for line in drawn.splitlines() if line.startswith("    ")]
    assert lines == [layer.replace("rewatch.", "") for layer in held]


def test_the_readme_explains_by_the_analysers_there_are() -> None:
    """Whose versions it shows are those that measure now."""
    told = re.findall(r"\d+ (?:spans|events|figures)  (\w+) (\d+)", (ROOT / "README.md").read_text("utf-8"))
    versions = {analyser.name: analyser.version for analyser in all_analysers()}
    assert len(told) >= 5
    assert [(name, int(version)) for name, version in told if name in versions] == [
        (name, versions[name]) for name, _ in told if name in versions
    ]
