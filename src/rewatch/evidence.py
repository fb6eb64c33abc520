"""Evidence: what a film's file yields when it is played, in the pieces that analysers are fed.

Contents
    Pictures   a run of consecutive frames, each reduced to a small picture; a few also large
    Samples    a run of consecutive audio samples
    Line       words with their time: a subtitle, a line of dialogue
    Damage     what was lost on the way

Pieces come in order and without gaps; how long each is means nothing, and an analyser gives the same whatever the
lengths are (the contract suite in ``tests/contracts`` holds every analyser to that).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Pictures:
    """Consecutive frames ``first .. first + n`` in presentation order, none dropped, none duplicated.

    Every frame is reduced by area averaging to one small Y'CbCr 4:2:0 picture, upright (rotation applied), of about
    the film's aspect: 8-bit code values of the film's own transfer, **full range 0..255** whatever the file's range.

    first:    number of the first frame
    pts:      (n,) int64, ticks of `time_base` from second 0, strictly increasing (repaired where the file's are not)
    duration: ticks that the last frame lasts
    luma:     (n, h, w) uint8, w and h even
    cb, cr:   (n, h/2, w/2) uint8, 128 = none
    keyframe: (n,) bool
    size:     (n,) int32, bytes of the frame's packet; -1 where not known
    kind:     (n,) uint8, ord of the frame's type: I, P, B or ? where not known
    large:    frame number -> (H, W, 3) uint8 sRGB, upright, square pixels, at most 640 wide: those frames that a still
              may be taken from (see ``film.pictures`` for which)
    """

    first: int
    pts: npt.NDArray[np.int64]
    time_base: Fraction
    duration: int
    luma: npt.NDArray[np.uint8]
    cb: npt.NDArray[np.uint8]
    cr: npt.NDArray[np.uint8]
    keyframe: npt.NDArray[np.bool_]
    size: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]
    large: Mapping[int, npt.NDArray[np.uint8]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.luma)


@dataclass(frozen=True, slots=True)
class Samples:
    """Consecutive samples of the sound that is watched.

    first:  number of the first sample; sample 0 falls on second `start`
    start:  second of sample 0
    rate:   samples a second, the same through the whole film
    layout: channel layout in FFmpeg's words: "mono", "stereo", "5.1", "5.1(side)", "7.1", ...
    values: (n, channels) float32, full scale = 1.0. Holes in the stream's timestamps are filled with zeros, so that
            sample i is always heard at ``start + i / rate``.
    """

    first: int
    start: Fraction
    rate: int
    layout: str
    values: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Line:
    """Words with their time, milliseconds from second 0; `speaker` where the file names one."""

    begin: int
    end: int
    text: str
    speaker: str = ""


@dataclass(slots=True)
class Damage:
    """What could not be had of a stream; counted while it is read.

    frames:   frames that could not be decoded
    repaired: timestamps that were missing, repeated or ran backwards
    missing:  seconds that the header promised and the file does not hold (0.0: none)
    notes:    one line each for a person
    """

    frames: int = 0
    repaired: int = 0
    missing: float = 0.0
    notes: list[str] = field(default_factory=list)
