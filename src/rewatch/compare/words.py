"""Words: what became of picture and sound, as a person says it.

Contents
    changes_of    what there is to say of one segment
    whole_film    what there is to say of the whole film: what most of its segments have in common
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

from rewatch.clock import timecode
from rewatch.compare.segments import Alignment, Grade, Picture, Segment, Sound

BARS = 0.02
"""Of the height or width: bars that are no thicker are none."""
COLOURED = 4.0
"""Saturation that is told where A has no colour and B has: the most that is told at all."""
_LEVEL = 1.0
"""LU by which a stretch must differ from the whole film for its level to be told."""
_PART, _SLIPS = "other sound at", "frames dropped or doubled"


def changes_of(segment: Segment, usual: tuple[str, ...] = (), speed: float | None = None) -> tuple[str, ...]:
    """What is different in picture and sound of a segment; what is `usual` in the film is not said again.

    speed: that of the film, which is not said again either
    """
    if segment.backwards:
        return ("runs backwards",)
    if segment.kind == "replaced":
        return ("the sound runs on",) if segment.sound and not segment.sound.replaced else ()
    if segment.black:
        return ("black",) if segment.black == "within" else (f"black at the {segment.black}",)
    said = picture_in_words(segment.picture) + sound_in_words(segment.sound)
    if segment.frames:
        slips = sum(abs((d[0] - d[1]) - (c[0] - c[1])) for c, d in pairwise(segment.frames))
        said = (f"{slips} {_SLIPS}", *said)
    if speed is not None and segment.kind in ("same", "moved") and abs(segment.speed / speed - 1) > 2e-4:
        said = (f"{abs(segment.speed - 1) * 100:.2g} % {'faster' if segment.speed > 1 else 'slower'}", *said)
    return tuple(line for line in said if not any(_as_usual(line, other) for other in usual))


def _as_usual(line: str, usual: str) -> bool:
    """Whether two lines say the same, levels to a decibel."""
    levels = [re.match(r"sound ([\d.]+) dB (louder|quieter)$", text) for text in (line, usual)]
    one, other = levels
    if one is None or other is None:
        return line == usual
    return one[2] == other[2] and abs(float(one[1]) - float(other[1])) < _LEVEL


def whole_film(alignment: Alignment) -> tuple[str, ...]:
    """What holds for more than half of what both films show; () where nothing does."""
    seconds: dict[str, float] = defaultdict(float)
    whole = 0.0
    for segment in alignment:
        if segment.kind in ("same", "moved") and segment.b:
            whole += segment.b.seconds
            for line in changes_of(segment):
                # Where a part of a segment is another is its own.
                if not line.startswith(_PART) and not line.endswith(_SLIPS):
                    seconds[line] += segment.b.seconds
    return tuple(line for line, long in seconds.items() if long > 0.5 * whole)


def picture_in_words(picture: Picture | None) -> tuple[str, ...]:
    """
    >>> picture_in_words(Picture(True, (0.125, 0.0, 0.875, 1.0), True, Grade(0.8, 0.02, 0.0)))
    ('mirrored', 'shows 75 % of the width', 'darker', 'black and white')
    """
    if picture is None or not picture.changed:
        return ()
    said = ["mirrored"] if picture.mirrored else []
    if picture.crop is not None:
        left, top, right, bottom = picture.crop
        for share, side in ((right - left, "width"), (bottom - top, "height")):
            if share < 0.995:
                moving = ", by a window that moves" if picture.moving and side == "width" else ""
                said.append(f"shows {share * 100:.0f} % of the {side}{moving}")
            elif share > 1.005:
                moving = ", the window of A moves" if picture.moving and side == "width" else ""
                said.append(f"shows more than the {side}: {share * 100:.0f} %{moving}")
    for first, side in ((0, "above and below"), (2, "left and right")):
        come = sum(picture.bars_b[first : first + 2]) - sum(picture.bars_a[first : first + 2])
        if abs(come) > BARS:
            said.append(f"black bars {side} {'came' if come > 0 else 'are gone'}")
    return tuple(said) + (grade_in_words(picture.grade) if picture.grade and picture.grade.changed else ())


def grade_in_words(grade: Grade) -> tuple[str, ...]:
    said = []
    # At the middle of the scale; a lift against the gain leaves it where it was.
    middle = grade.gain * 0.4 + grade.lift - 0.4
    if abs(middle) > 0.03:
        said.append("darker" if middle < 0 else "brighter")
    elif abs(grade.gain - 1) > 0.06:
        said.append("less contrast" if grade.gain < 1 else "more contrast")
    if grade.saturation < 0.1:
        said.append("black and white")
    elif grade.saturation >= COLOURED:
        said.append("in colour")
    elif abs(grade.saturation - 1) > 0.2:
        said.append("paler" if grade.saturation < 1 else "more colourful")
    return tuple(said) or ("regraded",)


def sound_in_words(sound: Sound | None) -> tuple[str, ...]:
    """
    >>> sound_in_words(Sound(True, gain_db=-6.04, offset_s=0.25)), sound_in_words(Sound(True, replaced=True))
    (('sound 6.0 dB quieter', 'sound 0.25 s later'), ('other sound',))
    """
    if sound is None or not sound.changed:
        return ()
    if sound.missing:
        return (f"no sound in {sound.missing.upper()}",)
    if sound.replaced:
        return ("other sound",)
    said = []
    if sound.parts:
        where = " and ".join(f"{timecode(begin, 1)}-{timecode(end, 1)}" for begin, end in sound.parts[:3])
        said.append(f"{_PART} {where}" + (" ..." if len(sound.parts) > 3 else ""))
    if sound.gain_db is not None and abs(sound.gain_db) >= 1:
        said.append(f"sound {abs(sound.gain_db):.1f} dB {'louder' if sound.gain_db > 0 else 'quieter'}")
    if sound.offset_s:
        said.append(f"sound {abs(sound.offset_s):.2f} s {'later' if sound.offset_s > 0 else 'earlier'}")
    return tuple(said)
