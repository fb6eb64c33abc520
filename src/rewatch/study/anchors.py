"""Anchors: what a note hangs on besides its second, so that its place is found again in another transfer of the film.

A place is known by the frame, the print of the picture there, the shot and where in it, what that shot's still looks
like (a hash of it), how long the shots around it last, and the line that is said there. Another edition may begin
elsewhere, run 4 % faster, miss a scene or be graded otherwise; the picture, the shot's look and its neighbours' lengths
go with it. Where nothing is like it, the second itself is what is left, scaled by the lengths of the films, and the
answer says so.

Contents
    anchor_of     the anchor of a second (and of a span) of an edition
    Places        finds where anchors are in another edition
    Found

Source of the hash: N. Krawetz, "Kind of Like That" (2013): difference hash, 8 x 8 bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rewatch.errors import LibraryError, NotMeasured
from rewatch.images.prints import NAME, open_prints
from rewatch.library.edition import Edition
from rewatch.track import Events, Spans

_AROUND = 3
"""Shots before and after whose lengths are kept."""

_ALIKE = 10
"""Bits of 64 in which two pictures of one moment may differ: two unlike ones differ in 32 on average, sd 4."""


_SAME = 64
"""Bits of 256 in which the prints of one moment may differ in another transfer: unlike ones differ in 128, sd 8."""

_SLACK = 12
"""Bits by which prints of one still shot differ among themselves."""

_BESIDE = 1.5
"""Seconds between the places that shot and print tell, up to which they tell the same."""

_SPEEDS = (1.0, 24 / 25, 25 / 24, 1001 / 1000, 1000 / 1001)
"""Film to PAL and back, film to NTSC and back."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """Where an anchor is in an edition.

    sure: 0..1: how much of what it hangs on was found there
    how:  one line for a person
    """

    begin: float
    end: float | None
    sure: float
    how: str


def anchor_of(edition: Edition, begin: float, end: float | None = None) -> dict[str, Any]:
    """What there is at a second of an edition, as plain JSON; as much of it as has been watched.

    frame; print (hash of the picture, 64 hexadecimal digits) and print_into (seconds since it was shown); shot (from
    1), into (seconds since its begin), shot_length, lengths (of the shots around it, the shot's own in the middle, 0
    where there is none), look (hash of the shot's still, 16 hexadecimal digits), line (what is said), duration (of the
    edition), lasts (end - begin)
    """
    anchor: dict[str, Any] = {"duration": round(edition.duration, 3)}
    if end is not None:
        anchor["lasts"] = round(end - begin, 6)
    try:
        times, shots = edition.times, _shots(edition)
        if times is not None:
            anchor["frame"] = int(times.frame_at(begin))
        prints = open_prints(edition.kept(NAME))
        if prints is not None and len(prints):
            row = _nearest(np.asarray(prints.seconds), begin)
            anchor["print"] = "".join(f"{int(word):016x}" for word in prints.hashes[row])
            anchor["print_into"] = round(begin - float(prints.seconds[row]), 3)
        if shots is not None:
            starts, ends = shots.begin_seconds(times), shots.end_seconds(times)
            index = max(int(np.searchsorted(starts, begin + 1e-6, side="right")) - 1, 0)
            anchor["shot"] = index + 1
            anchor["into"] = round(begin - float(starts[index]), 3)
            lengths = [round(float(x), 3) for x in ends - starts]
            anchor["shot_length"] = lengths[index]
            anchor["lengths"] = [
                lengths[i] if 0 <= i < len(lengths) else 0.0 for i in range(index - _AROUND, index + _AROUND + 1)
            ]
            look = _looks(edition, [index]).get(index)
            if look is not None:
                anchor["look"] = f"{look:016x}"
        said = _line_at(edition, begin)
        if said:
            anchor["line"] = said
    except (LibraryError, NotMeasured):
        # A track that is damaged or being written is no reason to lose a note.
        pass
    return anchor


class Places:
    """Finds anchors in one edition; what it looks them up by is read once."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.duration = edition.duration
        self.looks: dict[int, int] = {}
        shots = _shots(edition)
        if shots is not None:
            self.starts: Floats = shots.begin_seconds(edition.times)
            self.lengths: Floats = shots.end_seconds(edition.times) - self.starts
            self.looks = _looks(edition, None)
        else:
            self.starts = self.lengths = np.zeros(0)
        self.prints = open_prints(edition.kept(NAME))
        padded = np.concatenate([np.zeros(_AROUND), self.lengths, np.zeros(_AROUND)])
        self._windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1)

    def find(self, anchor: Mapping[str, Any], begin: float) -> Found:
        """Where the place that was at second `begin` of the edition it was anchored in is in this one."""
        ratio = self.duration / anchor["duration"] if anchor.get("duration") and self.duration else 1.0
        expected = begin * ratio
        lasts = anchor.get("lasts")
        found = self._by_shot(anchor, expected, ratio) if len(self.lengths) and "shot_length" in anchor else None
        seen = self._by_print(anchor, expected if found is None else found[0])
        if seen is not None and (found is None or abs(found[0] - seen[0]) > _BESIDE):
            return self._within(seen[0], lasts, seen[1], "by the print of the picture")
        if found is not None:
            at, speed, sure, how = found
            if seen is not None:
                sure, how = max(sure, seen[1]), f"{how} and by the print of the picture"
            return self._within(at, None if lasts is None else lasts * speed, sure, how)
        said = _by_line(anchor, expected, self.edition)
        if said is not None:
            return self._within(said, lasts, 0.5, "by the line that is said there")
        return self._within(expected, lasts, 0.2, "by its second alone: nothing there looks or sounds like it")

    def _within(self, begin: float, lasts: float | None, sure: float, how: str) -> Found:
        begin = min(max(begin, 0.0), self.duration)
        end = None if lasts is None else min(begin + lasts, self.duration)
        return Found(round(begin, 6), None if end is None else round(end, 6), sure, how)

    def _by_print(self, anchor: Mapping[str, Any], near: float) -> tuple[float, float] | None:
        """Second and sureness of the picture that is the anchor's; of several alike the one nearest to `near`."""
        if self.prints is None or not len(self.prints) or len(str(anchor.get("print", ""))) != 64:
            return None
        text = str(anchor["print"])
        wanted = np.array([int(text[i : i + 16], 16) for i in range(0, 64, 16)], dtype=np.uint64)
        differs = np.bitwise_count(self.prints.hashes ^ wanted).sum(axis=1).astype(np.int64)
        least = int(differs.min())
        if least > _SAME:
            return None
        at = np.asarray(self.prints.seconds, dtype=np.float64) + float(anchor.get("print_into", 0.0))
        alike = np.flatnonzero(differs <= least + _SLACK)
        best = int(alike[np.abs(at[alike] - near).argmin()])
        return float(at[best]), 0.98 - 0.4 * float(differs[best]) / _SAME

    def _by_shot(
        self, anchor: Mapping[str, Any], expected: float, ratio: float
    ) -> tuple[float, float, float, str] | None:
        """Second, speed, sureness and words of the shot that is the anchor's, by the lengths around it and its look."""
        kept = np.asarray(anchor.get("lengths", []), dtype=np.float64)
        wanted = int(anchor["look"], 16) if "look" in anchor else None
        seen = np.zeros(len(self.lengths), dtype=bool)
        alike = np.zeros(len(self.lengths))
        if wanted is not None:
            for i, look in self.looks.items():
                differs = (look ^ wanted).bit_count()
                seen[i], alike[i] = differs <= _ALIKE, 1 - differs / 16
        blind = wanted is None or not self.looks
        best: tuple[float, float, float, float, str] | None = None
        for speed in sorted(_SPEEDS, key=lambda s: abs(s - ratio)):
            # The shot's own length and its neighbours' agree to a frame or two, or they do not.
            if len(kept) == self._windows.shape[1]:
                share = (np.abs(self._windows - kept[None, :] * speed) <= 0.1).mean(axis=1)
            else:
                share = np.zeros(len(self.lengths))
            # Lengths alone must agree all but wholly where there are pictures that say otherwise.
            fits = np.flatnonzero(seen | (share >= (0.5 if blind else 0.7)))
            if not len(fits):
                continue
            sure = 0.55 * share[fits] + np.where(seen[fits], 0.4 * alike[fits], 0.0)
            at = self.starts[fits] + np.minimum(float(anchor["into"]) * speed, self.lengths[fits])
            # Of several alike the nearest to where it should be.
            rank = sure - 0.2 * np.minimum(np.abs(at - expected) / max(self.duration, 1.0), 1.0)
            one = int(rank.argmax())
            if best is None or rank[one] > best[0] + 1e-9:
                i = fits[one]
                ways = ["by the look of its shot"] if seen[i] else []
                ways += ["by the lengths of the shots around it"] if share[i] >= 0.4 else []
                best = (float(rank[one]), float(at[one]), speed, min(float(sure[one]), 0.95), " and ".join(ways))
        return None if best is None else best[1:]


