"""``docs/measures.md``: every figure and every track that rewatch knows, written from the code that measures them.

    python -m rewatch.exports.measures > docs/measures.md

What a module says of itself comes first (its docstring, up to its contents), then its figures as `Figure` declares
them; at the end all tracks as their analysers declare them (`Gives`).

Contents
    measures_page   the page as Markdown
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType

from rewatch.analyser import Gives
from rewatch.figure import Figure
from rewatch.watch.frames import Frames
from rewatch.watch.plan import AnyAnalyser, all_analysers

PARTS = {
    "watch": "The file",
    "images": "The picture",
    "sounds": "The sound",
    "words": "The words",
    "structure": "Structure",
    "score": "The score",
}
"""The packages that measure, each with its heading."""

_WATCHES = {"pictures": "frames", "samples": "samples", "tracks": ""}
_MOST_COLUMNS = 8

_INTRO = """# Measures

What rewatch measures, how, after whom, what it is good for and what it cannot tell. This page is written from the code
by `python -m rewatch.exports.measures > docs/measures.md`; the tests see to it that it is not stale.

A figure bears the name that `rewatch explain FILM NAME` takes; there one also sees its value, and the tracks, frames
and samples behind it. "rewatch" as a source means that the measure is our own. Seconds count from the start of the
file, as players show them. A figure that cannot be measured on a film (no sound, too few shots) is empty and says
why; it is never a number that looks like one.
"""


def measures_page() -> str:
    """The page. The same code gives the same page; analysers that others have installed are not in it."""
    parts = [_INTRO]
    for package, heading in PARTS.items():
        modules = [m for m in _modules(package) if _figures(m)]
        if modules:
            parts.append(f"## {heading}\n")
        for module in modules:
            parts.append(f"### {_title(module)}\n\n{_prose(module)}\n")
            parts += [_figure(figure) for figure in _figures(module)]
    parts.append(
        "## Tracks\n\nEverything that is charted over a film's time, by the analyser that charts it. A curve has a "
        "value at every tick of its clock, events are instants, spans are stretches with labels, figures are numbers "
        "of the whole film.\n"
    )
    parts.append(_tracks([Frames(), *_own(all_analysers())]))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip("\n") + "\n"


def _modules(package: str) -> Iterator[ModuleType]:
    """The modules of a package, by name; its registry only lists what the others define."""
    found = importlib.import_module(f"rewatch.{package}")
    for name in sorted(m.name for m in pkgutil.iter_modules(found.__path__)):
        if name != "registry":
            yield importlib.import_module(f"{found.__name__}.{name}")


def _figures(module: ModuleType) -> tuple[Figure, ...]:
    found: tuple[Figure, ...] = getattr(module, "FIGURES", ())
    return found


def _title(module: ModuleType) -> str:
    """What a module's docstring says before its first colon, full stop or comma: its subject."""
    first = (module.__doc__ or module.__name__.rpartition(".")[2]).strip().splitlines()[0]
    return re.split(r"[:.,;]", first)[0].strip()


def _prose(module: ModuleType) -> str:
    """A module's docstring without its list of contents, as Markdown: what is indented is set as it stands."""
    text = inspect.cleandoc(module.__doc__ or "")
    text = re.split(r"^Contents\s*$", text, maxsplit=1, flags=re.MULTILINE)[0].strip()
    out: list[str] = []
    block = False
    for line in text.splitlines():
        indented = line.startswith("  ")
        if indented and not block:
            out += ["", "```text"]
        if block and not indented and line.strip():
            # The empty lines at the end of a block belong behind it.
            while out[-1] == "":
                out.pop()
            out += ["```", ""]
        block = indented or (block and not line.strip())
        out.append(line[4:] if line.startswith("    ") else line)
    if block:
        while out[-1] == "":
            out.pop()
        out.append("```")
    return "\n".join(line.replace("``", "`") if not line.startswith("```") else line for line in out)


def _figure(figure: Figure) -> str:
    unit = f" ({_plain(figure.unit)})" if figure.unit else ""
    rows = [
        ("formula", figure.formula),
        ("source", figure.source),
        ("from", ", ".join(f"`{track}`" for track in figure.tracks)),
        ("good for", figure.good_for),
        ("cannot tell", figure.cannot_tell),
    ]
    lines = [f"#### `{figure.name}`: {_plain(figure.title)}{unit}", ""]
    lines += [f"- *{name}*: {text if name == 'from' else _plain(text)}" for name, text in rows if text]
    return "\n".join(lines) + "\n"


def _tracks(analysers: Iterable[AnyAnalyser]) -> str:
    lines = [
        "| track | shape | unit | columns | what it is | source | measured on |",
        "|---|---|---|---|---|---|---|",
    ]
    for analyser in analysers:
        on = ", ".join([w for w in (_WATCHES[analyser.watches],) if w] + [f"`{n}`" for n in analyser.needs])
        lines += [_track(given, on) for given in analyser.gives]
    lines.append("| `lines` | spans | | `speaker` | what is said, from subtitles | | subtitles |")
    return "\n".join(lines) + "\n"


def _track(given: Gives, on: str) -> str:
    columns = [f"`{name}`" for name in given.columns[:_MOST_COLUMNS]]
    if len(given.columns) > _MOST_COLUMNS:
        columns.append(f"... ({len(given.columns)} in all)")
    cells = (f"`{given.name}`", given.kind, _plain(given.unit), ", ".join(columns), _plain(given.about),
             _plain(given.source), on)  # fmt: skip
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _plain(text: str) -> str:
    """Text in which Markdown sees no marks of its own."""
    return re.sub(r"([\\*_<>\[\]])", r"\\\1", " ".join(text.split()))


def _own(analysers: Iterable[AnyAnalyser]) -> list[AnyAnalyser]:
    return [a for a in analysers if type(a).__module__.split(".")[0] == "rewatch"]


if __name__ == "__main__":
    sys.stdout.write(measures_page())
