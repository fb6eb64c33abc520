"""Minutes cover the film, each sixty seconds of the clock."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rewatch.clock import Clock
from rewatch.facts import FilmFacts
from rewatch.structure.minutes import Minutes, minutes_track
from rewatch.track import Curve, Spans


@pytest.mark.parametrize(
    ("length", "labels", "end"),
    [(0.0, [], None), (0.5, ["1"], 1), (60.0, ["1"], 60), (60.04, ["1", "2"], 61), (150.0, ["1", "2", "3"], 150)],
)
def test_minutes_cover_the_film(length: float, labels: list[str], end: int | None) -> None:
    track = minutes_track(length)
    assert list(track.label) == labels
    if end is not None:
        assert track.end[-1] == end
        assert (track.begin == 60 * np.arange(len(track))).all()


def test_what_there_is_counts_not_what_the_header_says() -> None:
    analyser = Minutes()
    analyser.begin(FilmFacts("/f", "0" * 32, "mp4", 1, Fraction(300), Fraction(0), None, None), Path())
    loudness = Curve("loudness", np.zeros((1000, 2)), Clock(Fraction(10)), "LUFS", ("momentary", "short_term"))
    found = analyser.finish({"loudness": loudness})["minutes"]
    assert isinstance(found, Spans)
    assert len(found) == 2
    header = analyser.finish({})["minutes"]
    assert len(header) == 5
