"""A film as a Standard MIDI File (MIDI 1.0, format 1), to be heard in any player or sequencer.

It lasts as long as the film, and every note falls where the film has it, to half a millisecond. `playing` says which
note a shot is; here is what else is heard (`MidiSettings` holds every number of it)

    conductor  the film's tempo as the score has it, with its words; movements (else scenes) as markers; 4/4
    Cuts       each shot a note (see `playing`), its velocity from the shot's strength; expression (controller 11)
               follows the loudness of the film through notes that are held
    Lines      each spoken line a note for as long as it stands, its words as lyrics. Where the lines say who speaks,
               each of the seven who say most has a step of the scale to himself, the others share the eighth; where
               they do not, the faster the talk the higher
    Pulse      the beats of the steady pulses in the film's sound, as a wood block; where one beats like a heart as a
               bass drum, each beat with its second, softer stroke

Voices of which the film has nothing are left out.
"""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import mido
import numpy as np

from rewatch.errors import ExportError
from rewatch.exports.playing import BEATS, Bars, Playing, bars, cuts, level_at, plain, sections
from rewatch.exports.playing_told import adjusted
from rewatch.exports.reduce import Floats
from rewatch.exports.study_view import Study, events, seconds_between, spans
from rewatch.words.lines import count_words

_Timed = tuple[int, int, Any]
"""Tick, what goes first among those of one tick, message."""
_OFF, _CONTROL, _META, _ON = range(4)


@dataclass(frozen=True, slots=True)
class MidiSettings:
    """What is played with what.

    resolution: ticks a quarter
    cuts, lines: General MIDI programs from 0 (48 strings, 71 clarinet)
    softest, loudest: velocities of strength 0 and 1; held: expression at strength 0 (127 at 1)
    low: octaves by which the lines lie below the scale's tonic
    block, heart: keys of the drum map
    second: where in a heartbeat its second stroke falls
    """

    playing: Playing = field(default_factory=Playing)
    resolution: int = 960
    cuts: int = 48
    lines: int = 71
    softest: int = 30
    loudest: int = 118
    held: int = 50
    low: int = 1
    block: int = 76
    heart: int = 36
    second: float = 0.3

    def velocity(self, strength: float) -> int:
        return round(self.softest + (self.loudest - self.softest) * min(max(strength, 0.0), 1.0))


class _Ticks:
    """Seconds -> ticks, by tempi as a MIDI file holds them: whole microseconds a quarter.

    A stretch's rounding is made good in the next; what is left of it, each second is told its tick by the tempi as
    written.
    """

    def __init__(self, laid: Bars, resolution: int) -> None:
        self.resolution = resolution
        self.first = laid.first[:-1] * BEATS * resolution
        tempi, begin = [], [0.0]
        for i, count in enumerate((np.diff(laid.first) * BEATS).tolist()):
            tempo = min(max(round((float(laid.begin[i + 1]) - begin[-1]) * 1e6 / count), 1), 0xFFFFFF)
            tempi.append(tempo)
            begin.append(begin[-1] + tempo * count / 1e6)
        self.tempi, self.begin = np.array(tempi), np.array(begin[:-1])
        self.end = self(float(laid.begin[-1]))

    def __call__(self, seconds: float) -> int:
        i = max(int(np.searchsorted(self.begin, seconds, side="right")) - 1, 0)
        return int(self.first[i]) + round((seconds - float(self.begin[i])) * 1e6 / int(self.tempi[i]) * self.resolution)


def midi(study: Study, settings: MidiSettings | None = None, told: Sequence[str] = ()) -> bytes:
    """The film as a MIDI file; told: settings as typed (`playing_told.adjusted`).

    ExportError where nothing in it can be played: no shot, no line, no beat.
    """
    chosen: MidiSettings = adjusted(settings or MidiSettings(), told)
    laid = bars(study, chosen.playing)
    ticks = _Ticks(laid, chosen.resolution)
    level = level_at(study, chosen.playing)
    voices = {
        "Cuts": _cuts(study, chosen, ticks, level),
        "Lines": _lines(study, chosen, ticks, level),
        "Pulse": _pulse(study, chosen, ticks),
    }
    if not any(voices.values()):
        raise ExportError(f"{study.title}: nothing in it to play: no shots, no lines, no pulse")
    file = mido.MidiFile(type=1, ticks_per_beat=chosen.resolution, charset="utf-8")
    file.tracks.append(_track(plain(study.title) or "Untitled", _conductor(study, laid, ticks), ticks.end))
    for name, voice in voices.items():
        if voice:
            file.tracks.append(_track(name, voice, ticks.end))
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def _track(name: str, timed: list[_Timed], end: int) -> mido.MidiTrack:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    now = 0
    for tick, _, message in sorted(timed, key=lambda t: t[:2]):
        tick = min(max(tick, 0), end)
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=end - now))
    return track


def _conductor(study: Study, laid: Bars, ticks: _Ticks) -> list[_Timed]:
    timed: list[_Timed] = [
        (0, _META, mido.MetaMessage("time_signature", numerator=BEATS, denominator=4)),
    ]
    for tick, tempo, word in zip(ticks.first.tolist(), ticks.tempi.tolist(), laid.words, strict=True):
        timed.append((tick, _META, mido.MetaMessage("set_tempo", tempo=tempo)))
        if word:
            timed.append((tick, _META, mido.MetaMessage("text", text=plain(word))))
    timed += [(ticks(at), _META, mido.MetaMessage("marker", text=name)) for at, name in sections(study)]
    return timed


