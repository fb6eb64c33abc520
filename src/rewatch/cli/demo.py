"""``rewatch demo``: a film of which everything is known, watched and drawn."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from rewatch.cli.common import library_option, messages, open_library, parse_rate


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if not found:
        raise click.BadParameter("write it as 640x360", param_hint="--size")
    return int(found.group(1)), int(found.group(2))


@click.command("demo")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    default=Path("demo"),
    show_default=True,
    help="Where the film, its truth and its sheet are written.",
)
@click.option("--size", default="640x360", show_default=True, metavar="WxH")
@click.option("--rate", default="24", show_default=True, metavar="FPS", help="Frames a second: 24000/1001, 25 ...")
@click.option("--variable", is_flag=True, help="A variable frame rate, as telephones record.")
@click.option("--codec", default="h264", show_default=True, metavar="NAME", help="h264, hevc, vp9, av1, mpeg2 ...")
@click.option("--film-only", is_flag=True, help="Only render it.")
@library_option
def command(
    folder: Path, size: str, rate: str, variable: bool, codec: str, film_only: bool, library_folder: Path | None
) -> None:
    """Render the demo film, watch it, and draw its score sheet.

    It is a small fairy tale drawn by numbers, of which everything is known: its cuts, dissolves and fades, a flash and
    a fast pan that are no cuts, a heartbeat, a hum that is heard once. What is known stands beside it as
    FILM.truth.json.

    \b
    Example:
      rewatch demo
      rewatch demo -o /tmp/demo --codec hevc --rate 24000/1001
    """
    from rewatch.demo import Variant, render

    (width, height), frames_a_second = _size(size), parse_rate(rate)
    try:
        variant = Variant(width=width, height=height, rate=frames_a_second, variable=variable, codec=codec)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    folder.mkdir(parents=True, exist_ok=True)
    film = folder / f"demo{variant.suffix}"
    err = messages()
    if err.is_terminal:
        from rich.progress import Progress

        with Progress(console=err, transient=True) as progress:
            task = progress.add_task("drawing the demo film")
            truth = render(film, variant, lambda done, of: progress.update(task, completed=done, total=of))
    else:
        truth = render(film, variant)
    err.print(f"drawn: {film}", markup=False)
    if film_only:
        return
    from rewatch.cli.progress import Messages, bar
    from rewatch.cli.score import show
    from rewatch.exports.sheet import draw_sheet
    from rewatch.watch.run import watch
    from rewatch.watch.work import Stopped

    try:
        done = watch(film, open_library(library_folder), title=truth.title, progress=bar(Messages()))
    except Stopped as error:
        err.print(f"rewatch: {error}", markup=False)
        sys.exit(130)
    sheet = folder / "demo.png"
    draw_sheet(done.edition, sheet)
    show(done.edition)
    err.print(f"its score sheet: {sheet}", markup=False)
