"""``rewatch score``: a film's score, in the terminal, as JSON, or as a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from rewatch.cli.common import console, find_film, json_option, library_option, messages, print_strips, write_json
from rewatch.clock import parse_time

if TYPE_CHECKING:
    from rewatch.library.edition import Edition
    from rewatch.score.counting import CountingRules


@click.command("score")
@click.argument("film")
@click.option("--sheet", type=click.Path(path_type=Path), metavar="FILE", help="Draw it on one page: .svg, .png, .pdf.")
@click.option(
    "--strips",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw each movement across a page, stills above it: .svg and .png as FILE-1 ..., .pdf as one document.",
)
@click.option("--dark", is_flag=True, help="The sheet and the strips on a dark ground.")
@click.option("--tracks", is_flag=True, help="With --json: the curves' values too.")
@click.option(
    "--exclude", multiple=True, metavar="A-B", help="Leave out this stretch of shots (titles, credits): 0:00-1:30."
)
@click.option(
    "--cuts-at",
    type=click.Choice(["midpoint", "begin", "end"]),
    help="Where a gradual transition parts two shots [default: midpoint].",
)
@library_option
@json_option
def command(
    film: str,
    sheet: Path | None,
    strips: Path | None,
    dark: bool,
    tracks: bool,
    exclude: tuple[str, ...],
    cuts_at: Literal["midpoint", "begin", "end"] | None,
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """Show a film's score: cutting, tempo, momentum, dynamics; --sheet draws the whole film on one page.
    --strips draws a page for each of its movements.

    \b
    Example:
      rewatch score heat
      rewatch score heat --sheet heat.svg
      rewatch score heat --strips heat-movements.pdf --dark
      rewatch score heat --json | jq .cutting.asl
      rewatch score heat --exclude 0:00-2:10 --exclude 2:44:00-2:50:16
    """
    if tracks and not as_json:
        raise click.UsageError("--tracks goes with --json")
    if dark and sheet is None and strips is None:
        raise click.UsageError("--dark goes with --sheet or --strips")
    rules = _rules(exclude, cuts_at)
    edition = find_film(library_folder, film)
    edition.made_by("minutes")  # a film that was never watched to its end says so here
    if sheet is not None:
        from rewatch.exports.sheet import draw_sheet

        draw_sheet(edition, sheet, dark=dark)
        messages().print(f"{edition.name} → {sheet}", markup=False, soft_wrap=True)
    if strips is not None:
        from rewatch.exports.sheet.strips import draw_strips

        for path in draw_strips(edition, strips, dark=dark):
            messages().print(f"{edition.name} → {path}", markup=False, soft_wrap=True)
    if as_json:
        from rewatch.study.score import score

        named = {"film": edition.name, "edition": edition.id, "glanced": edition.provisional or None}
        write_json({**named, **score(edition, tracks=tracks, rules=rules)})
    elif sheet is None and strips is None:
        show(edition, rules)


def _rules(exclude: tuple[str, ...], cuts_at: Literal["midpoint", "begin", "end"] | None) -> CountingRules | None:
    """How shots are to be counted; None: as they were when the film was watched."""
    if not exclude and cuts_at is None:
        return None
    from rewatch.score.counting import CountingRules

    stretches = []
    for text in exclude:
        begin, _, end = text.partition("-")
        try:
            stretches.append((float(parse_time(begin)), float(parse_time(end))))
        except ValueError:
            raise click.UsageError(f"--exclude takes a stretch such as 0:00-1:30, not {text!r}") from None
    try:
        return CountingRules(tuple(stretches), cuts_at or "midpoint")
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def show(edition: Edition, rules: CountingRules | None = None) -> None:
    """The score in the terminal."""
    from rich.table import Table
    from rich.text import Text

    from rewatch.exports.terminal import headline, score_strip
    from rewatch.study.score import score
    from rewatch.study.score_in_words import in_words

    out = console()
    out.print(Text(headline(edition), "bold"))
    out.print()
    print_strips(score_strip(edition, min(out.width, 120)))
    rows = in_words(score(edition, rules=rules))
    if rows:
        out.print()
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="cyan", justify="right", min_width=12, no_wrap=True)
        table.add_column(overflow="fold")
        for name, text in rows:
            table.add_row(name, Text(text))
        out.print(table)
    out.print()
    out.print(Text(f"  rewatch score {edition.id[:8]} --sheet score.png draws it on one page", "dim"))
