"""Unnoticed: what is planted in a film is found, with its figures; what was shown or noted steps back."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rewatch.cli.main import run
from rewatch.clock import FRAMES, MILLISECONDS, Clock
from rewatch.errors import LibraryError
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.library.notebook import Notebook
from rewatch.study.notes import Notes
from rewatch.study.singular import Detail, details
from rewatch.study.unnoticed import rank, unnoticed
from rewatch.track import Curve, Events, Spans


@pytest.fixture
def planted(library: Library, fakes: Any, enter: Any) -> Edition:
    """Four minutes with one of each: a stillness, a silence, an attack, a wipe, a colour, a word, a cut on a beat."""
    study = fakes.film(240)
    shots = study.tracks["shots"]
    label = ["cut"] * len(shots)
    label[20] = "wipe"
    cuts = Spans("shots", shots.begin, shots.end, label, FRAMES, shots.columns)
    activity = study.tracks["activity"].values.copy()
    activity += 0.02
    activity[100 * 24 : 112 * 24] = 0.0
    loud = np.full((2400, 2), -20.0, np.float32)
    loud += np.random.default_rng(0).normal(0, 2, loud.shape).astype(np.float32)
    loud[600:640] = -60
    loud[1500:1520] = -45
    loud[1520:1525] = -5
    names = ("black", "mid blue vivid", "mid red vivid")
    colours = np.tile(np.array([0.5, 0.5, 0.0]), (960, 1))
    colours[400:410] = (0.3, 0.4, 0.3)
    begins = shots.begin / 24
    # Beats half-way between two cuts, but for one cut.
    odd = 30
    beats = np.sort(np.append((begins[1:] + begins[:-1]) / 2, begins[odd]))
    texts = ["you told me that road was closed"] * 30
    texts[12] = "The nightingale, " + texts[0]
    at = np.arange(30, dtype=np.int64) * 4000
    speakers = ["ANNA", "BRUNO"] * 15
    speakers[7] = "THE <OLD> MAN"
    return enter(
        library, study, "cd" * 16,
        shots=cuts,
        activity=Curve("activity", activity, FRAMES),
        loudness=Curve("loudness", loud, Clock(Fraction(10)), "LUFS", ("momentary", "short_term")),
        palette=Curve("palette", colours.astype(np.float32), Clock(Fraction(4)), "", names),
        beats=Events("beats", np.rint(beats * 1000).astype(np.int64), MILLISECONDS),
        lines=Spans("lines", at, at + 1500, texts, MILLISECONDS, {"speaker": speakers}),
    )  # fmt: skip


def the(found: list[Detail], kind: str) -> Detail:
    return max((d for d in found if d.kind == kind), key=lambda d: d.singular)


def test_what_is_planted_is_found(planted: Edition) -> None:
    found = details(planted)
    begins = planted.spans("shots").begin_seconds(planted.times)
    still = the(found, "stillness")
    assert (still.begin, still.end) == (pytest.approx(100, abs=0.6), pytest.approx(112, abs=0.6))
    silence = the(found, "silence")
    assert silence.begin == pytest.approx(60, abs=0.2)
    assert silence.figures["fall"] == pytest.approx(40, abs=6)
    assert silence.figures["length"] == pytest.approx(4, abs=0.3)
    assert the(found, "attack").figures["rise"] == pytest.approx(40, abs=1)
    (wipe,) = (d for d in found if d.kind == "transition")
    assert "The only wipe in the film, between shots 20 and 21" in wipe.sentence
    (colour,) = (d for d in found if d.kind == "colour")
    assert (colour.begin, colour.figures["colour"]) == (pytest.approx(100, abs=0.3), "mid red vivid")
    (word,) = (d for d in found if d.kind == "word")
    assert "“nightingale” is said here" in word.sentence
    (cut,) = (d for d in found if d.kind == "cut_on_beat")
    assert cut.begin + 0.5 == pytest.approx(float(begins[30]))
    (line,) = (d for d in found if d.kind == "only_line")
    assert "THE <OLD> MAN" in line.sentence
    for detail in found:
        assert detail.sentence.count("\n") == 0
        assert 0 <= detail.singular <= 1
        assert -1 <= detail.begin <= detail.end
        json.dumps(detail.figures, allow_nan=False)
    assert {d.key for d in details(planted)} == {d.key for d in found}


def test_a_picture_that_returns_once(planted: Edition) -> None:
    from rewatch.images.looks import LAYOUT
    from rewatch.images.prints import NAME, Prints

    begins = planted.spans("shots").begin_seconds(planted.times)
    count = len(begins)
    rng = np.random.default_rng(2)
    hashes = rng.integers(0, 2**63, (count, 4), dtype=np.uint64)
    hashes[count - 2] = hashes[3] ^ np.uint64(0b1011)
    # One that is seen three times does not return: it is there. One that comes back at once goes on.
    hashes[[10, 30, 50]] = hashes[10]
    hashes[22] = hashes[20]
    Prints(
        np.arange(count, dtype=np.int32), (begins + 0.05).astype(np.float32), hashes, np.arange(count, dtype=np.int32),
        np.zeros((count, LAYOUT), np.int8), np.full(count, 90, np.uint8), np.zeros((0, 5), np.float32),
    ).save(planted.kept(NAME))  # fmt: skip
    (found,) = (d for d in details(planted) if d.kind == "return")
    assert (found.figures["earlier_shot"], found.figures["shot"], found.figures["bits"]) == (4, count - 1, 12)
    assert found.begin == pytest.approx(float(begins[count - 2]) + 0.05, abs=0.01)


def test_a_fade_at_the_films_end_is_one_too(library: Library, fakes: Any, enter: Any) -> None:
    study = fakes.film(240)
    shots = study.tracks["shots"]
    label = ["cut"] * len(shots)
    label[20] = "fade_out"
    at = np.append(shots.begin[1:], shots.end[-1])
    for last, said in (("cut", "The only fade-out in the film"), ("fade_out", "One of two fade-outs in the film")):
        edition = enter(
            library, study, ("ab" if last == "cut" else "ac") * 16,
            shots=Spans("shots", shots.begin, shots.end, label, FRAMES, shots.columns),
            boundaries=Spans("boundaries", at, at, [*label[1:], last], FRAMES),
        )  # fmt: skip
        (found,) = (d for d in details(edition) if d.kind == "transition")
        assert found.sentence.startswith(said)


def test_quieter_than_quiet_and_the_films_ends_are_no_silence_and_no_attack(
    library: Library, fakes: Any, enter: Any
) -> None:
    loud = np.full((2400, 2), -20.0, np.float32)
    loud += np.random.default_rng(0).normal(0, 1, loud.shape).astype(np.float32)
    loud[:5] = -120
    loud[900:1000] = -45
    loud[1000:1100] = -68
    loud[2350:] = -90
    edition = enter(
        library, fakes.film(240), "ae" * 16,
        loudness=Curve("loudness", loud, Clock(Fraction(10)), "LUFS", ("momentary", "short_term")),
    )  # fmt: skip
    silences = [round(d.begin) for d in details(edition) if d.kind == "silence"]
    assert silences == [90]
    assert all(d.begin > 100 for d in details(edition) if d.kind == "attack")


def test_an_echo_of_another_film(library: Library, fakes: Any, enter: Any) -> None:
    """A line of the one is said in the other, and nothing else."""
    words = ["amber", "basin", "cedar", "delta", "ember", "flint", "grove", "hazel", "islet", "jetty", "knoll", "larch"]

    def lines(step: int, apart: int, places: dict[int, str]) -> Spans:
        texts = [" ".join(words[(n + step * k) % 12] for k in range(7)) for n in range(12)]
        for place, text in places.items():
            texts[place] = text
        at = np.arange(12, dtype=np.int64) * apart
        return Spans("lines", at, at + 1500, texts, MILLISECONDS, {"speaker": [""] * 12})

    said = "The nightingale told nobody that this road was closed"
    film = enter(library, fakes.film(90, title="Here"), "ed" * 16, lines=lines(1, 4000, {10: said}))
    other = enter(library, fakes.film(90, title="Elsewhere"), "ef" * 16, lines=lines(5, 5000, {5: said}))
    (found,) = (d for d in details(film, library) if d.kind == "echo")
    assert found.begin == pytest.approx(40, abs=0.1)
    assert found.figures["edition"] == other.id
    assert found.figures["there"] == pytest.approx(25, abs=0.1)
    assert "An echo of another film (Elsewhere" in found.sentence
    assert "nightingale" in found.sentence
    assert "echo" not in {d.kind for d in details(film)}


def test_what_is_shown_together_is_not_all_of_one_moment(library: Library, planted: Edition) -> None:
    near = [Detail(f"k{i}", 100 + i, 101 + i, "", singular=0.8) for i in range(3)]
    far = [Detail("far", 200, 201, "", singular=0.5)]
    assert "far" in [r.detail.kind for r in rank([*near, *far], [], [], 2)]


def test_the_next_time_there_are_others(library: Library, planted: Edition) -> None:
    total = len({d.key for d in details(planted)})
    first = unnoticed(library, planted, top=4)
    keys = [r.detail.key for r in first.details]
    assert len(keys) == 4
    assert first.left == total - 4
    # Kinds take turns.
    assert len({r.detail.kind for r in first.details}) == 4
    again = unnoticed(library, planted, top=4, again=True)
    assert sorted(r.detail.key for r in again.details) == sorted(keys)
    assert again.sitting == first.sitting
    second = unnoticed(library, planted, top=4)
    assert not {r.detail.key for r in second.details} & set(keys)
    rest = unnoticed(library, planted, top=1000)
    assert rest.left == 0
    assert unnoticed(library, planted).details == ()
    assert len(keys) + len(second.details) + len(rest.details) == total


def test_looking_does_not_remember(library: Library, planted: Edition) -> None:
    assert unnoticed(library, planted, remember=False) == unnoticed(library, planted, remember=False)


def test_where_nothing_can_be_written_the_details_are_shown_all_the_same(
    library: Library, planted: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Notebook) -> None:
        raise LibraryError("the disk is full")

    monkeypatch.setattr(Notebook, "writing", refused)
    shown = unnoticed(library, planted)
    assert len(shown.details) == 5
    assert shown.unsaved == "the disk is full"
    monkeypatch.undo()
    assert unnoticed(library, planted).details == shown.details


def test_the_second_hardest_comes_after_the_hardest(library: Library, planted: Edition) -> None:
    hardest = Detail("attack", 20, 21, "", singular=0.8)
    second = Detail("attack", 300, 301, "", singular=0.8, place=2)
    beside = Detail("colour", 25, 26, "", singular=0.9)
    ranked = [r.detail for r in rank([second, hardest, beside], [], [], 3)]
    assert ranked.index(hardest) < ranked.index(second)
    # Of a hardest that was noted the second is the news; that something else was shown there is no note.
    shown = [{"detail": "pan:20", "kind": "pan"}]
    assert rank([second, hardest], [], shown, 1)[0].detail == hardest
    Notes(library).add(planted, 20.5, "what a bang")
    assert rank([second, hardest], Notes(library).find(), [], 1)[0].detail == second


def test_what_was_noted_steps_back(library: Library, planted: Edition) -> None:
    before = unnoticed(library, planted, top=1000, remember=False).details
    wipe = next(r for r in before if r.detail.kind == "transition")
    assert wipe.far == 1.0
    Notes(library).add(planted, wipe.detail.begin, "a wipe!")
    after = unnoticed(library, planted, top=1000, remember=False).details
    known = next(r for r in after if r.detail.kind == "transition")
    assert known.far == 0.0
    assert [r.detail.kind for r in after].index("transition") > [r.detail.kind for r in before].index("transition")
    two = [Detail("colour", 100, 101, "", singular=0.5, words=("crimson",)), Detail("a", 100, 101, "", singular=0.5)]
    (note,) = Notes(library).find()
    far = {r.detail.kind: r.far for r in rank(two, [note.__class__(**{**note.as_json(), "text": "Crimson"})], [], 2)}
    assert far["colour"] == pytest.approx(far["a"] / 2)


def test_a_film_that_lacks_much_is_no_error(library: Library, fakes: Any, enter: Any, tmp_path: Path) -> None:
    from rewatch.imports.film import read_film
    from rewatch.watch.imported import enter_film

    path = tmp_path / "list.csv"
    path.write_text("length\n" + "".join(f"{x}\n" for x in [3.0, 2.9, 3.1, 3.0] * 5 + [41.0] + [3.0, 2.9, 3.1] * 5))
    listed = enter_film(read_film(path, "csv", title="List"), library).edition
    take = the(details(listed), "long_take")
    assert take.figures["length"] == 41.0
    (tmp_path / "one.csv").write_text("length\n5\n")
    assert details(enter_film(read_film(tmp_path / "one.csv", "csv", title="One"), library).edition) == []


def test_on_the_command_line(planted: Edition, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("REWATCH_LIBRARY", str(planted.folder.parents[1]))
    run(["unnoticed", "long way", "--top", "3", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["details"]) == 3
    assert set(answer["details"][0]) >= {"kind", "begin", "end", "sentence", "figures", "singular", "far", "score"}
    run(["unnoticed", "long way", "--again"])
    out = capsys.readouterr().out
    assert all(d["sentence"].split()[0] in out for d in answer["details"])