def _notes(found: list[tuple[int, int, int, int]], channel: int, film: int) -> list[_Timed]:
    """(first tick, last, pitch, velocity) as messages, none of them past tick `film`. A pitch that is struck while it
    sounds ends first: no note is cut off by the end of another."""
    timed: list[_Timed] = []
    found = [(min(begin, film - 1), end, pitch, velocity) for begin, end, pitch, velocity in found]
    for pitch, same in itertools.groupby(sorted(found, key=lambda n: (n[2], n[0], n[1])), key=lambda n: n[2]):
        row = list(same)
        for (begin, end, _, velocity), following in itertools.zip_longest(row, row[1:]):
            if following is not None:
                if following[0] == begin:
                    continue  # the longer of two that begin together
                end = min(end, following[0])
            timed.append((begin, _ON, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)))
            timed.append(
                (max(end, begin + 1), _OFF, mido.Message("note_off", channel=channel, note=pitch, velocity=64))
            )
    return timed


def _cuts(study: Study, chosen: MidiSettings, ticks: _Ticks, level: tuple[Floats, Floats] | None) -> list[_Timed]:
    try:
        played = cuts(study, chosen.playing)
    except ExportError:
        return []
    found = [(ticks(n.begin), ticks(n.sounds), n.pitch, chosen.velocity(n.strength)) for n in played]
    timed: list[_Timed] = [(0, _CONTROL, mido.Message("program_change", channel=0, program=chosen.cuts))]
    if level is not None:
        before = -9
        for at, value in zip(level[0].tolist(), np.rint(chosen.held + (127 - chosen.held) * level[1]), strict=True):
            if abs(value - before) >= 2:
                message = mido.Message("control_change", channel=0, control=11, value=int(value))
                timed.append((ticks(at) if before >= 0 else 0, _CONTROL, message))
                before = value
    return timed + _notes(found, 0, ticks.end)


def _lines(study: Study, chosen: MidiSettings, ticks: _Ticks, level: tuple[Floats, Floats] | None) -> list[_Timed]:
    lines = spans(study, "lines")
    if lines is None:
        return []
    begin, end = seconds_between(study, lines)
    end = np.minimum(np.maximum(end, begin + 0.05), study.duration)
    said = [plain(text) for text in lines.label]
    here = [i for i in np.flatnonzero(end > begin).tolist() if said[i]]
    if not here:
        return []
    words = np.array([count_words(text) for text in said], dtype=np.float64)
    step = _steps(chosen, [plain(s) for s in lines.columns.get("speaker", [""] * len(lines))], words, end - begin, here)
    low = replace(chosen.playing, tonic=chosen.playing.tonic - 12 * chosen.low, lowest=chosen.playing.lowest - 12)
    strength = np.full(len(lines), 0.6) if level is None else np.interp(begin, *level)
    found = [
        (ticks(float(begin[i])), ticks(float(end[i])), low.pitch(step[i]), chosen.velocity(float(strength[i])))
        for i in here
    ]
    timed: list[_Timed] = [(0, _CONTROL, mido.Message("program_change", channel=1, program=chosen.lines))]
    timed += [(ticks(float(begin[i])), _META, mido.MetaMessage("lyrics", text=said[i])) for i in here]
    return timed + _notes(found, 1, ticks.end)


def _steps(chosen: MidiSettings, speakers: list[str], words: Floats, lasts: Floats, here: list[int]) -> dict[int, int]:
    """The step of the scale of each line."""
    named: Counter[str] = Counter()
    for i in here:
        if speakers[i]:
            named[speakers[i]] += int(words[i])
    if named:
        most = sorted(named, key=lambda s: (-named[s], s))
        own = {speaker: min(rank, len(chosen.playing.scale)) for rank, speaker in enumerate(most)}
        return {i: own.get(speakers[i], len(chosen.playing.scale)) for i in here}
    rate = np.maximum(words, 0.5) / np.maximum(lasts, 0.05)
    middle = float(np.median(rate[here]))
    return {i: round(chosen.playing.a_doubling * float(np.log2(rate[i] / middle))) for i in here}


def _pulse(study: Study, chosen: MidiSettings, ticks: _Ticks) -> list[_Timed]:
    beats, stretches = events(study, "beats"), spans(study, "pulse_stretches")
    if beats is None or not len(beats) or stretches is None:
        return []
    at = beats.seconds(study.times)
    which = np.asarray(beats.columns.get("stretch", np.zeros(len(beats), np.int64)), dtype=np.int64)
    found: list[tuple[int, int, int, int]] = []
    for number in np.unique(which).tolist():
        struck = at[(which == number) & (at < study.duration)]
        heart = 0 <= number < len(stretches) and "heart" in stretches.label[number]
        period = float(np.median(np.diff(struck))) if len(struck) > 1 else 1.0
        for second in struck.tolist():
            short = min(0.1, period / 4)
            found.append((ticks(second), ticks(second + short), chosen.heart if heart else chosen.block, 90))
            if heart and second + chosen.second * period + short < study.duration:
                again = second + chosen.second * period
                found.append((ticks(again), ticks(again + short), chosen.heart, 62))
    return _notes(found, 9, ticks.end)
