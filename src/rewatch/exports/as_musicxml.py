"""A film's cuts as MusicXML 4.0 (W3C), score-partwise: to be opened, read and played in notation programs.

One part, "Cuts", on a treble staff in 4/4. `playing` says which note a shot is and how the bars lie on the film's
clock; the score lasts as long as the film. Here the rhythm is drawn to the grid of `GRID` (sixteenths): a shot begins
on the line of it that is nearest, so nothing drifts, however long the film. Where several shots begin on one line the
last of them is the note and those before it are grace notes. Long shots are tied over bar lines; where the list of a
film has a gap there is a rest.

    above   tempo in words with its metronome mark, movements (else scenes) by name with a double bar, the number of
            each minute of the film as a rehearsal mark: 43 stands where minute 43 begins
    below   dynamics ppp ... fff, hairpins, sfz where the sound attacks; of several marks within one sign the last
    notes   staccato dots and accents as the score has them; a slur into a shot that begins with a dissolve or a wipe
"""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from rewatch import __version__
from rewatch.exports.playing import BEATS, Bars, Note, Playing, bars, cuts, plain, sections
from rewatch.exports.playing_told import adjusted
from rewatch.exports.study_view import Study, events, seconds_between, spans

GRID = 4
"""Divisions of a quarter."""
BAR = GRID * BEATS

_VALUES = {16: ("whole", 0), 12: ("half", 1), 8: ("half", 0), 6: ("quarter", 1), 4: ("quarter", 0), 3: ("eighth", 1),
           2: ("eighth", 0), 1: ("16th", 0)}  # fmt: skip
_LETTERS = (("C", 0), ("C", 1), ("D", 0), ("E", -1), ("E", 0), ("F", 0), ("F", 1), ("G", 0), ("A", -1), ("A", 0),
            ("B", -1), ("B", 0))  # fmt: skip
_SLURRED = ("dissolve", "wipe")
_MARKS = ("ppp", "pp", "p", "mp", "mf", "f", "ff", "fff")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-partwise PUBLIC '
    '"-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">\n'
)


