"""``rewatch explain``: how a figure was measured."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from rewatch.cli.common import (
    console,
    find_film,
    json_option,
    library_option,
    print_hanging,
    print_table,
    write_json,
)


@click.command("explain")
@click.argument("film")
@click.argument("figure", required=False)
@library_option
@json_option
def command(film: str, figure: str | None, library_folder: Path | None, as_json: bool) -> None:
    """Show how FIGURE was measured: formula, source, settings, and the tracks, frames and samples behind it.

    Without FIGURE, list all that can be explained.

    \b
    Example:
      rewatch explain heat asl
      rewatch explain heat
    """
    from rewatch.study.explain import explain, known_figures
    from rewatch.watch.glance_stream import HOW, SOURCE

    edition = find_film(library_folder, film)
    if figure is None:
        figures = known_figures()
        if as_json:
            write_json({"figures": [asdict(f) for f in figures.values()]})
            return
        rows = [(f.name, f"{f.title}, {f.unit}" if f.unit else f.title, f.good_for) for f in figures.values()]
        print_table([("figure", "left"), ("is", "left"), ("good for", "left")], rows)
        return
    found = explain(edition, figure)
    if as_json:
        answer = {
            "film": edition.name,
            "edition": edition.id,
            "figure": asdict(found.figure),
            "value": found.value,
            "why": found.why or None,
            "evidence": found.evidence,
            "glanced": edition.provisional or None,
            "steps": [asdict(s) for s in found.steps],
        }
        write_json(answer)
        return
    from rich.text import Text

    out, f = console(), found.figure
    value = "" if found.value is None else f" = {found.value:.6g} {f.unit}".rstrip()
    out.print(Text.assemble((f.title, "bold"), (value, "bold cyan"), f"   {edition.name}"))
    if found.why:
        out.print(Text(f"  {found.why}", "yellow"))
    for label, text in (
        ("formula", f.formula),
        ("source", f.source),
        ("good for", f.good_for),
        ("can't tell", f.cannot_tell),
    ):
        if text:
            print_hanging(Text.assemble((f"  {label:<11}", "dim"), text), 13)
    for line in found.evidence:
        print_hanging(Text.assemble(("  measured on", "dim"), f" {line}"), 14)
    for step in found.steps:
        made = step.made_by
        told = {k: v for k, v in made["settings"].items() if v not in (None, [], "") and k not in (HOW, SOURCE)}
        settings = ", ".join(f"{k} {v}" for k, v in told.items())
        read_from = [*step.needs, *([made["settings"][SOURCE]] if SOURCE in made["settings"] else [])]
        print_hanging(
            Text.assemble(
                (f"  {step.track:<17}", "cyan"),
                f"{step.size}",
                (f"  {made['analyser']} {made['version']}{f' ({settings})' if settings else ''}", "dim"),
                (f"  from {', '.join(read_from)}" if read_from else "", "dim"),
            ),
            19,
        )
