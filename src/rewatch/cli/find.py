"""``rewatch find``: from a still, a sound, a line, a look or another moment to the second."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rewatch.cli.common import console, find_film, json_option, library_option, messages, open_library, write_json
from rewatch.clock import parse_time, timecode
from rewatch.errors import FilmError, FilmUnknown, LibraryError, NotMeasured

if TYPE_CHECKING:
    from rich.text import Text

    from rewatch.find.match import Match
    from rewatch.library.library import Library

_SURE = ((0.95, "certain"), (0.8, "sure"), (0.6, "likely"), (0.4, "perhaps"), (0.0, "a guess"))
_ALIKE = ((0.99, "very alike"), (0.95, "alike"), (0.0, "a little alike"))
_DEGREE = ((0.95, "wholly"), (0.75, "very"), (0.5, "rather"), (0.0, "a little"))
_WORDS = {"like": _ALIKE, "look": _DEGREE}


@click.command("find")
@click.argument("films", nargs=-1, metavar="[FILM]...")
@click.option(
    "--still", type=click.Path(path_type=Path), metavar="IMAGE", help="A picture: a screenshot, a photograph."
)
@click.option("--sound", type=click.Path(path_type=Path), metavar="CLIP", help="A piece of sound, some seconds long.")
@click.option("--quote", metavar="TEXT", help="What is said, as you remember it.")
@click.option("--look", metavar="WORDS", help="What it looks and sounds like: 'dark and quiet' (docs/look.md).")
@click.option("--like", metavar="FILM@TIME", help="Another moment: heat@43:10.")
@click.option(
    "--by",
    type=click.Choice(["all", "picture", "sound", "rhythm"]),
    default="all",
    show_default=True,
    help="What --like goes by.",
)
@click.option("--who", metavar="SPEAKER", default="", help="Who says it; goes with --quote.")
@click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many at most.")
@click.option("--stills", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Save their pictures.")
@library_option
@json_option
def command(
    films: tuple[str, ...],
    still: Path | None,
    sound: Path | None,
    quote: str | None,
    look: str | None,
    like: str | None,
    by: str,
    who: str,
    top: int,
    stills: Path | None,
    library_folder: Path | None,
    as_json: bool,
) -> None:
    """Find the moment: in one film, in several, or in the whole library.

    What you give is what you remember; of several things all must hold. Where nothing is found, nothing is answered.

    \b
    Example:
      rewatch find --still screenshot.png
      rewatch find --sound recorded.wav --stills found/
      rewatch find --quote "burn little light please"
      rewatch find heat --look "night and quiet, not still"
      rewatch find --like heat@43:10 --by picture
      rewatch find --quote "the lamp" --look dark
    """
    asked = {"still": still, "sound": sound, "quote": quote, "look": look, "like": like}
    given = {kind: value for kind, value in asked.items() if value is not None}
    if not given:
        raise click.UsageError("Say what you remember: --still, --sound, --quote, --look or --like.")
    if who and quote is None:
        raise click.UsageError("--who goes with --quote.")
    if by != "all" and like is None:
        raise click.UsageError("--by goes with --like.")
    library = open_library(library_folder)
    if not library.entries():
        raise FilmUnknown(f"the library at {library.folder} is empty; rewatch watch FILE fills it")
    editions = list(dict.fromkeys(find_film(library_folder, film).id for film in films)) or None
    notes: list[str] = []
    from rewatch.find.ask import ask

    moment = None if like is None else _moment(library_folder, like)
    matches = ask(
        library, editions, still=still, sound=sound, quote=quote, look=look, like=moment, by=by, who=who, top=top,
        notes=notes,
    )  # fmt: skip
    for note in dict.fromkeys(notes):
        messages().print(f"rewatch: {note}", markup=False)
    saved = _save(library, matches, stills) if stills is not None else {}
    if as_json:
        write_json(
            {"matches": [m.as_json() | ({"still": saved[i]} if i in saved else {}) for i, m in enumerate(matches)]}
        )
    else:
        _show(library, matches, given, saved, len(editions) if editions else len(library.entries()))


def _moment(folder: Path | None, text: str) -> tuple[str, float]:
    """FILM@TIME -> id, seconds."""
    film, at, time = text.rpartition("@")
    if not at or not film:
        raise click.BadParameter("write it as FILM@TIME: heat@43:10", param_hint="--like")
    try:
        seconds = float(parse_time(time))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--like") from None
    return find_film(folder, film).id, seconds


# -- the pictures ---------------------------------------------------------------------------------------------------


def _save(library: Library, matches: list[Match], folder: Path) -> dict[int, str]:
    """Write the picture of each match: from the film's file, else the kept still of its shot. Number -> path."""
    from rewatch.exports.moment_still import moment_still

    if not matches:
        return {}
    saved: dict[int, str] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for i, match in enumerate(matches):
        try:
            picture = moment_still(library.edition(match.edition), match.time, match.frame)
        except (FilmError, LibraryError, NotMeasured) as error:
            messages().print(f"rewatch: no picture of number {i + 1}: {error}", markup=False)
            continue
        name = re.sub(r"[^\w()-]+", "_", match.film).strip("_")[:60] or match.edition[:8]
        path = folder / f"{i + 1:02d}_{name}_{timecode(match.time, 1).replace(':', '.')}.jpg"
        picture.save(path, quality=92)
        saved[i] = str(path)
    return saved


