"""``rewatch shots``: a film's shots, one a line; the least sure boundaries, and corrections by hand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rewatch.cli.common import find_film, json_option, library_option, messages, open_library, print_table, write_json
from rewatch.clock import timecode
from rewatch.errors import CorrectionError, FilmError, NotMeasured

if TYPE_CHECKING:
    from rewatch.library.edition import Edition

Frames = tuple[int, ...]

_MANY, _AROUND = 40, 3
"""Shots from which on a film's are not all listed after a correction, and how many on either side of it are."""


@click.command("shots")
@click.argument("film")
@click.option("--sheet", type=click.Path(path_type=Path), metavar="FILE", help="A contact sheet: one still a shot.")
@click.option("--review", is_flag=True, help="The least sure boundaries instead, with a strip of frames each.")
@click.option("--most", type=click.IntRange(1, 500), default=20, show_default=True, help="Of them with --review.")
@click.option("--cut", "cuts", type=int, multiple=True, metavar="F", help="Correct: a shot begins with frame F.")
@click.option("--not", "nots", type=int, multiple=True, metavar="F", help="Correct: no shot begins at frame F.")
@click.option("--take-back", "taken", type=int, multiple=True, metavar="F", help="Drop the correction at frame F.")
@click.option("--undo", is_flag=True, help="Take back the last corrections.")
@library_option
@json_option
def command(
    film: str,
    sheet: Path | None,
    review: bool,
    most: int,
    cuts: Frames,
    nots: Frames,
    taken: Frames,
    undo: bool,
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """List a film's shots: frames, times, lengths, and how each begins.

    Frames are numbered from 0 in the order they are shown; shots meet at the middle of a gradual transition. A film
    that is known only by a list of its shots has no frames.

    --review lists the boundaries that are least sure, those that count and those that nearly did, and draws the frames
    around each (into FILE with --sheet). --cut and --not correct them by hand. Corrections are kept in the notebook,
    apart from what is measured; every later watch finds them, and the score, the minutes and all else follow at once.

    \b
    Example:
      rewatch shots heat
      rewatch shots heat --json | jq '.shots | length'
      rewatch shots heat --sheet heat.jpg
      rewatch shots heat --review --sheet doubts.jpg
      rewatch shots heat --not 2401 --cut 2869
      rewatch shots heat --undo
    """
    if review and (cuts or nots or taken or undo):
        raise click.UsageError("--review goes by itself; correct with --cut and --not after it")
    if undo and (cuts or nots or taken):
        raise click.UsageError("--undo goes by itself")
    edition = find_film(library_folder, film)
    shots, times = edition.spans("shots"), edition.times
    if times is None and (shots.clock.counts_frames or not len(shots)):
        raise NotMeasured(f"{edition.name} has no picture, so no shots")
    if review:
        _review(edition, most, sheet, as_json)
        return
    changed = None
    if cuts or nots or taken or undo:
        before = shots.begin.tolist()
        edition = _correct(edition, library_folder, cuts, nots, taken, undo)
        changed = sorted({*before} ^ {*edition.spans("shots").begin.tolist()})
    if sheet is not None:
        draw(edition, sheet)
        if not as_json:
            return
    _list(edition, as_json, changed)


def _list(edition: Edition, as_json: bool, changed: Sequence[int] | None) -> None:
    """All shots; as text, after a correction of a film of many, those around the frames at which it `changed`."""
    from rewatch.structure.shots import shots_json
    from rewatch.study.review import said

    shots, times = edition.spans("shots"), edition.times
    rate = edition.facts.picture.rate if edition.facts.picture else None
    rows, by_hand = shots_json(shots, times), said(edition)
    if as_json:
        write_json(
            {
                "film": edition.name,
                "edition": edition.id,
                "frames": None if times is None else len(times),
                "frame_rate": None if rate is None else f"{rate.numerator}/{rate.denominator}",
                "glanced": edition.provisional or None,
                "shots": rows,
                "corrections": by_hand,
            }
        )
        return
    columns = [
        ("shot", "right"),
        ("from", "right"),
        ("to", "right"),
        ("length", "right"),
        *([] if times is None else [("frames", "right")]),
        ("begins with", "left"),
    ]
    table = []
    shown = rows
    if changed is not None and len(rows) > _MANY:
        at = [bisect_right(shots.begin.tolist(), frame) for frame in changed]
        shown = [row for row in rows if any(-_AROUND <= row["index"] - here <= _AROUND for here in at)]
    for row in shown:
        how = row["transition"]
        kind = how["kind"].replace("_", " ") if how else ""
        if how and how["first_frame"] is not None and how["first_frame"] != how["last_frame"]:
            kind += f" ({how['first_frame']}-{how['last_frame']})"
        kind += ", by hand" if row["by_hand"] else ""
        length = f"{row['end'] - row['start']:.2f} s"
        frames = [] if times is None else [f"{row['first_frame']}-{row['last_frame']}"]
        table.append((str(row["index"]), timecode(row["start"], 2), timecode(row["end"], 2), length, *frames, kind))
    count = f"{len(rows)} shot{'' if len(rows) == 1 else 's'}"
    print_table(columns, table, f"{edition.name}: {count}{', glanced at' if edition.provisional else ''}")
    if len(shown) < len(rows):
        click.echo(f"those around what changed; rewatch shots {edition.id[:8]} lists all")
    gone = [str(one["frame"]) for one in by_hand if one["kind"] == "not"]
    if gone:
        click.echo(f"taken out by hand: what was found at frame {', '.join(gone)}")


def _review(edition: Edition, most: int, sheet: Path | None, as_json: bool) -> None:
    from rewatch.exports.review_strips import draw_review_strips
    from rewatch.study.review import least_sure

    doubts, times = least_sure(edition, most), edition.times
    if times is None:
        raise NotMeasured(f"{edition.name} is known by a list: no boundary of it was measured")
    strips: list[Path] = []
    if doubts:
        try:
            strips = draw_review_strips(edition, doubts, sheet or edition.folder / "review.jpg")
        except FilmError as error:
            messages().print(f"rewatch: {error}", markup=False)
    seconds = [float(times.seconds(d.frame)) for d in doubts]
    if as_json:
        rows: list[dict[str, Any]] = [
            {
                "frame": d.frame,
                "time": round(second, 6),
                "kind": d.kind,
                "first_frame": d.first,
                "last_frame": d.last,
                "sure": round(d.sure, 4),
                "counts": d.counts,
                "correct_with": d.correction,
            }
            for d, second in zip(doubts, seconds, strict=True)
        ]
        write_json(
            {
                "film": edition.name,
                "edition": edition.id,
                "glanced": edition.provisional or None,
                "boundaries": rows,
                "strips": [str(p) for p in strips],
            }
        )
        return
    columns = [("frame", "right"), ("at", "right"), ("sure", "right"), ("is", "left"), ("if that is wrong", "left")]
    table = []
    for d, second in zip(doubts, seconds, strict=True):
        extent = "" if d.first == d.last else f" ({d.first}-{d.last})"
        kind = d.kind.replace("_", " ")
        what = f"{kind}{extent}" if d.counts else f"no boundary; nearly a {kind}{extent}"
        table.append((str(d.frame), timecode(second, 2), f"{d.sure:.1%}", what, d.correction))
    if not table:
        click.echo(f"{edition.name}: no boundary is in doubt")
        return
    print_table(columns, table, f"{edition.name}: the {len(doubts)} least sure boundaries")
    if strips:
        messages().print(f"strips → {', '.join(map(str, strips))}", markup=False)


def _correct(
    edition: Edition, library_folder: Path | None, cuts: Frames, nots: Frames, taken: Frames, undo: bool
) -> Edition:
    """Enter corrections, and let all that rests on the shots follow; the edition as it is then."""
    import filelock

    from rewatch.library.corrections import Correction, correct, take_back
    from rewatch.library.corrections import undo as undo_last
    from rewatch.library.notebook import Notebook
    from rewatch.watch.corrected import check, follow

    library = open_library(library_folder)
    notebook = Notebook(library.folder)
    if undo:
        if not undo_last(notebook, edition):
            raise CorrectionError(f"{edition.name} has no correction that could be taken back")
    else:
        made = [*(Correction(f, "not") for f in nots), *(Correction(f, "cut") for f in cuts)]
        check(edition, made)
        if taken and len(take_back(notebook, edition, taken)) < len(set(taken)):
            messages().print("rewatch: not at all of these frames was there a correction", markup=False)
        if made:
            correct(notebook, edition, made)
    try:
        with edition.locked(timeout=0):
            edition.reload()
            in_line = follow(library, edition) is not None
    except filelock.Timeout:
        in_line = False
    if not in_line:
        messages().print("rewatch: kept; the film's next watch, or the one that is running, takes it in", markup=False)
    edition.reload()
    return edition


def draw(edition: Edition, sheet: Path, begin: float = 0.0, end: float | None = None) -> None:
    """Draw the contact sheet of a stretch of a film, and say where it is."""
    from rewatch.exports.contact import draw_contact_sheet

    written = draw_contact_sheet(edition, sheet, begin, end)
    messages().print(f"{edition.name} → {', '.join(map(str, written))}", markup=False, soft_wrap=True)
