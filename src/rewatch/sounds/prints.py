"""Prints: what a sound is found by. The landmarks of the whole soundtrack, and the pairs of them that are looked up.

Only landmarks are stored (6 bytes each, under 1 MB an hour); pairs are made of them when they are wanted, the same
ones each time.

    prints = open_prints(edition.kept("sound_prints"))
    prints.hop, prints.bin            memory-mapped: (n,) uint32 hops of 1/64 s, in order; (n,) uint16 frequency bins
    hash, hop = prints.pairs()        (m,) uint32 hash of each pair, (m,) int64 hop of its earlier landmark
    prints.seconds(hop)               second in the film
    matches(a, b)                     stretches of a that b bears too (`rewatch.sounds.prints_matches`)

Contents
    Prints, open_prints   the stored prints of an edition
    prints_of             those of a sound at hand
    SoundPrints           the analyser
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.analyser import Analyser, Gives
from rewatch.errors import NotMeasured
from rewatch.evidence import Samples
from rewatch.facts import FilmFacts
from rewatch.sounds.blocks import Blocks
from rewatch.sounds.prints_landmarks import ABOVE, HOPS, NEAR, RATE, SURROUNDINGS, Down, Landmarks, landmarks_of
from rewatch.sounds.prints_pairs import pairs_of
from rewatch.track import Figures, Track

_MADE: dict[str, Any] = {"near": list(NEAR), "surroundings": list(SURROUNDINGS), "above": ABOVE, "form": 1}
ABOUT = f"about-{blake2b(json.dumps(_MADE).encode(), digest_size=4).hexdigest()}.json"
"""The file beside the arrays that says what they are. Its name tells how they were made: others are not compared."""
_SOURCE = "Wang 2003, An industrial-strength audio search algorithm, ISMIR"


@dataclass(frozen=True, slots=True)
class Prints:
    """The landmarks of a sound.

    hop:   (n,) uint32, in order: 1/64 s from `start`; hop i is the sixty-fourth that begins there
    bin:   (n,) uint16, frequency in steps of 7.8125 Hz
    start: second at which hop 0 begins
    hops:  how many the sound has
    """

    hop: npt.NDArray[np.uint32]
    bin: npt.NDArray[np.uint16]
    start: Fraction
    hops: int

    def __len__(self) -> int:
        return len(self.hop)

    def pairs(self, begin: int = 0, end: int | None = None) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
        """(m,) hashes, and the hops that they begin at, of the landmarks in hops ``[begin, end)``."""
        hop, bins = self.between(begin, self.hops if end is None else end)
        return pairs_of(hop, bins)

    def between(self, begin: int, end: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
        """Hops (as in the film) and bins of the landmarks in hops ``[begin, end)``."""
        # Of the array's own type: for another, NumPy would read and convert the whole of it.
        edges = np.clip([begin, end], 0, 2**32 - 1).astype(np.uint32)
        low, high = np.searchsorted(self.hop, edges)
        return np.asarray(self.hop[low:high], dtype=np.int64), np.asarray(self.bin[low:high])

    def seconds(self, hop: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Seconds in the film at which hops begin."""
        return float(self.start) + np.asarray(hop, dtype=np.int64) / HOPS


def open_prints(folder: Path) -> Prints:
    """The prints that were kept in a folder (``edition.kept("sound_prints")``), memory-mapped.

    NotMeasured where there are none: the film has no sound, or was watched by a rewatch that made none or others.
    """
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        hop: npt.NDArray[np.uint32] = _mapped(folder / "hop.npy", np.uint32)
        bins: npt.NDArray[np.uint16] = _mapped(folder / "bin.npy", np.uint16)
        return Prints(hop, bins, Fraction(about["start"]), int(about["hops"]))
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise NotMeasured(f"there are no prints of the sound in {folder}: watch the film again") from error


def _mapped(path: Path, kind: Any) -> Any:
    """A plain array that `np.save` wrote, mapped into memory. np.load parses its header, which takes ten times longer:
    a search opens hundreds."""
    with path.open("rb") as file:
        head = file.read(10)
        if head[:8] != b"\x93NUMPY\x01\x00":
            raise ValueError(f"{path} is no array")
        begin = 10 + int.from_bytes(head[8:10], "little")
        if begin == path.stat().st_size:
            return np.zeros(0, dtype=kind)
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), kind, offset=begin)


def save_prints(prints: Prints, folder: Path) -> None:
    """Write what `open_prints` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "hop.npy", np.asarray(prints.hop, dtype=np.uint32))
    np.save(folder / "bin.npy", np.asarray(prints.bin, dtype=np.uint16))
    about = {"start": str(prints.start), "hops": prints.hops, **_MADE}
    (folder / ABOUT).write_text(json.dumps(about), "utf-8")


def prints_of(wave: npt.NDArray[np.float32], start: Fraction = Fraction(0)) -> Prints:
    """Prints of a sound (n,) at 8 kHz, one channel."""
    hop, bins = landmarks_of(wave)
    return Prints(hop.astype(np.uint32), bins, start, -(-len(wave) * HOPS // RATE))


class SoundPrints(Analyser[Samples]):
    """Landmarks of the whole soundtrack, mixed to one channel at 8 kHz; they stand in its folder ``keep``."""

    name = "sound_prints"
    version = 3
    watches = "samples"
    gives = (Gives("sound_prints", "figures", "how many landmarks the sound is found by", source=_SOURCE),)

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._rate = 0
        self._samples = 0
        self._start = Fraction(0)
        self._hop: list[npt.NDArray[np.uint32]] = []
        self._bin: list[npt.NDArray[np.uint16]] = []

    def settings(self) -> Mapping[str, Any]:
        return _MADE

    def begin(self, film: FilmFacts, scratch: Path) -> None:
        self._clear()
        self._scratch = scratch

    def feed(self, piece: Samples) -> None:
        if not self._rate:
            self._rate, self._start = piece.rate, piece.start
            self._blocks = Blocks(piece.rate)
            self._down = Down(piece.rate, piece.layout, piece.values.shape[1])
            self._landmarks = Landmarks()
        for block in self._blocks.push(piece.values):
            self._take(self._down.push(block))

    def _take(self, wave: npt.NDArray[np.float32]) -> None:
        self._samples += len(wave)
        self._add(*self._landmarks.push(wave))

    def _add(self, hop: npt.NDArray[np.int64], bins: npt.NDArray[np.uint16]) -> None:
        if len(hop):
            self._hop.append(hop.astype(np.uint32))
            self._bin.append(bins)

    def finish(self, tracks: Mapping[str, Track]) -> Mapping[str, Track]:
        if self._rate:
            rest = self._blocks.rest()
            if rest.size:
                self._take(self._down.push(rest))
            self._take(self._down.end())
            self._add(*self._landmarks.end(self._samples))
        hop = np.concatenate([np.zeros(0, dtype=np.uint32), *self._hop])
        if self._rate:
            bins = np.concatenate([np.zeros(0, dtype=np.uint16), *self._bin])
            hops = -(-self._samples * HOPS // RATE)
            save_prints(Prints(hop, bins, self._start, hops), self._scratch / "keep")
        return {"sound_prints": Figures("sound_prints", {"landmarks": len(hop)})}
