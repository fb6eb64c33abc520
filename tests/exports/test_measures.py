"""docs/measures.md says what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewatch.exports.measures import measures_page
from rewatch.study.explain import known_figures
from rewatch.watch.plan import all_analysers

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"


@pytest.fixture(scope="module")
def page() -> str:
    return measures_page()


def test_the_committed_page_is_up_to_date(page: str) -> None:
    assert PAGE.read_text("utf-8") == page, "stale: .venv/bin/python -m rewatch.exports.measures > docs/measures.md"


def test_the_same_code_gives_the_same_page(page: str) -> None:
    assert measures_page() == page


def test_every_figure_and_every_track_is_on_it(page: str) -> None:
    headings = [line for line in page.splitlines() if line.startswith("#### ")]
    for name, figure in known_figures().items():
        assert any(line.startswith(f"#### `{name}`: ") for line in headings), name
        assert figure.formula, f"{name} does not say how it is measured"
        assert figure.source, f"{name} does not say after whom"
        assert figure.good_for, f"{name} does not say what it is good for"
        assert figure.cannot_tell, f"{name} does not say what it cannot tell"
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for analyser in all_analysers():
        for given in analyser.gives:
            if type(analyser).__module__.startswith("rewatch."):
                assert any(row.startswith(f"| `{given.name}` | {given.kind} |") for row in rows), given.name


def test_it_is_markdown_that_holds_together(page: str) -> None:
    fences = [line for line in page.splitlines() if line.startswith("```")]
    assert fences[::2] == ["```text"] * (len(fences) // 2)
    assert fences[1::2] == ["```"] * (len(fences) // 2)
    table = [line.replace("\\|", "") for line in page.splitlines() if line.startswith(("| ", "|-"))]
    assert {line.count("|") for line in table} == {8}
    assert "\nContents\n" not in page