def _shots(edition: Edition) -> Spans | None:
    if "shots" not in edition.tracks:
        return None
    shots = edition.spans("shots")
    return shots if len(shots) and (edition.times is not None or not shots.clock.counts_frames) else None


def _by_line(anchor: Mapping[str, Any], expected: float, edition: Edition) -> float | None:
    if "line" not in anchor or "lines" not in edition.tracks:
        return None
    lines = edition.spans("lines")
    wanted = _plain(str(anchor["line"]))
    starts = lines.begin_seconds()
    same = [float(starts[i]) for i, text in enumerate(lines.label) if _plain(text) == wanted]
    return min(same, key=lambda at: abs(at - expected)) if same else None


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _nearest(seconds: Floats, at: float) -> int:
    """The last print at or before a second; the first where there is none before."""
    return max(int(np.searchsorted(seconds, at + 1e-3, side="right")) - 1, 0)


def _line_at(edition: Edition, second: float) -> str:
    if "lines" not in edition.tracks:
        return ""
    lines = edition.spans("lines")
    starts, ends = lines.begin_seconds(), lines.end_seconds()
    said = np.flatnonzero((starts <= second) & (ends > second))
    return str(lines.label[int(said[0])])[:200] if len(said) else ""


def _looks(edition: Edition, shots: list[int] | None) -> dict[int, int]:
    """Hash of the still of each shot (from 0); of those named alone, where some are."""
    if "stills" not in edition.tracks:
        return {}
    stills: Events = edition.events("stills")
    folder = edition.kept("stills")
    found = {}
    for shot, file in zip(np.asarray(stills.columns["shot"]).tolist(), stills.columns["file"], strict=True):
        if shots is None or shot in shots:
            look = _hash(folder / str(file))
            if look is not None:
                found[int(shot)] = look
    return found


def _hash(path: Path) -> int | None:
    from PIL import Image

    try:
        with Image.open(path) as still:
            # Decoded at an eighth where the JPEG allows it: a millisecond a still.
            still.draft("L", (72, 64))
            small = np.asarray(still.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    except (OSError, ValueError):
        return None
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return int("".join("1" if b else "0" for b in bits), 2)