# -- for a person ---------------------------------------------------------------------------------------------------


def _show(library: Library, matches: list[Match], given: dict[str, Any], saved: dict[int, str], films: int) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = console()
    if not matches:
        where = "this film" if films == 1 else f"any of {films} films"
        out.print(f"Nothing found: {_wanting(given)} in {where}.", markup=False)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("film", "time", "shot", "how sure" if not set(given) <= {"look", "like"} else "how much", "found"):
        text = heading in ("film", "found")
        table.add_column(
            heading,
            justify="right" if heading in ("time", "shot") else "left",
            no_wrap=not text,
            overflow="fold",
            min_width=16 if text and out.width >= 80 else None,
        )
    for match in matches:
        about = _about(match, bool(out.color_system))
        table.add_row(
            Text(match.film, style="bold"),
            Text(_clock(match.time), style="cyan"),
            str(_shot(library, match) or ""),
            Text.assemble(f"{_in_words(match)} ", (f"{match.score:.2f}", "dim")),
            about,
        )
    out.print(table)
    if saved:
        count = len(saved)
        folder = Path(next(iter(saved.values()))).parent
        out.print(f"{count} picture{'s' * (count > 1)} in {folder}", markup=False)


def _clock(seconds: float) -> str:
    """Hours, minutes, seconds: 0:43:10."""
    text = timecode(seconds)
    return text if text.count(":") == 2 else f"0:{text:0>5}"


def _wanting(given: dict[str, Any]) -> str:
    if len(given) > 1:
        return f"no moment answers to {' and '.join(given)} together"
    return {
        "still": "no picture like this one",
        "sound": "nothing sounds like this",
        "quote": "nobody says anything like this",
        "look": "no moment looks like this",
        "like": "no other moment is like this one",
    }[next(iter(given))]


def _in_words(match: Match) -> str:
    if match.evidence == "quote" and match.details.get("said", 0) > 0.9 and match.details.get("places", 1) > 1:
        # It is said there for certain; which of the places is meant nobody can tell.
        return f"one of {match.details['places']}"
    scale = _WORDS.get(match.evidence, _SURE)
    return next(word for least, word in scale if match.score >= least)


def _shot(library: Library, match: Match) -> int | None:
    """Number of the shot, from 1."""
    if isinstance(known := match.details.get("shot"), int):
        return known
    from rewatch.structure.evenly import shot_seconds

    begin, _ = shot_seconds(library.edition(match.edition).tracks)
    # The middle of a line that begins just before a cut lies after it.
    found = int((begin <= match.time + 1e-6).sum())
    return found or None


def _about(match: Match, colours: bool) -> Text:
    from rich.text import Text

    quote = match.details if match.evidence == "quote" else match.details.get("quote")
    if not isinstance(quote, dict):
        quote = dict(quote) if quote else {}
    if "text" not in quote:
        return Text(match.about or _where(match))
    text = _line(quote["text"], quote.get("found", []), colours)
    if quote.get("speaker"):
        text = Text.assemble((f"{quote['speaker']}: ", "dim"), text)
    rest = match.about.split("; ", 1)[1:] if "+" in match.evidence else []
    for part in rest:
        text.append(f"\n{part}", style="dim")
    return text


def _where(match: Match) -> str:
    """What can be said of a match that says nothing of itself."""
    if match.end is not None and match.end - match.time >= 1:
        return f"to {_clock(match.end)}"
    return "" if match.frame is None else f"frame {match.frame}"


def _line(line: str, found: list[list[int]], colours: bool) -> Text:
    """A line with the words marked that were found: by weight on a terminal, by stars in plain text."""
    from rich.text import Text

    runs: list[list[int]] = []
    for begin, end in found:
        # What lies between two words found is marked with them.
        if runs and not re.search(r"\w", line[runs[-1][1] : begin]):
            runs[-1][1] = end
        else:
            runs.append([begin, end])
    text, at = Text(), 0
    for begin, end in runs:
        text.append(line[at:begin])
        text.append(line[begin:end] if colours else f"*{line[begin:end]}*", style="bold green")
        at = end
    text.append(line[at:])
    return Text(" / ").join(text.split("\n"))
