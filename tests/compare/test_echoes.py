"""Echoes: planted quotations are found where they are, and nothing is found where nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rewatch.compare import echoes_waves as waves_
from rewatch.compare.echoes import distinct, echoes, most_by_chance
from rewatch.compare.echoes_chance import tail_of
from rewatch.compare.echoes_found import Found
from rewatch.compare.echoes_images import image_echoes
from rewatch.compare.echoes_landmarks import backwards
from rewatch.compare.echoes_lines import Words, line_echoes
from rewatch.compare.echoes_melody import Tune, melody_echoes
from rewatch.compare.echoes_pictured import Pictured
from rewatch.compare.echoes_rhythm import Shots, rhythm_echoes
from rewatch.compare.echoes_sound import sound_echoes
from rewatch.compare.echoes_step import in_step
from rewatch.compare.echoes_views import Part, seen_in, views_of
from rewatch.evidence import Line
from rewatch.facts import FilmFacts
from rewatch.images.looks import ACROSS, DOWN, looks, unpack_layout
from rewatch.library.edition import Edition, Made
from rewatch.library.library import Library
from rewatch.sounds.prints import Prints, prints_of
from rewatch.sounds.prints_landmarks import HOPS, RATE
from rewatch.words.lines import lines_track

Wave = npt.NDArray[np.float32]

# -- chance ---------------------------------------------------------------------------------------------------------


def test_the_tail_tells_how_often_chance_does_as_well() -> None:
    """Of scores drawn from an exponential, twice as many films yield the expected number."""
    random = np.random.default_rng(1)
    scores = 10 + random.exponential(4, 400)
    tail = tail_of(scores, floor=10, slope=0.25)
    again = 10 + random.exponential(4, (200, 400))
    for score in (25.0, 32.0):
        assert tail.expected(score) == pytest.approx(float((again >= score).sum(axis=1).mean()), rel=0.6)
    assert tail.chance(5) <= 1


def test_without_scores_the_usual_slope_holds() -> None:
    tail = tail_of([], floor=10, slope=0.5)
    assert tail.expected(10) == 0.5
    assert tail.chance(20) == pytest.approx(0.5 * np.exp(-5), rel=0.01)


def test_a_place_is_told_once() -> None:
    def found(a: float, b: float, expected: float) -> Found:
        return Found("sound", (a, a + 4), (b, b + 4), 0.5, expected)

    # A loop: two places of A, each of which is heard at two places of B.
    every = [found(0, 50, 1e-5), found(0, 90, 1e-4), found(20, 50, 1e-3), found(20, 90, 1e-6)]
    kept = distinct(every)
    assert [(f.a[0], f.b[0]) for f in kept] == [(20, 90), (0, 50)]


# -- sound ----------------------------------------------------------------------------------------------------------


def notes(seed: int, seconds: float) -> Wave:
    """Short tones at random, over a little noise."""
    random = np.random.default_rng(seed)
    out = 0.001 * random.normal(size=int(seconds * RATE))
    for _ in range(int(seconds * 12)):
        length = int(random.uniform(0.05, 0.3) * RATE)
        begin = int(random.uniform(0, seconds) * RATE)
        tone = np.sin(2 * np.pi * random.uniform(100, 3500) * np.arange(length) / RATE) * np.hanning(length)
        room = out[begin : begin + length]
        room += random.uniform(0.02, 0.3) * tone[: len(room)]
    return out.astype(np.float32)


@pytest.fixture(scope="module")
def waves() -> tuple[Wave, Wave]:
    return notes(1, 70), notes(2, 70)


@pytest.mark.parametrize("level", [6.0, -3.0])
def test_five_seconds_of_sound_under_another(waves: tuple[Wave, Wave], level: float) -> None:
    quoted, host = waves[0], waves[1].copy()
    host[30 * RATE : 35 * RATE] += np.float32(10 ** (level / 20)) * quoted[12 * RATE : 17 * RATE]
    found = sound_echoes(prints_of(quoted), prints_of(host), least=0.01)
    assert len(found) == 1
    assert found[0].a == pytest.approx((12, 17), abs=0.8)
    assert found[0].shift == pytest.approx(18, abs=0.05)
    assert 0.1 < found[0].score <= 1


def heard(wave: Wave) -> waves_.Wave:
    """A sound as it is asked for, silent where it is not."""

    def between(begin: float, end: float) -> Wave:
        at = np.arange(round((end - begin) * RATE)) + round(begin * RATE)
        inside = (at >= 0) & (at < len(wave))
        return np.where(inside, wave[np.clip(at, 0, len(wave) - 1)], 0).astype(np.float32)

    return waves_.Wave(between, 0.0, len(wave) / RATE)


def test_the_sounds_themselves_tell_what_landmarks_leave_open(waves: tuple[Wave, Wave]) -> None:
    """Five seconds of rain, no louder than the hiss of what lies over it: hardly a landmark outlasts that."""
    random = np.random.default_rng(5)
    quoted, hiss = 0.01 * random.normal(size=(2, 70 * RATE)).astype(np.float32)
    host = waves[1] + hiss
    host[30 * RATE : 35 * RATE] -= quoted[12 * RATE : 17 * RATE]
    a, b = prints_of(quoted), prints_of(host)
    assert sound_echoes(a, b, least=0.01) == []
    (found,) = sound_echoes(a, b, least=0.01, waves=(heard(quoted), heard(host)))
    assert found.a == pytest.approx((12, 17), abs=0.5)
    assert found.shift == pytest.approx(18, abs=0.001)
    assert found.details["in_step"] > 7


def test_sounds_laid_over_each_other(waves: tuple[Wave, Wave]) -> None:
    one, other = waves
    found = waves_.laid(heard(one), heard(np.roll(one, 100)), 20.0, 24.0, 0.0)
    assert found is not None
    assert found.stands > 10
    assert found.shift == pytest.approx(100 / RATE)
    unlike = waves_.laid(heard(one), heard(other), 20.0, 24.0, 0.0)
    assert unlike is not None
    assert unlike.stands < 7
    # A click in each is not one recording, however alike they are.
    clicks = 1e-3 * other, 1e-3 * one
    for wave in clicks:
        wave[22 * RATE : 22 * RATE + 3] = 0.9
    clicked = waves_.laid(heard(clicks[0]), heard(clicks[1]), 20.0, 24.0, 0.0)
    assert clicked is not None
    assert clicked.stands < 7
    assert waves_.laid(heard(one), heard(np.zeros(9, np.float32)), 20.0, 24.0, 0.0) is None


def test_unrelated_sounds_have_no_echo(waves: tuple[Wave, Wave]) -> None:
    a, b = (prints_of(wave) for wave in waves)
    assert sound_echoes(a, b, least=0.05) == []
    silent = Prints(np.zeros(0, np.uint32), np.zeros(0, np.uint16), Fraction(0), 100)
    assert sound_echoes(a, silent) == sound_echoes(silent, a) == []


def test_a_quotation_at_the_speed_of_pal(waves: tuple[Wave, Wave]) -> None:
    """A sound of 24 frames a second that B has at 25, higher and shorter."""
    quoted, host = waves[0], waves[1].copy()
    at = np.arange(int(8 * RATE * 24 / 25)) * 25 / 24 + 20 * RATE
    host[40 * RATE : 40 * RATE + len(at)] += 2 * np.interp(at, np.arange(len(quoted)), quoted).astype(np.float32)
    a, b = prints_of(quoted), prints_of(host)
    found = sound_echoes(a, b, speed=Fraction(24, 25), least=0.01)
    assert found
    assert found[0].a == pytest.approx((20, 28), abs=1.0)
    assert found[0].b == pytest.approx((40, 40 + 8 * 24 / 25), abs=1.0)


def test_backwards_twice_is_forwards() -> None:
    prints = prints_of(notes(4, 5))
    again = backwards(backwards(prints))
    assert again.hop.tolist() == prints.hop.tolist()
    assert again.bin.tolist() == prints.bin.tolist()
    assert prints.hops == 5 * HOPS


# -- melodies -------------------------------------------------------------------------------------------------------

MELODY = [0, 4, 7, 5, 4, 2, 0, -1, 0, 7, 9, 7, 5, 4, 5, 2, 4, 0, 2, -5, 0, 4, 2, 7, 12, 11, 9, 7, 5, 9, 7, 4]
ANOTHER = [0, 0, 3, 2, 0, 8, 7, 7, 3, 5, 0, 3, 10, 8, 7, 0, 2, 3, 5, 10, 12, 7, 3, 3, 8, 5, 2, 0, -2, 0, 7, 8]


def played(notes: Sequence[int], beat: float, key: int, overtones: Sequence[float]) -> Prints:
    """A tune of even notes, the third one of each four held, over a little noise."""
    random = np.random.default_rng(key)
    out = [0.002 * random.normal(size=5 * RATE)]
    for n, note in enumerate(notes):
        t = np.arange(int(beat * (2 if n % 4 == 2 else 1) * RATE)) / RATE
        hertz = 440 * 2 ** ((note + key - 9) / 12)
        tone = sum(level * np.sin(2 * np.pi * hertz * (k + 1) * t) for k, level in enumerate(overtones))
        out.append(0.1 * tone * np.exp(-2 * t) + 0.002 * random.normal(size=len(t)))
    return prints_of(np.concatenate([*out, out[0]]).astype(np.float32))


def test_the_same_melody_in_another_key_tempo_and_sound() -> None:
    a, b = played(MELODY, 0.5, 0, [1, 0.5, 0.25]), played(MELODY, 0.4, 4, [1, 0.1, 0.6, 0.05, 0.3])
    assert sound_echoes(a, b, least=0.01) == []
    (one,) = melody_echoes(Tune.of(a), Tune.of(b), least=0.01)
    assert one.details["same"] == "melody"
    assert one.details["key"] == 4
    assert one.details["tempo"] == pytest.approx(0.8, abs=0.08)
    assert one.a == pytest.approx((5, 25), abs=2.5)
    assert one.b == pytest.approx((5, 21), abs=2.5)


def test_other_melodies_and_held_notes_are_no_echo() -> None:
    a, b = played(MELODY, 0.5, 0, [1, 0.5, 0.25]), played(ANOTHER, 0.45, 2, [1, 0.5, 0.25])
    assert melody_echoes(Tune.of(a), Tune.of(b), least=0.01) == []
    held = played([0] * 40, 0.5, 0, [1, 0.5]), played([0] * 40, 0.5, 5, [1, 0.5])
    assert melody_echoes(Tune.of(held[0]), Tune.of(held[1]), least=0.01) == []
    noise = prints_of((0.05 * np.random.default_rng(1).normal(size=20 * RATE)).astype(np.float32))
    assert melody_echoes(Tune.of(a), Tune.of(noise), least=0.01) == []


def test_of_much_music_the_part_with_most_is_compared() -> None:
    """Seconds go by the film, not by what was kept of it."""
    a = played(MELODY, 0.5, 0, [1, 0.5, 0.25])
    whole, cut = Tune.of(a), Tune.of(a, lambda at: np.where(at > 11.9, 0.9, 0.1))
    assert len(cut) < len(whole)
    first = int(np.flatnonzero(cut.chroma.any(axis=1))[0])
    assert cut.at[first] == pytest.approx(12, abs=0.3)


# -- lines ----------------------------------------------------------------------------------------------------------

SMALL = ["I don't know.", "Come on, now.", "I love you.", "Thank you.", "Good night."]


def vocabulary() -> list[str]:
    """Words of no language, short ones first."""
    random = np.random.default_rng(0)
    made = {"".join(random.choice(list(s)) for s in ("bdfgklmnprst", "aeiou") * 3)[: 2 + n // 250] for n in range(1500)}
    return sorted(made, key=lambda word: (len(word), word))


WORDS = vocabulary()


def talk(seed: int, count: int) -> list[str]:
    """Sentences, and small talk between them that every film has."""
    random = np.random.default_rng(seed)
    # As in speech: the shortest words most often (Zipf).
    often = 1 / (5 + np.arange(len(WORDS)))
    often /= often.sum()
    return [
        str(random.choice(SMALL))
        if random.random() < 0.1
        else " ".join(random.choice(WORDS, int(random.integers(3, 9)), p=often)) + "."
        for _ in range(count)
    ]


def words(lines: Sequence[str]) -> Words:
    return Words.of(lines_track([Line(3000 * i, 3000 * i + 2000, text) for i, text in enumerate(lines)]))


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("I'll always remember Paris, darling.", "I'll always remember Lisbon, darling."),
        ("Frankly, I don't give a damn about kangaroos.", "Frankly, they don't give a damn about kangaroos."),
        ("Badgers? We need no stinking badgers!", "Badgers? We need no stinking badges!"),
    ],
)
def test_a_line_with_one_word_changed(said: str, quoted: str) -> None:
    a, b = talk(1, 150), talk(2, 150)
    a[40], b[90] = said, quoted
    found = line_echoes(words(a), words(b), least=0.01)
    assert [(f.a, f.b) for f in found] == [((120.0, 122.0), (270.0, 272.0))]
    assert found[0].details["a"] == said
    assert found[0].details["b"] == quoted


def test_what_everybody_says_is_no_echo() -> None:
    """Small talk is in both films many times over, and tells nothing."""
    assert line_echoes(words(talk(3, 200)), words(talk(4, 200)), least=0.01) == []
    assert line_echoes(words(["I love you."]), words(["I love you!"]), least=0.01) == []
    stock = ["What are you doing here?"]
    assert line_echoes(words(stock + talk(3, 40)), words(talk(4, 40) + stock), least=0.01) == []
    assert line_echoes(words([]), words(["I love you!"])) == []


def test_a_quotation_over_two_lines() -> None:
    a, b = talk(5, 80), talk(6, 80)
    a[20:22] = ["Tomorrow the lighthouse keeper", "will climb four hundred icy steps."]
    b[50] = "Tomorrow the lighthouse keeper will climb four hundred icy steps."
    found = line_echoes(words(a), words(b), least=0.01)
    assert found[0].a == (60.0, 65.0)
    assert found[0].b == (150.0, 152.0)
    assert found[0].score == pytest.approx(1, abs=0.05)


# -- rhythm ---------------------------------------------------------------------------------------------------------


def shots(lengths: Sequence[float] | npt.NDArray[np.float64]) -> Shots:
    end = np.cumsum(np.asarray(lengths, np.float64))
    return Shots(np.concatenate([[0.0], end[:-1]]), end)


def lengths(seed: int, count: int) -> npt.NDArray[np.float64]:
    return np.exp(np.random.default_rng(seed).normal(1.0, 0.8, count))


@pytest.mark.parametrize(("tempo", "loose"), [(1.0, 0.0), (1.35, 0.05)])
def test_a_shape_of_cuts_returns(tempo: float, loose: float) -> None:
    """Fifteen shots, at another tempo, one of them cut in two."""
    a, b = lengths(1, 120), lengths(2, 100)
    shape = a[40:55] * tempo * np.exp(np.random.default_rng(3).normal(0, loose, 15))
    shape = np.concatenate([shape[:7], [shape[7] / 3, 2 * shape[7] / 3], shape[8:]])
    film, other = shots(a), shots(np.concatenate([b[:30], shape, b[30:]]))
    found = rhythm_echoes(film, other, least=0.01)
    assert len(found) == 1
    assert found[0].a == pytest.approx((film.begin[40], film.end[54]), abs=float(a[36:59].max()) + 3)
    assert found[0].details["tempo"] == pytest.approx(tempo, rel=0.08)


def test_films_that_are_cut_alike_have_no_echo_for_it() -> None:
    for seed in range(4):
        assert rhythm_echoes(shots(lengths(10 + seed, 150)), shots(lengths(50 + seed, 150)), least=0.005) == []
    even = shots(np.full(60, 4.0))
    assert rhythm_echoes(even, even, least=0.01) == []
    assert rhythm_echoes(shots([2.0, 3.0]), even) == []


# -- pictures -------------------------------------------------------------------------------------------------------


def picture(seed: int, high: int = 72, wide: int = 128) -> npt.NDArray[np.uint8]:
    """Soft shapes at random."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : 1j * high, 0 : 1 : 1j * wide]  # type: ignore[misc]
    out = np.full((high, wide), 0.5)
    for _ in range(25):
        cy, cx = random.random(2)
        size = random.uniform(0.03, 0.2)
        out += random.normal(0, 0.4) * np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / (2 * size**2))
    return np.asarray(np.clip(255 * out, 0, 255), np.uint8)


