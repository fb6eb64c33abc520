"""A film as it is played: MIDI and MusicXML of films with everything, with little and with next to nothing."""

from __future__ import annotations

import importlib.util
import io
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import numpy as np
import pytest

from rewatch.clock import MILLISECONDS, Clock
from rewatch.errors import ExportError
from rewatch.exports.as_midi import MidiSettings, midi
from rewatch.exports.as_musicxml import BAR, GRID, musicxml
from rewatch.exports.playing import Playing, bars, cuts
from rewatch.exports.playing_told import adjusted
from rewatch.track import Curve, Events, Spans


def ms(*seconds: float) -> np.ndarray:
    return np.array([round(s * 1000) for s in seconds], dtype=np.int64)


def scored(film: Any) -> Any:
    """The film with the tracks of a score: loud in its second half, quickening, a heartbeat at its end."""
    end = film.duration
    half = np.arange(int(end * 2))
    shots = film.tracks["shots"]
    words = [("legato", "portato", "staccato")[i % 3] for i in range(len(shots))]
    beat = np.arange(end * 0.6, end * 0.8, 0.9)
    tracks = {
        **film.tracks,
        "dynamics": Curve("dynamics", np.where(half < end, -18.0, 6.0), Clock(Fraction(2), Fraction(1, 4)), "LU"),
        "dynamics_marks": Spans("dynamics_marks", ms(0, end / 2), ms(end / 2, end), ["pp", "ff"], MILLISECONDS),
        "hairpins": Spans("hairpins", ms(end * 0.3), ms(end * 0.45), ["crescendo"], MILLISECONDS),
        "sforzandi": Events("sforzandi", ms(end * 0.7), MILLISECONDS),
        "tempo_marks": Spans(
            "tempo_marks", ms(0, end / 3, end * 2 / 3), ms(end / 3, end * 2 / 3, end), ["largo", "andante", "presto"],
            MILLISECONDS,
        ),
        "articulation_shots": Spans("articulation_shots", shots.begin, shots.end, words, shots.clock),
        "accents": Events("accents", ms(end * 0.5), MILLISECONDS, {"shot": np.array([2], dtype=np.int64)}),
        "pulse_stretches": Spans(
            "pulse_stretches", ms(beat[0]), ms(beat[-1]), ["like a heartbeat"], MILLISECONDS, {"bpm": np.array([66.7])}
        ),
        "beats": Events("beats", ms(*beat), MILLISECONDS, {"stretch": np.zeros(len(beat), np.int64)}),
        "scenes": Spans("scenes", ms(0, end / 2), ms(end / 2, end), ["Home", ""], MILLISECONDS),
    }  # fmt: skip
    return replace(film, tracks=tracks)


def listed(fakes: ModuleType, lengths: list[float], duration: float | None = None, gap: float = 0.0) -> Any:
    """A film that is known by its shots alone, on an even clock."""
    begin = np.concatenate([[0.0], np.cumsum(np.array(lengths) + gap)[:-1]])
    end = begin + lengths
    at, to = (np.rint(x * 1e6).astype(np.int64) for x in (begin, end))
    shots = Spans("shots", at, to, [""] * len(at), Clock(Fraction(10**6)))
    length = float(end[-1]) if duration is None else duration
    return fakes.FakeStudy("A list", 1950, fakes.facts(length, False, False, False), None, length, {"shots": shots})


def played(content: bytes) -> list[tuple[str, list[tuple[float, float, int, int]]]]:
    """Each voice with its notes: begin, end in seconds, pitch, velocity. Every note must end."""
    file = mido.MidiFile(file=io.BytesIO(content), charset="utf-8")
    tempi = [(0, 0.0, 500000)]
    tick = 0
    for message in file.tracks[0]:
        tick += message.time
        if message.type == "set_tempo":
            at, second, tempo = tempi[-1]
            tempi.append((tick, second + (tick - at) * tempo / file.ticks_per_beat / 1e6, message.tempo))

    def seconds(tick: int) -> float:
        at, second, tempo = next(t for t in reversed(tempi) if t[0] <= tick)
        return second + (tick - at) * tempo / file.ticks_per_beat / 1e6

    voices = []
    for track in file.tracks[1:]:
        tick, sounding, notes = 0, {}, []
        for message in track:
            tick += message.time
            if message.type == "note_on":
                assert message.note not in sounding
                sounding[message.note] = (seconds(tick), message.velocity)
            elif message.type == "note_off":
                begin, velocity = sounding.pop(message.note)
                notes.append((begin, seconds(tick), message.note, velocity))
        assert not sounding
        voices.append((track.name, sorted(notes)))
    return voices


def length_of(content: bytes) -> float:
    return float(mido.MidiFile(file=io.BytesIO(content)).length)


# -- MIDI -----------------------------------------------------------------------------------------------------------


