"""Editions: two files of one film beside each other, to the frame.

The way: layouts and hashes of both films vote for the framing, the speed and the distances between them (`frame`,
`votes`); a chain over all frames of B finds the best way through these distances by light, colour and activity
(`chain`); where the files are at hand the frames around each join decide (`look_again`); what is left is put in order
(`order`), and the sound is laid beside it (`heard`).

Contents
    compare   the alignment of two editions
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from rewatch.compare.black import marked
from rewatch.compare.by_ear import segments_by_ear
from rewatch.compare.chain import EDIT, Likeness, Line, Run, chain_of, line_of
from rewatch.compare.claims import same_pictures
from rewatch.compare.frame import Framing, as_shown, framing_of
from rewatch.compare.heard import Sounds, sound_of, sounds_of
from rewatch.compare.look_again import look_again
from rewatch.compare.order import Piece, Stretch, closed, dark_ends, laid_out, pieces_of, snug, with_dark_ends
from rewatch.compare.paces import repaced
from rewatch.compare.pictures import at_hand
from rewatch.compare.reframe import reframed
from rewatch.compare.score import score_changes
from rewatch.compare.seen import Seen, evened, see
from rewatch.compare.segments import Alignment, Grade, Picture, Segment, Side, Sound
from rewatch.compare.slips import gathered, speed_of
from rewatch.compare.sounding import sounding
from rewatch.compare.summary import PACE
from rewatch.compare.turned import turned
from rewatch.compare.votes import Votes, speeds_of, votes_of
from rewatch.compare.windows import Windows, clear, through, window_votes, windows_of
from rewatch.compare.words import BARS, COLOURED
from rewatch.library.edition import Edition

_RELATED = 2.0
"""Seconds that two films must have in common, with votes in them, before they are laid beside each other."""
_SLACK = 2
"""Frames that fall into no piece where frames do not go one by one."""

_CLEARLY = 0.05
_GREY = 0.004
"""Mean colour, in Oklab, of frames that have none."""
_OTHER_SOUND = 5.0
"""Seconds of another sound under the same picture that make a segment of its own; less is told as a part of one."""
_LEAST_SOUND = 1.0

Told = Callable[[str], None]


def compare(a: Edition, b: Edition, *, refine: bool = True, told: Told | None = None) -> Alignment:
    """How edition B differs from edition A: segments that cover both films wholly, in the order of B.

    refine: decode the frames around each join, where both files are at hand; without it joins may be off by a few
    told:   called with one line at each step

    NotMeasured: one of them was watched before there were prints.
    """
    return replace(_compared(a, b, refine, told or (lambda line: None)), score=score_changes(a, b))


def _compared(a: Edition, b: Edition, refine: bool, say: Told) -> Alignment:
    if a.id == b.id:
        return _same(a, b)
    seen_a, seen_b = see(a), see(b)
    if seen_a is None or seen_b is None:
        say("laying the sounds beside each other")
        return segments_by_ear(a, b, sounds_of(a, b, 1.0), picture=(seen_a is not None, seen_b is not None))
    seen_a, seen_b = evened(seen_a), evened(seen_b)
    say("looking for what is alike")
    framing = framing_of(seen_a, seen_b)
    windows = windows_of(seen_a, seen_b, framing)
    other_way = windows is None and not clear(seen_a, seen_b, framing)
    if other_way and windows_of(seen_b, seen_a, framing_of(seen_b, seen_a)) is not None:
        # It is A that shows a part of B.
        return turned(_compared(b, a, refine, say))
    if windows is None:
        votes = votes_of(seen_a, seen_b, framing)
        seen_a, seen_b = as_shown(seen_a, seen_b, framing)
    else:
        framing = Framing(windows.wide, 1.0, moving=True)
        votes = window_votes(seen_a, seen_b, windows)
        seen_a, seen_b = through(seen_a, seen_b, windows)
    say("finding the way through both")
    line, runs, like = _likeliest(seen_a, seen_b, votes)
    notes: list[str] = []
    missing = [e.name for e in (a, b) if not at_hand(e)] if refine else []
    if refine:
        if missing:
            notes.append(
                f"the file of {' and of '.join(missing)} is not at hand: joins are told from what is stored, "
                "and may be off by a few frames"
            )
        else:
            say("looking at the frames around each join")
            if not framing.whole and not framing.moving:
                framing = reframed(seen_a, seen_b, line, framing, runs)
            heard = sounding(seen_a, seen_b, line, sounds_of(a, b, _exact(line, seen_a, seen_b)), runs)
            runs = look_again(seen_a, seen_b, line, framing, runs, like, heard)
    ends_a, ends_b = dark_ends(seen_a.values), dark_ends(seen_b.values)
    pace = 1.0 if line.by_frame else line.speed * seen_a.rate / seen_b.rate
    speaks = partial(like.evidence, seen_a, seen_b) if like is not None else None
    pieces = with_dark_ends(pieces_of(runs, line, len(seen_a), speaks), ends_a, ends_b, pace)
    if line.by_frame:
        pieces = gathered(snug(pieces, len(seen_a), len(seen_b)), seen_b.rate)
    else:
        pieces = closed(pieces, len(seen_a), len(seen_b), _SLACK)
    if speaks is not None:
        looked = partial(same_pictures, seen_a, seen_b, framing, like) if refine and not missing else None
        pieces = repaced(pieces, seen_b.rate, pace, speaks, looked)
    found = _alignment(seen_a, seen_b, line, framing, like, pieces, tuple(notes))
    return found if windows is None else _windowed(found, seen_b, windows)


def _likeliest(a: Seen, b: Seen, votes: Votes) -> tuple[Line, list[Run], Likeness | None]:
    """The way through both films at the speed under which most of B is found in A."""
    best: tuple[float, Line, list[Run], Likeness | None] | None = None
    for speed in speeds_of(a, b, votes):
        line = line_of(a, b, speed)
        runs, like = chain_of(a, b, line, votes)
        runs = _vouched(runs, line, votes)
        worth = sum((r.end - r.begin) * r.score for r in runs if r.distance is not None) - EDIT * (len(runs) - 1)
        # The first one is the likeliest: another must explain the films clearly better.
        if best is None or worth > best[0] + _CLEARLY * abs(best[0]):
            best = worth, line, runs, like
    assert best is not None
    return best[1:]


def _same(a: Edition, b: Edition) -> Alignment:
    """One edition beside itself."""
    frames = None if a.times is None else len(a.times)
    side = Side(None if frames is None else 0, None if frames is None else frames - 1, 0.0, a.duration)
    if a.times is not None:
        side = Side(0, len(a.times) - 1, a.times.begin_seconds, a.times.end_seconds)
    picture = Picture(changed=False, crop=(0.0, 0.0, 1.0, 1.0), grade=Grade(1.0, 0.0, 1.0)) if frames else None
    sound = Sound(changed=False, gain_db=0.0, offset_s=0.0) if a.facts.sound else None
    segment = Segment("same", side, side, 1.0, picture, sound, 1.0)
    return Alignment(
        a.id, b.id, (a.name, b.name), (a.duration, b.duration), (segment,), notes=("one and the same file",)
    )


def _vouched(runs: list[Run], line: Line, votes: Votes) -> list[Run]:
    """Runs that look alike somewhere: what only its light and colour speak for is not taken for the same."""
    found: list[Run] = []
    for run in runs:
        if run.distance is not None:
            inside = (votes.b >= run.begin - 12) & (votes.b < run.end + 12)
            apart = votes.a[inside] - line.base[votes.b[inside]] - run.distance
            if not bool((np.abs(apart) <= 16).any()):
                run = Run(run.begin, run.end, None)
        if found and found[-1].distance == run.distance:
            run = Run(found.pop().begin, run.end, run.distance, run.score)
        found.append(run)
    return found


def _alignment(
    a: Seen, b: Seen, line: Line, framing: Framing, like: Likeness | None, pieces: list[Piece], notes: tuple[str, ...]
) -> Alignment:
    names = a.edition.name, b.edition.name
    durations = a.edition.duration, b.edition.duration
    common = sum(p.frames for p in pieces) / b.rate
    if common < min(_RELATED, 0.5 * a.times.end_seconds, 0.5 * b.times.end_seconds) or like is None:
        by_ear = sounds_of(a.edition, b.edition, 1.0)
        if by_ear.stretches:
            return segments_by_ear(a.edition, b.edition, by_ear, picture=(True, True))
        nothing = (
            Segment("removed", side_of(a, (0, len(a))), None),
            Segment("added", None, side_of(b, (0, len(b)))),
        )
        return Alignment(a.edition.id, b.edition.id, names, durations, nothing, related=False, notes=notes)
    speed = _exact(line, a, b)
    sounds = sounds_of(a.edition, b.edition, speed)
    picture = _picture(a, b, framing, like)
    segments: list[Segment] = []
    slipping = {piece.b: piece for piece in pieces if piece.parts}
    pace = 1.0 if line.by_frame else line.speed * a.rate / b.rate
    paced = {p.b: p for p in pieces if p.back or abs((p.a[1] - p.a[0]) / p.frames / pace - 1) > PACE}
    for kind, of_a, of_b, score in laid_out(pieces, len(a), len(b), 0 if line.by_frame else _SLACK):
        side_a, side_b = side_of(a, of_a) if of_a else None, side_of(b, of_b) if of_b else None
        if side_a is None and side_b is None:
            continue
        if side_a is None or side_b is None:
            kind = "removed" if side_b is None else "added"
        sure = _sure(kind, score)
        if of_a is None or of_b is None or side_a is None or side_b is None:
            segments.append(Segment(kind, side_a, side_b, sure=sure))
        elif kind == "replaced":
            sound = sound_of(sounds, side_a, side_b, same_picture=False)
            segments.append(Segment(kind, side_a, side_b, sound=sound, sure=sure))
        elif of_b in paced and paced[of_b].back:
            segments.append(Segment("replaced", side_a, side_b, sure=sure, backwards=True))
        elif of_b in paced and not paced[of_b].parts:
            own = round(side_a.seconds / side_b.seconds, 3)
            heard = sound_of(sounds_of(a.edition, b.edition, own), side_a, side_b)
            segments.append(Segment(kind, side_a, side_b, own, picture, heard, sure))
        elif of_b in slipping:
            own = speed_of(slipping[of_b], speed)
            heard = sound_of(sounds if own == speed else sounds_of(a.edition, b.edition, own), side_a, side_b)
            # Where frames last unevenly it is time that says which belongs to which.
            parts = slipping[of_b].parts if a.slots is None and b.slots is None else ()
            frames = tuple((part_a[0], part_b[0], part_b[1] - part_b[0]) for part_b, part_a in parts)
            segments.append(Segment(kind, side_a, side_b, own, picture, heard, sure, frames))
        else:
            for part_a, part_b in _by_sound(a, b, of_a, of_b, sound_of(sounds, side_a, side_b)):
                of_part = side_of(a, part_a), side_of(b, part_b)
                if of_part[0] is not None and of_part[1] is not None:
                    segments.append(Segment(kind, *of_part, speed, picture, sound_of(sounds, *of_part), sure))  # type: ignore[arg-type]
    whole = marked(segments, (a.values, b.values), (sounds.loud_a, sounds.loud_b))
    details = {"framing": [framing.wide, framing.high, framing.mirrored], "by_frame": line.by_frame}
    if sounds.both and speed != 1:
        details["pitch"] = "goes with the speed" if sounds.pitched else "is kept"
    return Alignment(
        a.edition.id, b.edition.id, names, durations, whole, True, notes + _said(sounds), speed,
        details=details, times=None if a.slots is None and b.slots is None else (a.shown, b.shown),
    )  # fmt: skip


def _by_sound(a: Seen, b: Seen, of_a: Stretch, of_b: Stretch, sound: Sound | None) -> list[tuple[Stretch, Stretch]]:
    """A stretch of the same pictures, taken apart where it has another sound for long."""
    cuts: set[int] = set()
    for begin, end in sound.parts if sound else ():
        if end - begin >= _OTHER_SOUND:
            cuts |= {int(frame) for frame in a.times.frame_at(np.array([begin, end]) + 0.5 / a.rate)}
    # What is too short to be told from the join beside it stays with its neighbour.
    least = _LEAST_SOUND * a.rate
    edges = [of_a[0], *sorted(c for c in cuts if of_a[0] + least < c < of_a[1] - least), of_a[1]]
    pace = (of_b[1] - of_b[0]) / (of_a[1] - of_a[0])
    in_b = [of_b[0], *(of_b[0] + round((edge - of_a[0]) * pace) for edge in edges[1:-1]), of_b[1]]
    return list(zip(pairwise(edges), pairwise(in_b), strict=True))


def _said(sounds: Sounds) -> tuple[str, ...]:
    if sounds.both or (sounds.a is None and sounds.b is None):
        return ()
    return (f"{'A' if sounds.a is None else 'B'} has no sound: the pictures alone were compared",)


def _exact(line: Line, a: Seen, b: Seen) -> float:
    """The speed as the rates say it, where frames go one by one; 1.0 where the rates differ by their rounding only."""
    speed = b.rate / a.rate if line.by_frame else line.speed
    for plain in (1.0, 25 / 24, 24 / 25, 1.001, 1 / 1.001, 25.025 / 24, 24 / 25.025):
        if abs(speed / plain - 1) < 3e-4:
            return plain
    return round(speed, 6)


def _windowed(found: Alignment, b: Seen, windows: Windows) -> Alignment:
    """The alignment, each segment with the part of A's width that the window shows in it, on the average."""
    segments: list[Segment] = []
    for segment in found:
        if segment.picture is not None and segment.b is not None and segment.b.last_frame is not None:
            begin, end = b.places([segment.b.first_frame or 0, segment.b.last_frame]).tolist()
            left, right = windows.crop(begin, end + 1)
            crop = round(left, 4), 0.0, round(right, 4), 1.0
            segment = replace(segment, picture=replace(segment.picture, crop=crop, moving=True))
        segments.append(segment)
    return replace(found, segments=tuple(segments))


