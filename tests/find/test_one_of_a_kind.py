"""What is one of a kind and what comes back: in the demo film, of which it is known, and planted."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rewatch.demo import Truth
from rewatch.errors import NotMeasured
from rewatch.find.one_of_a_kind import sounds_of
from rewatch.find.one_of_a_kind_pictures import pictures_of
from rewatch.find.sounds_coming_back import coming_back
from rewatch.library.library import Library
from rewatch.sounds.prints import Prints, prints_of


@pytest.fixture(scope="module")
def truth(demo_film: object) -> Truth:
    found: Truth = demo_film.truth  # type: ignore[attr-defined]
    return found


def shared(places: object, begin: float, end: float) -> float:
    return max((min(e, end) - max(b, begin) for b, e in places), default=0.0)  # type: ignore[attr-defined]


def test_the_hum_is_among_the_first_of_what_is_heard_once(demo_library: Library, truth: Truth) -> None:
    edition = demo_library.edition(demo_library.entries()[0].id)
    once = [s for s in sounds_of(demo_library, edition, 6) if s.kind == "once"]
    hum = truth.sound["hum"]
    assert any(shared(s.places, hum["begin"], hum["end"]) > 1 for s in once[:5])
    assert [s.rare for s in once] == sorted((s.rare for s in once), reverse=True)
    # The waltz is played twice: it is not heard once.
    waltz = truth.sound["waltz_again"]
    assert not any(shared(s.places, waltz["begin"] + 1, waltz["begin"] + 5) > 2 for s in once[:3])


def test_the_waltz_comes_back(demo_library: Library, truth: Truth) -> None:
    edition = demo_library.edition(demo_library.entries()[0].id)
    back = [s for s in sounds_of(demo_library, edition, 6) if s.kind != "once"]
    first, again = truth.sound["waltz"], truth.sound["waltz_again"]
    assert any(
        shared(s.places[:1], first["begin"], first["end"]) > 2
        and shared(s.places[1:], again["begin"], again["end"]) > 2
        for s in back
    )


def planted(at: tuple[float, ...], seconds: float = 60.0) -> Prints:
    """A minute of tones in noise, each at its own place, and the same two seconds of bells laid in at some places."""
    rng = np.random.default_rng(5)
    rate = 8000
    t = np.arange(round(seconds * rate)) / rate
    wave = rng.normal(0, 0.005, len(t))
    for k in range(200):
        begin, hertz = rng.uniform(0, seconds - 0.5), rng.uniform(150, 3000)
        some = (t >= begin) & (t < begin + 0.3)
        wave[some] += 0.05 * np.sin(2 * np.pi * hertz * (t[some] - begin)) * (k % 2 + 1)
    # A struck bell after another: each with its partials, dying away.
    strike = np.arange(rate // 4) / rate
    ring = np.concatenate(
        [
            sum(np.sin(2 * np.pi * f * k * strike) / k for k in (1, 1.5, 2, 2.7, 3.3) if f * k < 3900)
            * np.exp(-strike / 0.08)
            * 0.3
            for f in (880, 1320, 990, 1480, 660, 1760, 1100, 740)
        ]
    )
    for second in at:
        wave[round(second * rate) : round(second * rate) + len(ring)] += ring
    return prints_of(wave.astype(np.float32), Fraction(0))


def test_a_ring_tone_that_was_laid_in_three_times_is_found_three_times() -> None:
    found = coming_back(planted((7.0, 23.5, 48.25)))
    assert len(found) == 1
    assert [begin for begin, _ in found[0]] == pytest.approx([7.0, 23.5, 48.25], abs=0.4)


def test_where_nothing_comes_back_nothing_is_found() -> None:
    assert coming_back(planted((7.0,))) == []


def test_pictures_that_return_and_the_room(demo_library: Library, truth: Truth) -> None:
    edition = demo_library.edition(demo_library.entries()[0].id)
    found = pictures_of(demo_library, edition, 20)
    back = {p.shots for p in found if p.kind == "returns"}
    room = truth.events["returning_image"]
    begins = edition.spans("shots").begin
    shots = tuple(
        int(np.searchsorted(begins, frame, side="right")) for frame in (room["first"], room["again"]["first"])
    )
    assert shots in back
    assert len(back) >= 6  # of the staccato passage each picture is seen twice
    once = [p for p in found if p.kind == "once"]
    assert not {s for p in once for s in p.shots} & {s for shots in back for s in shots}


def test_a_film_without_sound_or_prints_says_so(tmp_path: Path) -> None:
    from rewatch.facts import FilmFacts

    facts = FilmFacts("/films/x.mkv", "0" * 32, "list srt", 0, Fraction(10), Fraction(0), None, None)
    library = Library(tmp_path)
    edition = library.add(facts)
    with pytest.raises(NotMeasured):
        sounds_of(library, edition)
    with pytest.raises(NotMeasured):
        pictures_of(library, edition)