def test_every_cut_is_a_note_where_the_film_has_it(short_film: Any) -> None:
    film = scored(short_film)
    content = midi(film)
    voices = dict(played(content))
    assert list(voices) == ["Cuts", "Lines", "Pulse"]
    shots = film.tracks["shots"]
    begin, end = shots.begin_seconds(film.times), shots.end_seconds(film.times)
    notes = voices["Cuts"]
    assert [n[0] for n in notes] == pytest.approx(begin.tolist(), abs=1e-3)
    share = np.array([n[1] - n[0] for n in notes]) / (end - begin)
    assert share == pytest.approx(np.resize([1.0, 0.9, 0.5], len(share)), abs=2e-2)
    assert length_of(content) == pytest.approx(film.duration, abs=1e-3)


def test_shorter_is_higher_and_louder_is_stronger(short_film: Any) -> None:
    film = scored(short_film)
    notes = dict(played(midi(film)))["Cuts"]
    shots = film.tracks["shots"]
    lengths = shots.end_seconds(film.times) - shots.begin_seconds(film.times)
    order = np.argsort(lengths)
    pitches = np.array([n[2] for n in notes])[order]
    assert (np.diff(pitches) <= 0).all()
    assert pitches[0] > pitches[-1]
    middle = film.duration / 2
    soft = [n[3] for n in notes if n[0] < middle - 1]
    loud = [n[3] for n in notes if n[0] > middle]
    assert max(soft) < min(loud)


def test_the_tempo_is_that_of_the_score(short_film: Any) -> None:
    film = scored(short_film)
    file = mido.MidiFile(file=io.BytesIO(midi(film)))
    rates = [mido.tempo2bpm(m.tempo) for m in file.tracks[0] if m.type == "set_tempo"]
    assert rates == pytest.approx([50, 76, 176], rel=0.15)
    assert [m.text for m in file.tracks[0] if m.type == "text"] == ["largo", "andante", "presto"]
    assert [m.text for m in file.tracks[0] if m.type == "marker"] == ["Home", "scene 2"]


def test_a_heartbeat_has_two_strokes(short_film: Any) -> None:
    film = scored(short_film)
    beats = film.tracks["beats"].seconds()
    strokes = dict(played(midi(film)))["Pulse"]
    assert {n[2] for n in strokes} == {36}
    assert [n[0] for n in strokes[::2]] == pytest.approx(beats.tolist(), abs=1e-3)
    assert [n[0] for n in strokes[1::2]] == pytest.approx((beats + 0.27).tolist(), abs=1e-3)
    assert strokes[0][3] > strokes[1][3]


def test_lines_are_a_voice_with_words(short_film: Any) -> None:
    film = scored(short_film)
    file = mido.MidiFile(file=io.BytesIO(midi(film)), charset="utf-8")
    lines = film.tracks["lines"]
    track = next(t for t in file.tracks if t.name == "Lines")
    assert [m.text for m in track if m.type == "lyrics"] == list(lines.label)
    notes = dict(played(midi(film)))["Lines"]
    speakers = np.array(lines.columns["speaker"])
    pitch = {round(n[0], 2): n[2] for n in notes}
    of = {s: {pitch.get(round(b, 2)) for b in lines.begin_seconds()[speakers == s]} - {None} for s in ("ANNA", "BRUNO")}
    assert len(of["ANNA"]) == len(of["BRUNO"]) == 1
    assert of["ANNA"] != of["BRUNO"]


def test_expression_follows_the_loudness_only_where_there_is_sound(short_film: Any, fakes: ModuleType) -> None:
    def held(film: Any) -> list[int]:
        file = mido.MidiFile(file=io.BytesIO(midi(film)))
        return [m.value for m in file.tracks[1] if m.type == "control_change"]

    values = held(scored(short_film))
    assert len(values) == 2
    assert values[0] < values[1]
    assert held(fakes.without(short_film, sound=False)) == []


def test_the_mapping_can_be_adjusted(short_film: Any) -> None:
    pentatonic = Playing(tonic=60, scale=(0, 2, 4, 7, 9), a_doubling=3)
    chosen = MidiSettings(playing=pentatonic, cuts=11, softest=64, loudest=64)
    file = mido.MidiFile(file=io.BytesIO(midi(short_film, chosen)))
    notes = [m for m in file.tracks[1] if m.type == "note_on"]
    assert {m.note % 12 for m in notes} <= {0, 2, 4, 7, 9}
    assert {m.velocity for m in notes} == {64}
    assert [m.program for m in file.tracks[1] if m.type == "program_change"] == [11]


@pytest.mark.parametrize("duration", [0.04, 0.9, 7.0, 85.021, 5400.0, 12345.678])
def test_it_lasts_as_long_as_the_film(fakes: ModuleType, duration: float) -> None:
    film = listed(fakes, [duration / 3] * 3, duration)
    assert length_of(midi(film)) == pytest.approx(duration, abs=1e-3)


