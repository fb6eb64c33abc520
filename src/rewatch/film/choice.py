"""Choice: which frames are kept large while a film is read.

Contents
    LargeChoice     the causal rule
    StretchChoice   the same, for stretches that are read by themselves
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt


class LargeChoice:
    """Which frames a still may be taken from, told as they come: three or four in a shot of five seconds.

    Each costs as much as the reduction of ten frames, and a JPEG: they are what a still needs, and no more.

    After a big change of the picture (the mean difference of luma to the frame before is far over its recent level)
    the frames at `DISTANCES`, then every 300th; and where the picture has drifted far from the one that was taken
    last (a dissolve, a long pan), one more, at most every 48th.

    begins: whether the first frame asked about is the film's first, which is always taken
    """

    DISTANCES = frozenset((4, 16, 48, 120))

    __slots__ = ("_before", "_begins", "_level", "_since", "_taken", "_taken_at")

    def __init__(self, *, begins: bool = True) -> None:
        self._begins = begins
        self._before: npt.NDArray[np.uint8] | None = None
        self._taken: npt.NDArray[np.uint8] | None = None
        self._level = 2.0
        self._since = 0
        self._taken_at = 0

    def wants(self, luma: npt.NDArray[np.uint8]) -> bool:
        """Whether this frame, the one after the frame asked about before, is to be kept large."""
        coarse = luma[::2, ::2].copy()
        before, self._before = self._before, coarse
        if before is None or before.shape != coarse.shape:
            self._taken = coarse
            return self._begins or before is not None
        change = _difference(coarse, before)
        if change > 5 + 3 * self._level:
            self._since, self._taken_at = 0, -48
        else:
            self._since += 1
        self._level += (min(change, 20.0) - self._level) / 8
        wanted = self._since in self.DISTANCES or (self._since > 120 and self._since % 300 == 0)
        if not wanted and self._since % 8 == 0 and self._since >= self._taken_at + 48 and self._taken is not None:
            wanted = self._since > 0 and _difference(coarse, self._taken) > 12
        if wanted:
            self._taken, self._taken_at = coarse, self._since
        return wanted


class StretchChoice:
    """`LargeChoice`, as `read_excerpts` asks; only the film's first frame is taken for being a first one.

    frame, luma: number and small luma of a frame, each the one after the frame asked about before
    """

    def __init__(self) -> None:
        self._choice: LargeChoice | None = None

    def __call__(self, frame: int, luma: npt.NDArray[np.uint8]) -> bool:
        if self._choice is None:
            self._choice = LargeChoice(begins=frame == 0)
        return self._choice.wants(luma)


def _difference(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> float:
    """Mean absolute difference, exact."""
    return cv2.norm(a, b, cv2.NORM_L1) / a.size
