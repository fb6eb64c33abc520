"""``rewatch carry``: notes, lines, scenes, minutes and timecodes of one edition, at their places in another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rewatch.cli.common import (
    console,
    find_film,
    find_or_watch,
    json_option,
    library_option,
    messages,
    open_library,
    print_table,
    write_json,
)
from rewatch.clock import parse_time, timecode
from rewatch.errors import RewatchError

if TYPE_CHECKING:
    from rewatch.compare.carry import Carried
    from rewatch.compare.segments import Alignment
    from rewatch.library.notes import Note
    from rewatch.study.anchors import Found

_TRACKS = ("lines", "scenes", "minutes")


@click.command("carry")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--at", "times", multiple=True, metavar="TIME", help="Where is this moment of A in B? May be repeated.")
@click.option("--dry-run", is_flag=True, help="Tell it, but copy no notes.")
@library_option
@json_option
def command(a: str, b: str, times: tuple[str, ...], dry_run: bool, library_folder: Path | None, as_json: bool) -> None:
    """Carry what is known of edition A over to edition B: its notes are copied there, each to its moment.

    Each says whether its moment still exists in B; a note whose moment does not is copied to where it would have been,
    with the tag "gone". Lines, scenes and minutes of A are told at their times in B. Notes that were carried before are
    passed by; `rewatch notes --undo` takes all of it back.

    \b
    Example:
      rewatch carry heat-tv heat-restored
      rewatch carry heat-tv heat-restored --at 43:10 --at 1:02:03
      rewatch carry heat-tv heat-restored --json | jq '.lines[] | select(.exists | not)'
    """
    from rewatch.compare.carry import stretches_of
    from rewatch.compare.editions import compare
    from rewatch.study.notes import Notes

    try:
        asked = [float(parse_time(text)) for text in times]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from None
    film_a, film_b = find_film(library_folder, a), find_or_watch(library_folder, b)
    if film_a.id == film_b.id:
        raise RewatchError(f"{film_a.name} [{film_a.id[:8]}] is one edition: name two by their ids (rewatch films)")
    say = messages()
    found = compare(film_a, film_b)
    for note in found.notes:
        say.print(f"rewatch: {note}", markup=False)
    if not found.related:
        raise RewatchError(f"{film_a.name} and {film_b.name} have nothing in common: nothing can be carried")
    for second in asked:
        if second > film_a.duration:
            raise click.BadParameter(f"{film_a.name} is {timecode(film_a.duration)} long", param_hint="--at")
    notes = Notes(open_library(library_folder))
    copied = notes.carry(film_a.id, film_b, lambda note: _place(found, note), write=not dry_run)
    tracks = {track: stretches_of(found, film_a, track) for track in _TRACKS}
    if as_json:
        write_json(
            {
                "a": {"edition": found.a, "film": found.names[0]},
                "b": {"edition": found.b, "film": found.names[1]},
                "summary": found.summary(),
                "notes": [
                    {
                        "id": note.id,
                        "of": note.beside,
                        "text": note.text,
                        "a": {"start": notes.get(note.beside).begin, "end": notes.get(note.beside).end},
                        "b": {"start": note.begin, "end": note.end},
                        "exists": "gone" not in note.tags,
                        "how": how,
                    }
                    for note, how in copied
                ],
                "times": [_time(found, second) for second in asked],
                **{track: [row.as_json() for row in rows] for track, rows in tracks.items()},
            }
        )
        return
    out = console()
    out.print(found.summary(), markup=False, style="bold")
    if copied:
        rows = [
            (timecode(notes.get(n.beside).begin, 1), timecode(n.begin, 1), how, n.text.splitlines()[0][:60])
            for n, how in copied
        ]
        print_table([("A", "right"), ("B", "right"), ("", "left"), ("note", "left")], rows)
    for second in asked:
        told = _time(found, second)
        there = "" if told["exists"] else f"  not in B ({told['kind']}): there it would be"
        out.print(f"{timecode(second, 2)} of A{there} → {timecode(float(str(told['b'])), 2)} of B", markup=False)
    for track, carried_rows in tracks.items():
        if carried_rows:
            out.print(_told(track, carried_rows), markup=False)
    count = len(copied)
    if not dry_run:
        say.print(f"{count} note{'' if count == 1 else 's'} carried to {film_b.name}", markup=False)


def _place(found: Alignment, note: Note) -> Found:
    """Where a note's moment is in B."""
    from rewatch.compare.carry import carried
    from rewatch.study.anchors import Found

    if note.end is None or note.end <= note.begin:
        place = found.to_b(note.begin)
        how = "its moment is there" if place.there else f"its moment is not there: {place.kind}"
        end = None if note.end is None else round(place.seconds, 6)
        return Found(round(place.seconds, 6), end, float(place.there), how)
    stretch = carried(found, "", note.begin, note.end)
    if not stretch.exists:
        kind = found.to_b(note.begin).kind
        return Found(round(stretch.at, 6), round(stretch.at, 6), 0.0, f"its moment is not there: {kind}")
    # A span that fell apart is noted where most of it is.
    begin, end = max(stretch.parts, key=lambda part: part[1] - part[0])
    how = "its moment is there" if stretch.whole else f"{stretch.share * 100:.0f} % of its moment is there"
    return Found(round(begin, 6), round(end, 6), stretch.share, how)


def _time(found: Alignment, second: float) -> dict[str, object]:
    place = found.to_b(second)
    return {
        "a": second, "b": round(place.seconds, 6), "frame": place.frame, "exists": place.there, "kind": place.kind
    }  # fmt: skip


def _told(track: str, rows: list[Carried]) -> str:
    """One line: "lines: 16, of which 13 are whole, 1 in part, 2 gone"."""
    whole = sum(row.whole for row in rows)
    part = sum(row.exists and not row.whole for row in rows)
    parts = [f"{whole} whole", f"{part} in part" if part else "", f"{len(rows) - whole - part} not in B"]
    return f"{track}: {len(rows)}, of which {', '.join(text for text in parts if text)}"