def test_a_long_film(long_film: Any) -> None:
    film = scored(long_film)
    content = midi(film)
    assert len(content) < 1_000_000
    assert length_of(content) == pytest.approx(film.duration, abs=1e-3)
    notes = dict(played(content))["Cuts"]
    shots = film.tracks["shots"]
    assert len(notes) == len(shots) > 1500
    assert [n[0] for n in notes] == pytest.approx(shots.begin_seconds(film.times).tolist(), abs=1e-3)


def test_shots_shorter_than_a_tick_and_at_the_very_end(fakes: ModuleType) -> None:
    film = listed(fakes, [2.0, 0.0001, 0.0001, 3.0, 0.0001])
    notes = dict(played(midi(film)))["Cuts"]
    # Two of one pitch in one tick are one note.
    assert len(notes) == 4
    assert all(n[1] > n[0] for n in notes)


def test_nothing_to_play_is_said(fakes: ModuleType) -> None:
    silent = fakes.FakeStudy("Nothing", None, fakes.facts(10.0, False), None, 10.0, {})
    with pytest.raises(ExportError, match="nothing in it to play"):
        midi(silent)
    with pytest.raises(ExportError, match="no shots"):
        musicxml(silent)
    with pytest.raises(ExportError, match="no length"):
        midi(replace(silent, duration=0.0))


# -- MusicXML -------------------------------------------------------------------------------------------------------


def schema(folder: Path) -> Any:
    """The MusicXML 4.0 schema as the package musicxml ships it, with what it refers to on the web beside it."""
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed: pip install 'rewatch[dev]'")
    found = importlib.util.find_spec("musicxml")
    if found is None or not found.submodule_search_locations:
        pytest.skip("the package musicxml, which ships the schema, is not installed: pip install 'rewatch[dev]'")
    shipped = Path(next(iter(found.submodule_search_locations))) / "generate_classes" / "musicxml_4_0.xsd"
    text = shipped.read_text("utf-8")
    assert "Version 4.0" in text
    (folder / "musicxml.xsd").write_text(text.replace("http://www.musicxml.org/xsd/", ""), "utf-8")
    for name in ("xml.xsd", "xlink.xsd"):
        shutil.copy(Path(__file__).with_name(name), folder / name)
    return etree.XMLSchema(etree.parse(str(folder / "musicxml.xsd")))


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """What the schema has against a document: "" where nothing."""
    rules = schema(tmp_path_factory.mktemp("schema"))
    from lxml import etree

    def validate(text: str) -> str:
        parser = etree.XMLParser(load_dtd=False, no_network=True)
        return "" if rules.validate(etree.fromstring(text.encode(), parser)) else str(rules.error_log)

    return validate


def films(fakes: ModuleType, short: Any, long: Any) -> dict[str, Any]:
    return {
        "all of it": scored(short),
        "without sound": fakes.without(short, sound=False),
        "170 minutes": scored(long),
        "one shot": listed(fakes, [4000.0]),
        "one frame": listed(fakes, [0.04]),
        "flicker": listed(fakes, [1 / 24] * 500 + [20.0]),
        "gaps": listed(fakes, [5.0] * 30, gap=3.0),
        "ends early": listed(fakes, [5.0] * 3, duration=60.0),
    }


NAMES = ("all of it", "without sound", "170 minutes", "one shot", "one frame", "flicker", "gaps", "ends early")


def test_the_schema_refuses_what_is_wrong(valid: Callable[[str], str], short_film: Any) -> None:
    text = musicxml(short_film)
    assert valid(text) == ""
    assert valid(text.replace("<type>quarter</type>", "<type>minute</type>"))
    assert valid(text.replace("<voice>1</voice>", "", 1).replace("</pitch>", "</pitch><voice>1</voice>", 1))


