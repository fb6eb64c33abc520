"""``rewatch score``: a film's score, in the terminal, as JSON, or as a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rewatch.cli.common import console, find_film, json_option, library_option, messages, write_json
from rewatch.clock import timecode

if TYPE_CHECKING:
    from rewatch.library.edition import Edition


@click.command("score")
@click.argument("film")
@click.option("--sheet", type=click.Path(path_type=Path), metavar="FILE", help="Draw it on one page: .svg, .png, .pdf.")
@click.option("--dark", is_flag=True, help="The sheet on a dark ground.")
@click.option("--tracks", is_flag=True, help="With --json: the curves' values too.")
@library_option
@json_option
def command(
    film: str, sheet: Path | None, dark: bool, tracks: bool, library_folder: Path | None, as_json: bool
) -> None:
    """Show a film's score: cutting, tempo, momentum, dynamics; --sheet draws the whole film on one page.

    \b
    Example:
      rewatch score heat
      rewatch score heat --sheet heat.svg
      rewatch score heat --json | jq .cutting.asl
    """
    if tracks and not as_json:
        raise click.UsageError("--tracks goes with --json")
    if dark and sheet is None:
        raise click.UsageError("--dark goes with --sheet")
    edition = find_film(library_folder, film)
    edition.made_by("minutes")  # a film that was never watched to its end says so here
    if sheet is not None:
        from rewatch.exports.sheet import draw_sheet

        draw_sheet(edition, sheet, dark=dark)
        messages().print(f"{edition.name} → {sheet}", markup=False, soft_wrap=True)
    if as_json:
        from rewatch.study.score import score

        write_json({"film": edition.name, "edition": edition.id, **score(edition, tracks=tracks)})
    elif sheet is None:
        show(edition)


def show(edition: Edition) -> None:
    """The score in the terminal."""
    from rich.text import Text

    from rewatch.exports.terminal import headline, score_strip

    out = console()
    out.print(Text(headline(edition), "bold"))
    out.print()
    for row in score_strip(edition, min(out.width, 120)):
        out.print(row)
    rows = _figures(edition)
    if rows:
        out.print()
    for name, text in rows:
        out.print(Text.assemble((f"{name:>12}  ", "cyan"), text))
    out.print()
    out.print(Text(f"  rewatch score {edition.id[:8]} --sheet score.png draws it on one page", "dim"))


def _figures(edition: Edition) -> list[tuple[str, str]]:
    """The score in words, part by part; what was not measured says why."""
    from rewatch.study.score import score

    found = score(edition)
    said: list[tuple[str, str]] = []
    cutting = found["cutting"]
    if cutting and cutting.get("asl") is not None:
        count = cutting["shots"]
        text = f"{count} shot{'s' if count != 1 else ''}, average {cutting['asl']:.2f} s"
        if cutting.get("median") is not None:
            text += f", median {cutting['median']:.2f} s"
        if cutting.get("q1") is not None and cutting.get("q3") is not None:
            text += f", middle half {cutting['q1']:.2f} to {cutting['q3']:.2f} s"
        said.append(("cutting", text))
    tempo = found["tempo"]
    if tempo and tempo.get("edges"):
        edges = sorted(tempo["edges"], key=lambda e: -abs(e.get("change", 0)))[:4]
        text = ", ".join(f"{e['label']} at {timecode(e['start'])}" for e in sorted(edges, key=lambda e: e["start"]))
        said.append(("tempo", text))
    momentum = found["momentum"]
    if momentum and momentum.get("opening") is not None and momentum.get("ending") is not None:
        text = f"opens at its {_nth(momentum['opening'])} percentile, ends at its {_nth(momentum['ending'])}"
        said.append(("momentum", text))
    dynamics = found["dynamics"]
    if dynamics and dynamics.get("integrated") is not None:
        text = f"{dynamics['integrated']:.1f} LUFS"
        if dynamics.get("range") is not None:
            text += f", range {dynamics['range']:.1f} LU"
        if dynamics.get("true_peak") is not None:
            text += f", true peak {dynamics['true_peak']:.1f} dBTP"
        said.append(("dynamics", text))
    words = found["words"]
    if words and words.get("words"):
        share = words.get("dialogue_share")
        text = f"{words['words']:.0f} words in {words['lines']:.0f} lines"
        said.append(("words", text + (f", {share:.0f} % of the film" if share is not None else "")))
    return said


def _nth(value: float) -> str:
    n = round(value)
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