@dataclass(slots=True)
class _Cell:
    """What begins on one line of the grid and lasts until `end`: a note with grace notes before it, or a rest."""

    begin: int
    end: int
    note: Note | None
    graces: list[Note] = field(default_factory=list)
    slurs: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a cell that one sign can stand for: `length` divisions from `at` of its bar on."""

    cell: _Cell
    at: int
    length: int
    first: bool
    last: bool


def musicxml(study: Study, playing: Playing | None = None, told: Sequence[str] = ()) -> str:
    """The film's cuts as a MusicXML document; told: settings as typed (`playing_told.adjusted`).

    ExportError for a film without shots, or of no length.
    """
    chosen: Playing = adjusted(playing or Playing(), told)
    played = cuts(study, chosen)
    laid = bars(study, chosen)
    cells = _slurred(list(_cells(played, laid)))
    pieces: dict[int, list[_Piece]] = defaultdict(list)
    for cell in cells:
        for bar, piece in _pieces(cell):
            pieces[bar].append(piece)
    said = _directions(study, laid)
    doubled = {int(laid.beat(at)) // BEATS for at, _ in sections(study)} - {0}
    score = _front(plain(study.title) or "Untitled", study.year)
    part = ET.SubElement(score, "part", id="P1")
    for number in range(laid.count):
        measure = ET.SubElement(part, "measure", number=str(number + 1))
        if number == 0:
            _attributes(measure)
        if number in doubled:
            _barline(measure, "left", "light-light")
        _measure(measure, pieces[number], said.get(number, []))
        if number == laid.count - 1:
            _barline(measure, "right", "light-heavy")
    ET.indent(score, " ")
    return _HEAD + ET.tostring(score, encoding="unicode") + "\n"


def _add(parent: ET.Element, tag: str, text: str | int = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, {k.rstrip("_").replace("_", "-"): v for k, v in attributes.items()})
    if text != "":
        element.text = str(text)
    return element


def _front(title: str, year: int | None) -> ET.Element:
    score = ET.Element("score-partwise", version="4.0")
    _add(_add(score, "work"), "work-title", f"{title} ({year})" if year else title)
    _add(_add(_add(score, "identification"), "encoding"), "software", f"rewatch {__version__}")
    part = _add(_add(score, "part-list"), "score-part", id="P1")
    _add(part, "part-name", "Cuts")
    _add(_add(part, "score-instrument", id="P1-I1"), "instrument-name", "Strings")
    instrument = _add(part, "midi-instrument", id="P1-I1")
    _add(instrument, "midi-channel", 1)
    _add(instrument, "midi-program", 49)
    return score


def _attributes(measure: ET.Element) -> None:
    attributes = _add(measure, "attributes")
    _add(attributes, "divisions", GRID)
    key = _add(attributes, "key")
    _add(key, "fifths", 0)
    time = _add(attributes, "time")
    _add(time, "beats", BEATS)
    _add(time, "beat-type", 4)
    clef = _add(attributes, "clef")
    _add(clef, "sign", "G")
    _add(clef, "line", 2)


def _barline(measure: ET.Element, where: str, style: str) -> None:
    _add(_add(measure, "barline", location=where), "bar-style", style)


# -- rhythm ---------------------------------------------------------------------------------------------------------


def _cells(played: list[Note], laid: Bars) -> Iterator[_Cell]:
    """Notes on the grid, and rests where there are none; they tile the film."""
    total = laid.count * BAR
    begin = np.minimum(np.rint(laid.beat([n.begin for n in played]) * GRID).astype(int), total - 1).tolist()
    end = np.rint(laid.beat([n.end for n in played]) * GRID).astype(int).tolist()
    now = 0
    graces: list[Note] = []
    for i, note in enumerate(played):
        following = begin[i + 1] if i + 1 < len(played) else total
        if following == begin[i]:
            graces.append(note)
            continue
        if begin[i] > now:
            yield _Cell(now, begin[i], None)
        # What is nearly on the next line is on it: a rest is a gap that one can see.
        until = min(max(end[i], begin[i] + 1), following)
        yield _Cell(begin[i], until, note, graces)
        now, graces = until, []
    if now < total:
        yield _Cell(now, total, None)


def _slurred(cells: list[_Cell]) -> list[_Cell]:
    """Slurs from a note into one that begins by a dissolve; numbers in turn, as one may end where the next begins."""
    number = 1
    for before, cell in itertools.pairwise(cells):
        if before.note and cell.note and cell.note.kind in _SLURRED and not cell.graces:
            before.slurs.append(("start", number))
            cell.slurs.append(("stop", number))
            number = 3 - number
    return cells


def _pieces(cell: _Cell) -> Iterator[tuple[int, _Piece]]:
    """A cell as signs, each with the number of its bar."""
    at = cell.begin
    while at < cell.end:
        bar, here = divmod(at, BAR)
        left = min(cell.end - at, BAR - here)
        length = next(v for v in _VALUES if v <= left and _stands(v, here))
        yield bar, _Piece(cell, here, length, at == cell.begin, at + length == cell.end)
        at += length


def _stands(value: int, at: int) -> bool:
    """Whether a sign of that value is read easily at that place of a bar: the beats stay in sight."""
    if value == 16:
        return at == 0
    if value in (12, 8):
        return at % 4 == 0
    if value in (6, 4, 2):
        return at % 2 == 0
    return value == 1 or at % 4 in (0, 1)


# -- signs ----------------------------------------------------------------------------------------------------------

_Said = tuple[int, ET.Element]
"""Division of its bar, the direction."""


def _directions(study: Study, laid: Bars) -> dict[int, list[_Said]]:
    """All directions by bar, in order within it."""
    total = laid.count * BAR
    said: list[tuple[int, int, ET.Element]] = []

    def place(seconds: float) -> int:
        return min(int(np.rint(laid.beat(seconds) * GRID)), total - 1)

    for bar, word, rate in zip(laid.first.tolist(), laid.words, laid.rates.tolist(), strict=False):
        said.append((bar * BAR, 0, _tempo(word, rate)))
    for minute in range(1, int(study.duration // 60) + 1):
        if minute * 60 < study.duration:
            said.append((place(minute * 60.0), 1, _above("rehearsal", str(minute + 1))))
    said += [(place(at), 2, _above("words", name, font_weight="bold")) for at, name in sections(study)]
    said += [(at, order, sign) for at, order, sign in _dynamics(study, place)]
    by_bar: dict[int, list[_Said]] = defaultdict(list)
    for at, _, sign in sorted(said, key=lambda s: s[:2]):
        by_bar[at // BAR].append((at % BAR, sign))
    return by_bar


def _direction(placement: str) -> tuple[ET.Element, ET.Element]:
    direction = ET.Element("direction", placement=placement)
    return direction, _add(direction, "direction-type")


def _above(tag: str, text: str, **attributes: str) -> ET.Element:
    direction, kind = _direction("above")
    _add(kind, tag, text, **attributes)
    return direction


def _tempo(word: str, rate: float) -> ET.Element:
    direction, kind = _direction("above")
    if word:
        _add(kind, "words", f"{plain(word).capitalize()} ", font_weight="bold")
        kind = _add(direction, "direction-type")
    metronome = _add(kind, "metronome", parentheses="yes")
    _add(metronome, "beat-unit", "quarter")
    _add(metronome, "per-minute", round(rate))
    _add(direction, "sound", tempo=f"{rate:.6f}")
    return direction


def _dynamics(study: Study, place: Callable[[float], int]) -> Iterable[tuple[int, int, ET.Element]]:
    marks, hairpins, attacks = spans(study, "dynamics_marks"), spans(study, "hairpins"), events(study, "sforzandi")
    end = study.duration
    taken: set[int] = set()
    if marks is not None:
        last = ""
        for at, mark in zip(seconds_between(study, marks)[0].tolist(), marks.label, strict=True):
            if mark in _MARKS and mark != last and at < end and place(at) not in taken:
                taken.add(place(at))
                yield place(at), 5, _mark(mark)
                last = mark
    if attacks is not None:
        for at in attacks.seconds(study.times).tolist():
            if at < end and place(at) not in taken:
                taken.add(place(at))
                yield place(at), 6, _mark("sfz")
    if hairpins is not None:
        free = 0
        for begin, until, way in zip(*seconds_between(study, hairpins), hairpins.label, strict=True):
            first, last_at = place(float(begin)), place(float(min(until, end)))
            if first < free or last_at <= first or not way.startswith(("cresc", "dim")):
                continue
            free = last_at
            yield first, 7, _wedge("crescendo" if way.startswith("cresc") else "diminuendo")
            yield last_at, 4, _wedge("stop")


def _mark(mark: str) -> ET.Element:
    direction, kind = _direction("below")
    _add(_add(kind, "dynamics"), mark)
    return direction


def _wedge(way: str) -> ET.Element:
    direction, kind = _direction("below")
    _add(kind, "wedge", type=way, number="1")
    return direction


def _measure(measure: ET.Element, pieces: list[_Piece], said: list[_Said]) -> None:
    """The signs of one bar; each direction stands before the note over which it falls, moved by its offset; marks of
    dynamics stand with the note."""
    for piece in pieces:
        here: list[_Said] = []
        while said and said[0][0] < piece.at + piece.length:
            here.append(said.pop(0))
        marks = [i for i, (_, sign) in enumerate(here) if sign.find("direction-type/dynamics") is not None]
        for i, (at, sign) in enumerate(here):
            if i in marks and i != marks[-1]:
                continue  # one note, one mark: the last that falls on it
            if at > piece.at and i not in marks:
                offset = ET.Element("offset")
                offset.text = str(at - piece.at)
                sign.insert(sum(child.tag == "direction-type" for child in sign), offset)
            measure.append(sign)
        note = piece.cell.note
        if note is None:
            _rest(measure, piece)
            continue
        if piece.first:
            for grace in piece.cell.graces:
                _grace(measure, grace)
        _note(measure, note, piece)


def _rest(measure: ET.Element, piece: _Piece) -> None:
    element = _add(measure, "note")
    if piece.length == BAR:
        _add(element, "rest", measure="yes")
        _add(element, "duration", BAR)
        _add(element, "voice", 1)
        return
    _add(element, "rest")
    _add(element, "duration", piece.length)
    _value(element, piece.length)


def _grace(measure: ET.Element, note: Note) -> None:
    element = _add(measure, "note")
    _add(element, "grace", slash="yes")
    _pitch(element, note.pitch)
    _add(element, "voice", 1)
    _add(element, "type", "16th")


def _note(measure: ET.Element, note: Note, piece: _Piece) -> None:
    element = _add(measure, "note")
    _pitch(element, note.pitch)
    _add(element, "duration", piece.length)
    ties = [way for way, there in (("stop", not piece.first), ("start", not piece.last)) if there]
    for way in ties:
        _add(element, "tie", type=way)
    _value(element, piece.length)
    slurs = piece.cell.slurs if piece.first else []
    # An accent is where a tied note begins, a dot where it ends.
    marks = (("accent", note.accent and piece.first), ("staccato", note.staccato and piece.last))
    signs = [name for name, there in marks if there]
    if not (ties or slurs or signs):
        return
    notations = _add(element, "notations")
    for way in ties:
        _add(notations, "tied", type=way)
    for way, number in sorted(slurs, reverse=True):
        _add(notations, "slur", type=way, number=str(number))
    if signs:
        articulations = _add(notations, "articulations")
        for name in signs:
            _add(articulations, name)


def _pitch(element: ET.Element, number: int) -> None:
    letter, alter = _LETTERS[number % 12]
    pitch = _add(element, "pitch")
    _add(pitch, "step", letter)
    if alter:
        _add(pitch, "alter", alter)
    _add(pitch, "octave", number // 12 - 1)


def _value(element: ET.Element, length: int) -> None:
    name, dots = _VALUES[length]
    _add(element, "voice", 1)
    _add(element, "type", name)
    for _ in range(dots):
        _add(element, "dot")
