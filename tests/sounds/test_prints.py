"""Prints: where landmarks lie, at any rate and after hours; what two sounds have in common."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import resample_poly

from rewatch.errors import NotMeasured
from rewatch.evidence import Samples
from rewatch.sounds.prints import Prints, SoundPrints, open_prints, prints_of, save_prints
from rewatch.sounds.prints_landmarks import HOPS, RATE, Down
from rewatch.sounds.prints_matches import matches
from rewatch.sounds.prints_pairs import pairs_of

Wave = npt.NDArray[np.float32]


def notes(seed: int, seconds: float, rate: int = RATE) -> Wave:
    """Short tones at random, over a little noise."""
    random = np.random.default_rng(seed)
    out = 0.001 * np.random.default_rng(seed).normal(size=int(seconds * rate))
    for _ in range(int(seconds * 12)):
        length = int(random.uniform(0.05, 0.3) * rate)
        begin = int(random.uniform(0, seconds) * rate)
        tone = np.sin(2 * np.pi * random.uniform(100, 3500) * np.arange(length) / rate) * np.hanning(length)
        room = out[begin : begin + length]
        room += random.uniform(0.02, 0.3) * tone[: len(room)]
    return out.astype(np.float32)


def analysed(values: Wave, rate: int, layout: str, folder: Path, start: Fraction = Fraction(0)) -> Prints:
    analyser = SoundPrints()
    analyser.begin(None, folder)  # type: ignore[arg-type]
    analyser.feed(Samples(0, start, rate, layout, values))
    analyser.finish({})
    return open_prints(folder / "keep")


@pytest.mark.parametrize("rate", [4000, 11025, 16000, 22050, 44100, 48000, 96000, 37037])
def test_a_beep_lies_where_it_sounds(rate: int, tmp_path: Path) -> None:
    """At whatever rate and in whatever channel: its landmark is in its bin, and in the hop in which it is loudest."""
    at = np.arange(6 * rate) / rate
    beep = np.sin(2 * np.pi * 1000 * at) * np.exp(-(((at - 3.3) / 0.05) ** 2))
    values = np.zeros((len(at), 6), dtype=np.float32)
    values[:, 2] = 0.3 * beep
    values += 1e-5 * np.random.default_rng(0).normal(size=values.shape)
    prints = analysed(values, rate, "5.1", tmp_path, Fraction(1, 4))
    hop, _ = prints.between(int(3.2 * HOPS), int(3.4 * HOPS))
    found = prints.bin[np.isin(prints.hop, hop)] == 128
    assert found.sum() == 1
    second = float(prints.seconds(hop[found])[0]) + 0.5 / HOPS
    assert second == pytest.approx(3.3 + 0.25, abs=1.5 / HOPS)
    assert prints.hops == 6 * HOPS


def test_the_rate_is_turned_without_a_shift() -> None:
    wave = notes(3, 4, 48_000)
    down = Down(48_000, "mono", 1)
    blocks = [wave[None, i : i + 48_000] for i in range(0, len(wave), 48_000)]
    turned = np.concatenate([*(down.push(block) for block in blocks), down.end()])
    peer = resample_poly(wave, 1, 6)
    assert len(turned) == len(peer)
    assert float(np.abs(turned - peer)[100:-100].max()) < 0.02 * float(np.abs(peer).max())


def test_after_four_hours_a_hop_is_a_hop() -> None:
    late = 4 * 3600 * HOPS
    prints = Prints(np.array([late, late + 1], np.uint32), np.array([9, 9], np.uint16), Fraction(1, 48), late + 2)
    assert prints.seconds(prints.hop).tolist() == [14400 + 1 / 48, 14400 + 1 / 48 + 1 / HOPS]
    assert prints.between(late + 1, late + 5)[0].tolist() == [late + 1]
    assert len(prints.between(-100, 5)[0]) == 0


def test_pairs_say_how_far_apart() -> None:
    hop, bins = np.array([0, 10, 12, 200]), np.array([100, 130, 300, 130], np.uint16)
    hashes, begins = pairs_of(hop, bins)
    assert begins.tolist() == [0], "130 Hz bins away and hops away is no pair"
    assert hashes.tolist() == [100 << 15 | 130 << 6 | 10]


def test_few_bytes_an_hour(tmp_path: Path) -> None:
    prints = prints_of(notes(5, 60))
    save_prints(prints, tmp_path)
    stored = sum(p.stat().st_size for p in tmp_path.iterdir()) - 512
    # In the index a pair has four bytes.
    assert 60 * (stored + 4 * len(prints.pairs()[0])) < 3_000_000
    opened = open_prints(tmp_path)
    assert opened.hop.base is not None, "mapped, not loaded"
    assert not opened.hop.flags.writeable
    assert (opened.hop == prints.hop).all()
    assert (opened.bin == prints.bin).all()


def test_there_may_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotMeasured, match="watch"):
        open_prints(tmp_path)
    nothing = prints_of(np.zeros(0, np.float32))
    assert len(nothing) == 0
    assert matches(nothing, prints_of(notes(1, 10))) == []
    assert matches(prints_of(notes(1, 10)), nothing) == []


def test_what_two_sounds_share() -> None:
    shared = notes(10, 20)
    a = np.concatenate([notes(11, 12), shared, notes(12, 9)])
    b = np.concatenate([notes(13, 31), shared + notes(14, 20) * 0.5])
    (one,) = matches(prints_of(a), prints_of(b, Fraction(1, 2)))
    assert (one.begin_a, one.end_a) == (pytest.approx(12, abs=1), pytest.approx(32, abs=1))
    assert (one.begin_b, one.end_b) == (pytest.approx(31.5, abs=1), pytest.approx(51.5, abs=1))
    assert one.begin_b - one.begin_a == pytest.approx(19.5, abs=0.04)
    assert 0.25 < one.share < 0.75, "other notes lie over it"
    (alone,) = matches(prints_of(a), prints_of(shared))
    assert alone.share > 0.9
    assert matches(prints_of(notes(15, 40)), prints_of(b)) == []


def test_another_speed() -> None:
    wave = notes(20, 40)
    fast = resample_poly(wave, 24, 25).astype(np.float32)
    assert sum(m.end_a - m.begin_a for m in matches(prints_of(wave), prints_of(fast))) < 10
    (one,) = matches(prints_of(wave), prints_of(fast), speed=Fraction(24, 25))
    assert one.end_a - one.begin_a > 35
    assert one.end_b == pytest.approx(one.end_a * 24 / 25, abs=0.1)


def test_what_comes_back() -> None:
    ring = notes(30, 4)
    prints = prints_of(np.concatenate([notes(31, 15), ring, notes(32, 15), ring, notes(33, 5)]))
    (one,) = matches(prints, prints)
    assert one.begin_a == pytest.approx(15, abs=1)
    assert one.begin_b - one.begin_a == pytest.approx(19, abs=0.04)