class _Unseen:
    """Stills that are not there, of a film whose file is gone."""

    at_hand = False

    def of_shot(self, shot: int, mirrored: bool = False) -> tuple[Wave, Wave]:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)

    def grey(self, shot: int) -> None:
        return None


def pictured(pictures: Sequence[npt.NDArray[np.uint8]]) -> Pictured:
    """A film of shots of 2 s in which nothing moves."""
    luma = np.stack(pictures)
    grey = np.full((len(luma), luma.shape[1] // 2, luma.shape[2] // 2), 128, np.uint8)
    look = looks(luma, grey, grey)
    layouts = unpack_layout(look.layouts)[:, : DOWN * ACROSS].reshape(-1, DOWN, ACROSS)
    number = np.arange(len(luma))
    begin = 2.0 * number
    unseen: Any = _Unseen()
    gone: Any = SimpleNamespace(facts=SimpleNamespace(picture=None), times=None)
    shape = luma.shape[2] / luma.shape[1]
    return Pictured(
        gone, layouts, begin + 1, number, look.hashes, begin + 1, number, begin, begin + 2, shape, unseen
    )  # fmt: skip


def part_of(whole: npt.NDArray[np.uint8], top: int, left: int, high: int, wide: int) -> npt.NDArray[np.uint8]:
    import cv2

    size = whole.shape[1], whole.shape[0]
    cut = np.ascontiguousarray(whole[top : top + high, left : left + wide])
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def graded(shown: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(np.clip(20 + 220 * (shown / 255.0) ** 0.8, 0, 255), np.uint8)


def test_footage_graded_cropped_and_mirrored() -> None:
    a = [picture(n) for n in range(30)]
    b = [picture(n) for n in range(100, 130)]
    b[10] = graded(a[5])
    b[20] = graded(part_of(a[12], 5, 9, 62, 110))
    b[25] = np.ascontiguousarray(graded(a[20])[:, ::-1])
    found = image_echoes(pictured(a), pictured(b), least=0.01)
    assert {(f.a, f.b) for f in found} == {((10, 12), (20, 22)), ((24, 26), (40, 42)), ((40, 42), (50, 52))}
    by_place = {f.a[0]: f.details for f in found}
    assert all(details["same"] == "footage" for details in by_place.values())
    assert "mirrored" not in by_place[10]
    assert by_place[40]["mirrored"]
    left, top, right, bottom = by_place[24]["shown_of_a"]
    assert (left, top, right, bottom) == pytest.approx((9 / 128, 5 / 72, 119 / 128, 67 / 72), abs=0.08)


def test_shots_that_follow_on_are_one_echo() -> None:
    a = [picture(n) for n in range(20)]
    b = [picture(n) for n in range(100, 120)]
    b[8:12] = [graded(shown) for shown in a[3:7]]
    found = image_echoes(pictured(a), pictured(b), least=0.01)
    assert [(f.a, f.b) for f in found] == [((6, 14), (16, 24))]


def test_shots_are_laid_in_step_by_all_their_pictures() -> None:
    """Two seconds of a slow pan of ten, which looks alike all through; and what is too unlike is not laid."""
    wide = picture(3, 72, 160)
    pan = np.stack([graded(wide[:, n // 2 : n // 2 + 128]) for n in range(40)])
    grey = np.full((40, 36, 64), 128, np.uint8)
    signs = [np.unpackbits(looks(luma, grey, grey).hashes.view(np.uint8), axis=1) for luma in (pan, pan // 2 + 40)]
    at = np.arange(40) / 4
    bits = (signs[0][:, None, :] != signs[1][None, 24:32, :]).sum(axis=2)
    assert in_step(at, 100 + at[:8], bits) == pytest.approx((6, 100), abs=0.3)
    assert in_step(100 + at[:8], at, bits.T) == pytest.approx((100, 6), abs=0.3)
    assert in_step(at, 100 + at[:8], np.full((40, 8), 128.0)) is None
    assert in_step(at[:0], at[:0], np.zeros((0, 0))) is None


def test_unrelated_pictures_have_no_echo() -> None:
    a, b = pictured([picture(n) for n in range(40)]), pictured([picture(n) for n in range(200, 240)])
    assert image_echoes(a, b, least=0.01) == []


def test_views_keep_the_proportions() -> None:
    for shape, other in ((16 / 9, 16 / 9), (2.39, 4 / 3), (4 / 3, 2.39)):
        for view in views_of(shape, other, False):
            wide, high = view.part_a.wide / view.part_b.wide * shape, view.part_a.high / view.part_b.high
            if view.part_a.whole and view.part_b.whole:
                continue
            assert wide / high == pytest.approx(other, rel=0.05)


def test_a_layout_of_a_part_is_the_part_s_layout() -> None:
    whole = picture(7)
    grey = np.full((1, 36, 64), 128, np.uint8)
    cut = part_of(whole, 0, 26, 57, 102)
    layouts = [
        unpack_layout(looks(shown[None], grey, grey).layouts)[:, : DOWN * ACROSS].reshape(-1, DOWN, ACROSS)
        for shown in (whole, cut)
    ]
    part = seen_in(layouts[0], Part(26 / 128, 0.0, 102 / 128, 57 / 72))
    whole_alike = float((seen_in(layouts[0]) @ seen_in(layouts[1]).T)[0, 0])
    assert float((part @ seen_in(layouts[1]).T)[0, 0]) > max(0.9, whole_alike + 0.1)


# -- films ----------------------------------------------------------------------------------------------------------


def film(library: Library, name: str, lines: Sequence[str]) -> Edition:
    """A film that holds nothing but lines."""
    identity = name.encode().hex().ljust(32, "0")[:32]
    facts = FilmFacts(f"/films/{name}.mkv", identity, "list srt", 0, Fraction(3 * len(lines)), Fraction(0), None, None)
    edition = library.add(facts, name)
    track = lines_track([Line(3000 * i, 3000 * i + 2000, text) for i, text in enumerate(lines)])
    edition.commit(Made("lines", 1, {}, "test", ("lines",)), {"lines": track})
    library.enter(edition, watched=True)
    return edition


QUOTE = "Never trust a lighthouse that whistles at midnight."


def films(folder: Path) -> tuple[Library, list[Edition]]:
    library = Library(folder)
    said = [talk(n, 60) for n in range(5)]
    for lines in said[:2]:
        lines[30] = QUOTE
    return library, [film(library, f"Film {n}", lines) for n, lines in enumerate(said)]


def test_echoes_of_a_film(tmp_path: Path) -> None:
    _, every = films(tmp_path)
    told: list[str] = []
    found = echoes(every[0], every, told=told.append)
    (echo,) = found.echoes
    assert (echo.kind, echo.a.film, echo.b.film) == ("line", "Film 0", "Film 1")
    assert echo.chance < 1e-3
    assert not echo.common
    assert any("Film 1" in line for line in told)
    assert set(echo.as_json()) == {"kind", "a", "b", "score", "chance", "common", "details"}
    assert echo.as_json()["a"] == {"film": "Film 0", "edition": every[0].id, "start": 90.0, "end": 92.0}
    assert echoes(every[2], every).echoes == ()
    assert echoes(every[0], every, kinds=["sound"]).echoes == ()


def test_lines_are_told_as_far_as_chance_yields_one_an_hour() -> None:
    assert most_by_chance("sound", 4.0) == most_by_chance("line", 0.001) == pytest.approx(0.01, rel=0.01)
    assert most_by_chance("line", 4.0) == 4.0
    assert most_by_chance("line", 4.0, 0.01) == most_by_chance("image", 4.0)


def test_what_many_films_say_is_common_property(tmp_path: Path) -> None:
    library = Library(tmp_path)
    every = []
    for n in range(5):
        lines = talk(n, 60)
        lines[10 + n] = QUOTE
        every.append(film(library, f"Film {n}", lines))
    alone = echoes(every[0], [every[1]])
    assert [e.common for e in alone.echoes] == [False]
    (known,) = echoes(every[0], [every[1]], library=every).echoes
    assert known.common
    assert all(e.common for e in echoes(every[0], every[1:]).echoes)


def test_another_edition_is_no_echo(tmp_path: Path) -> None:
    library, every = films(tmp_path)
    cut = [f"{who} {what} {whose} {n}" for n, (who, what, whose) in enumerate([("Anna", "sings of", "gulls")] * 3)]
    again = film(library, "Film 0 (restored)", [*cut, *talk(0, 60)[:55]])
    found = echoes(every[0], [again, every[1]])
    assert [e.id for e in found.editions] == [again.id]
    assert {e.b.edition for e in found.echoes} == {every[1].id}


def test_what_is_quoted_here_and_there_is_no_edition(tmp_path: Path) -> None:
    """Most of a short film's lines in a longer one: in order that is an edition, in another order quotations."""
    library = Library(tmp_path)
    said, between = talk(1, 60), talk(2, 60)
    short = film(library, "Short", said)
    order = [said[23 * n % 60] for n in range(60)]
    mixed = film(library, "Mixed", [line for n in range(60) for line in (between[n], order[n])])
    found = echoes(short, [mixed])
    assert found.editions == ()
    assert len(found.echoes) >= 20
    again = film(library, "Again", [*between[:10], *said, *between[10:]])
    assert [e.id for e in echoes(short, [again]).editions] == [again.id]