def side_of(seen: Seen, frames: Stretch) -> Side | None:
    """A stretch of frames, half-open, as a side of a segment; None where no frame of the file begins in it."""
    first, after = seen.edge(frames[0]), seen.edge(frames[1])
    begin, end = seen.shown.seconds([first, after]).tolist()
    return Side(first, after - 1, begin, end) if after > first else None


def _sure(kind: str, score: float) -> float:
    """Log odds of a frame, tempered, as a certainty; what is told by what is not there is a little less sure."""
    if kind in ("same", "moved"):
        return round(float(1 / (1 + np.exp(-2 * max(score, 0.5)))), 3)
    return 0.95


def _picture(a: Seen, b: Seen, framing: Framing, like: Likeness) -> Picture:
    """What became of the picture, over the whole film."""
    x, y = framing.right + 0.5, framing.down + 0.5
    crop = (
        round(float(x - framing.wide / 2), 4),
        round(float(y - framing.high / 2), 4),
        round(float(x + framing.wide / 2), 4),
        round(float(y + framing.high / 2), 4),
    )
    gain, lift = float(like.gain[0]), float(like.lift[0])
    # Of a and b in Oklab together: what is left of colour.
    colour = float(np.clip((like.gain[3] + like.gain[4]) / 2, 0, COLOURED))
    brightness = float(like.gain[2]) if gain <= 0 else gain
    saturation = colour / max(brightness, 0.05) if colour > 0.02 else 0.0
    if _colourless(a):
        # Nothing to be left of: as it was, unless B was given some.
        saturation = 1.0 if _colourless(b) else COLOURED
    grade = Grade(round(gain, 3), round(lift, 4), round(saturation, 3))
    barred = any(abs(x - y) > BARS for x, y in zip(_bars(a), _bars(b), strict=True))
    changed = grade.changed or not framing.whole or framing.mirrored or barred
    return Picture(changed, crop, framing.mirrored, grade, a.bars, b.bars)


def _colourless(seen: Seen) -> bool:
    return float(np.sqrt(np.mean(seen.values[:, 3:5].astype(np.float64) ** 2))) < _GREY


def _bars(seen: Seen) -> tuple[float, float]:
    """How much of the height and of the width is bars."""
    return seen.bars[0] + seen.bars[1], seen.bars[2] + seen.bars[3]
