"""``rewatch notes``: list, search, edit, copy and carry notes."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rewatch.cli.common import (
    find_film,
    json_option,
    library_option,
    messages,
    open_library,
    print_table,
    write_json,
)
from rewatch.clock import timecode
from rewatch.errors import NotSaved, RewatchError

if TYPE_CHECKING:
    from rewatch.library.edition import Edition
    from rewatch.study.notes import Notes


def put_somewhere(error: NotSaved) -> None:
    """Put a text that could not be saved where it can be found, and say so in the error's line."""
    for folder in (Path.cwd(), Path.home(), Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            handle, name = tempfile.mkstemp(".md", "rewatch-note-", folder)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                file.write(error.text)
                file.flush()
                os.fsync(file.fileno())
            error.args = (f"the note was not saved ({error}); its text is in {name}",)
            return
    error.args = (f"the note was not saved ({error}), nor its text anywhere; it was: {error.text}",)


@click.command("notes")
@click.argument("film", required=False)
@click.option("--search", metavar="TEXT", default="", help="Those with these words; best first.")
@click.option("--tag", metavar="T", default="", help="Those with this tag.")
@click.option("--tags", "list_tags", is_flag=True, help="All tags in use.")
@click.option("--edit", nargs=2, metavar="ID TEXT", help="Give a note another text.")
@click.option("--delete", metavar="ID", help="Delete a note.")
@click.option("--undo", is_flag=True, help="Take back the last change.")
@click.option("--carry", metavar="OLD", help="Copy the notes of edition OLD to FILM, another transfer of it.")
@click.option("--backup", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Copy the notebook.")
@click.option("--export", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the notes.")
@click.option("--as", "form", type=click.Choice(["json", "webannotation"]), default="json", help="How --export writes.")
@click.option("--import", "take_in", type=click.Path(path_type=Path), metavar="FILE", help="Take notes in.")
@library_option
@json_option
def command(
    film: str | None,
    search: str,
    tag: str,
    list_tags: bool,
    edit: tuple[str, str] | None,
    delete: str | None,
    undo: bool,
    carry: str | None,
    backup: Path | None,
    export: Path | None,
    form: str,
    take_in: Path | None,
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """List the notes of a film, or all; search, edit and delete them, take them out and in.

    What is deleted or edited can be undone, one change after the other. --export writes JSON, or W3C Web Annotations
    (--as webannotation); --import reads both, and what --backup wrote.

    \b
    Example:
      rewatch notes heat
      rewatch notes --search "mirror keys"
      rewatch notes --edit 3f2a "He does take the keys."
      rewatch notes --undo
      rewatch notes --backup notes.sqlite
    """
    from rewatch.study.notes import Notes

    notes = Notes(open_library(library_folder))
    edition = None if film is None else find_film(library_folder, film)
    done = [bool(edit), delete is not None, undo, carry is not None, backup is not None, export is not None]
    if sum([*done, take_in is not None, list_tags]) > 1:
        raise click.UsageError("one of --edit, --delete, --undo, --carry, --backup, --export, --import at a time")
    if edit:
        try:
            changed = notes.change(edit[0], text=edit[1])
        except NotSaved as error:
            put_somewhere(error)
            raise
        _say(f"{changed.note.id[:8]} changed", changed.note.as_json(), as_json)
    elif delete is not None:
        gone = notes.delete(delete)
        _say(f"{gone.id[:8]} deleted; rewatch notes --undo brings it back", gone.as_json(), as_json)
    elif undo:
        acts = notes.undo()
        told = ", ".join(f"{act.id[:8]} was {act.kind}" for act in acts[:6]) + (", ..." if len(acts) > 6 else "")
        answer = [{"id": act.id, "kind": act.kind} for act in acts]
        _say(f"taken back: {told}" if acts else "there is nothing to take back", answer, as_json)
    elif carry is not None:
        if edition is None:
            raise click.UsageError("which film are they carried to? rewatch notes FILM --carry OLD")
        _carry(notes, find_film(library_folder, carry), edition, as_json)
    elif backup is not None:
        notes.backup(backup)
        _say(f"the notebook → {backup}", {"backup": str(backup)}, as_json)
    elif take_in is not None and _is_copy(take_in):
        from rewatch.study.viewings import bring_back

        back, seen = bring_back(notes.library, take_in)
        _say(f"{back} notes and {seen} viewings brought back", {"notes": back, "viewings": seen}, as_json)
    elif take_in is not None:
        from rewatch.exports.as_webannotation import read_notes

        new, newer, beside = notes.take_in(read_notes(take_in, edition, open_library(library_folder)))
        answer_of = {"new": new, "changed": newer, "beside": beside}
        _say(f"{new} new, {newer} brought up to date, {beside} beside one of another text", answer_of, as_json)
    elif export is not None:
        _export(notes, edition, search, tag, export, form, as_json)
    elif list_tags:
        counts = notes.tags()
        if as_json:
            write_json(counts)
        else:
            print_table([("tag", "left"), ("notes", "right")], [(t, str(n)) for t, n in counts.items()])
    else:
        _list(notes, edition, search, tag, as_json)


def _is_copy(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(15) == b"SQLite format 3"


def _say(line: str, answer: object, as_json: bool) -> None:
    if as_json:
        write_json(answer)
    else:
        click.echo(line)


def _list(notes: Notes, edition: Edition | None, search: str, tag: str, as_json: bool) -> None:
    found = notes.find(None if edition is None else edition.id, search=search, tag=tag)
    if as_json:
        write_json([note.as_json() for note in found])
        return
    if not found:
        messages().print("no notes" + (f" with {search or tag!r}" if search or tag else ""), markup=False)
        return
    rows = []
    for note in found:
        where = timecode(note.begin, 1) + ("" if note.end is None else f" to {timecode(note.end, 1)}")
        what = note.text + (" [region]" if note.region else "") + "".join(f" #{t.replace(' ', '_')}" for t in note.tags)
        rows.append(([] if edition else [note.film]) + [where, what, note.id[:8]])
    heads = [("time", "right"), ("note", "left"), ("id", "left")]
    print_table(heads if edition else [("film", "left"), *heads], rows)


def _carry(notes: Notes, old: Edition, edition: Edition, as_json: bool) -> None:
    if old.id == edition.id:
        raise RewatchError(f"{edition.name} [{edition.id[:8]}] is one edition: name two by their ids (rewatch films)")
    carried = notes.carry(old.id, edition)
    if as_json:
        write_json([{"note": note.as_json(), "how": how} for note, how in carried])
        return
    for note, how in carried:
        click.echo(f"{timecode(note.begin, 1)}  {how}: {note.text.splitlines()[0][:60]}")
    messages().print(f"{len(carried)} carried to {edition.name} [{edition.id[:8]}]", markup=False)


def _export(notes: Notes, edition: Edition | None, search: str, tag: str, path: Path, form: str, as_json: bool) -> None:
    from rewatch.exports.as_webannotation import notes_json, web_annotations
    from rewatch.exports.whole import whole

    found = notes.find(None if edition is None else edition.id, search=search, tag=tag)
    text = notes_json(found) if form == "json" else web_annotations(found, notes.library)
    with whole(path) as part:
        part.write_text(text, "utf-8")
    _say(
        f"{len(found)} note{'' if len(found) == 1 else 's'} → {path}", {"notes": len(found), "file": str(path)}, as_json
    )