@pytest.mark.parametrize("name", NAMES)
def test_valid_and_whole(
    valid: Callable[[str], str], fakes: ModuleType, short_film: Any, long_film: Any, name: str
) -> None:
    film = films(fakes, short_film, long_film)[name]
    text = musicxml(film)
    assert valid(text) == ""
    assert len(text) < 6_000_000
    score = ET.fromstring(text)
    tempo, seconds, onsets, open_ties = 0.0, 0.0, [], 0
    wedges = 0
    for measure in score.iter("measure"):
        found = [float(s.get("tempo") or 0) for s in measure.iter("sound")]
        tempo = found[0] if found else tempo
        assert len(found) <= 1
        at = 0
        for note in measure.iter("note"):
            if note.find("grace") is not None:
                onsets.append(seconds + at / GRID * 60 / tempo)
                continue
            ties = {tie.get("type") for tie in note.iter("tie")}
            assert open_ties == ("stop" in ties)
            open_ties = "start" in ties
            if note.find("rest") is None and "stop" not in ties:
                onsets.append(seconds + at / GRID * 60 / tempo)
            length = int(note.findtext("duration") or 0)
            assert length > 0
            at += length
        assert at == BAR
        for wedge in measure.iter("wedge"):
            wedges += -1 if wedge.get("type") == "stop" else 1
            assert wedges in (0, 1)
        seconds += BAR / GRID * 60 / tempo
    assert not open_ties
    assert not wedges
    assert seconds == pytest.approx(film.duration, abs=0.01)
    shots = film.tracks["shots"]
    begin = shots.begin_seconds(film.times)
    assert len(onsets) == len(begin)
    # A sixteenth of the slowest tempo lasts 0.4 s: no shot is drawn farther off than half of one.
    assert np.abs(np.array(onsets) - begin).max() < 0.25


def test_signs_of_the_score(short_film: Any) -> None:
    score = ET.fromstring(musicxml(scored(short_film)))
    assert score.findtext("work/work-title") == "The Long Way Down (1974)"
    words = [w.text for w in score.iter("words")]
    assert [w for w in words if w != "Home" and w != "scene 2"] == ["Largo ", "Andante ", "Presto "]
    assert {d[0].tag for d in score.iter("dynamics")} == {"pp", "ff", "sfz"}
    assert [w.get("type") for w in score.iter("wedge")] == ["crescendo", "stop"]
    assert [r.text for r in score.iter("rehearsal")] == ["2"]
    assert [b.text for b in score.iter("bar-style")] == ["light-light", "light-heavy"]
    assert len(list(score.iter("accent"))) == 1
    # Grace notes bear no dots.
    shots = len(short_film.tracks["shots"])
    assert 0 < len(list(score.iter("staccato"))) <= (shots + 2) // 3
    slurs = [s.get("type") for s in score.iter("slur")]
    assert slurs.count("start") == slurs.count("stop") == list(short_film.tracks["shots"].label).count("dissolve")


def test_hostile_titles_are_text(valid: Callable[[str], str], short_film: Any) -> None:
    film = replace(short_film, title="<b>&\x00 \ud800 ]]>\n", year=None)
    text = musicxml(film)
    assert valid(text) == ""
    assert ET.fromstring(text).findtext("work/work-title") == "<b>& ]]>"
    assert mido.MidiFile(file=io.BytesIO(midi(film)), charset="utf-8").tracks[0].name == "<b>& ]]>"


def test_bars_fill_the_film_and_passing_tempi_are_none_of_their_own(short_film: Any) -> None:
    film = scored(short_film)
    marks = Spans(
        "tempo_marks", ms(0, 30, 31, 89), ms(30, 31, 89, 90), ["largo", "presto", "allegro", "largo"], MILLISECONDS
    )
    laid = bars(replace(film, tracks={**film.tracks, "tempo_marks": marks}), Playing())
    # A second is less than a bar of presto (1.36 s), and than one of largo.
    assert laid.words == ("largo", "allegro")
    assert laid.begin.tolist() == [0, 31, 90]
    assert laid.beat(film.duration) == laid.count * 4
    assert laid.begin[-1] == film.duration
    assert (laid.rates > 40).all()


def test_pitches_stay_in_reach(fakes: ModuleType) -> None:
    film = listed(fakes, [0.01, 5.0, 5.0, 5.0, 4000.0])
    notes = cuts(film, Playing())
    assert all(48 <= n.pitch <= 93 for n in notes)
    assert notes[1].pitch == 69


def test_how_it_is_played_can_be_set() -> None:
    chosen = adjusted(MidiSettings(), ["tonic=57", "scale=0,2,4,5,7,9,11", "cuts=0", "metronome.presto = 200"])
    assert (chosen.playing.tonic, chosen.playing.scale, chosen.cuts) == (57, (0, 2, 4, 5, 7, 9, 11), 0)
    assert chosen.playing.metronome["presto"] == 200
    assert chosen.playing.metronome["largo"] == MidiSettings().playing.metronome["largo"]
    assert adjusted(Playing(), ["sounds.staccato=0.3"]).sounds["staccato"] == 0.3


@pytest.mark.parametrize(
    "told",
    ["tonic", "tonic=", "tonic=high", "tonic=200", "sound=1", "tonic.x=3", "metronome=90", "metronome.fast=90",
     "walk=nan", "walk=0", "scale=", "scale=0,x", "playing=3", "resolution=1e3", "highest=50", "=3"],
)  # fmt: skip
def test_what_cannot_be_played_is_said(told: str) -> None:
    with pytest.raises(ExportError) as refused:
        adjusted(MidiSettings(), [told])
    assert "\n" not in str(refused.value)
