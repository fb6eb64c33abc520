"""Truth: what is known of a rendered variant because the film was made so, written beside it as JSON.

"boundaries" has the form that shot detectors are scored against: a cut by "frame", the first frame of the new picture;
anything gradual by "first" and "last", the first and the last frame that are mixed; "edge" where a fade has a picture
on one side only; one "group" for records that make one change of shot together (a cut to black and the fade out of it).

Contents
    Truth, truth_of, truth_path
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from rewatch.demo import timeline as story
from rewatch.demo.timeline import LINES, STORY, Stretch, Timeline


@dataclass(frozen=True, slots=True)
class Truth:
    """Frames are numbered from 0, "first" and "last" inclusive; "begin" and "end" are seconds.

    frames:      count
    frame_rate:  "24", "24000/1001"; of a variable film its mean, rounded to milliframes
    seconds:     length of the picture
    boundaries:  see above
    black:       [first, last] of each stretch of black frames
    events:      by name, each with "kind", "first", "last", and what else is known of it
    sound:       by name, each with "begin", "end", and "bpm" or "hz" where it has one
    lines:       "begin", "end", "speaker", "text"
    picture_hash: SHA-256 over all frames as drawn, before they are encoded ("" where none were)
    """

    frames: int
    frame_rate: str
    variable: bool
    width: int
    height: int
    seconds: float
    boundaries: list[dict[str, Any]]
    black: list[list[int]]
    events: dict[str, dict[str, Any]]
    sound: dict[str, dict[str, Any]]
    lines: list[dict[str, Any]]
    picture_hash: str = ""
    title: str = "The Lamp on the Hill"
    note: str = field(default="the rewatch demo film: frames from 0; first/last inclusive; begin/end in seconds")

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Truth:
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def truth_path(film: Path) -> Path:
    """``film.mp4`` has its truth in ``film.mp4.truth.json``."""
    return film.with_name(film.name + ".truth.json")


def truth_of(timeline: Timeline, picture_hash: str = "") -> Truth:
    """The story in the frames of a variant."""
    variant = timeline.variant
    mean = Fraction(len(timeline)) / (timeline.end_tick * timeline.time_base)
    return Truth(
        frames=len(timeline) if variant.codec else 0,
        frame_rate=str(round(mean, 3) if variant.variable else variant.rate),
        variable=variant.variable,
        width=variant.width,
        height=variant.height,
        seconds=float(timeline.end_tick * timeline.time_base),
        boundaries=_boundaries(timeline) if variant.codec else [],
        black=_black(timeline) if variant.codec else [],
        events=_events(timeline) if variant.codec else {},
        sound=_sound(),
        lines=[{"begin": float(n.begin), "end": float(n.end), "speaker": n.speaker, "text": n.text} for n in LINES],
        picture_hash=picture_hash,
    )


def _boundaries(timeline: Timeline) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for entry in STORY:
        how = entry.how
        if how is None:
            continue
        if how.kind == "cut":
            row: dict[str, Any] = {"kind": "cut", "frame": timeline.first_at(how.begin)}
        else:
            first, last = timeline.frames(Stretch(how.begin, how.end))
            row = {"kind": how.kind, "first": first, "last": last}
        if how.black is not None:
            row["black"] = list(timeline.frames(how.black))
        if how.group is not None:
            row["group"] = how.group
        if how.edge:
            row["edge"] = True
        rows.append(row)
    return rows


def _black(timeline: Timeline) -> list[list[int]]:
    runs: list[list[int]] = []
    for n, look in enumerate(timeline.looks):
        if STORY[look.under].scene == "black" and look.under == look.over:
            if runs and runs[-1][1] == n - 1:
                runs[-1][1] = n
            else:
                runs.append([n, n])
    return runs


def _events(timeline: Timeline) -> dict[str, dict[str, Any]]:
    def at(kind: str, stretch: Stretch, **more: Any) -> dict[str, Any]:
        first, last = timeline.frames(stretch)
        return {"kind": kind, "first": first, "last": last, **more}

    events = {f"flash_{i + 1}": at("flash", Stretch(t, t + story.FLASH_SECONDS)) for i, t in enumerate(story.FLASHES)}
    events["whip_pan"] = at("pan", story.WHIP_PAN)
    events["lamp_out"] = at("lights_off", story.LAMP_OUT)
    events["lights_on"] = at("lights_on", story.LIGHTS_ON)
    events["zoom"] = at("zoom", story.ZOOM, factor=float(story.ZOOM_FACTOR))
    events["crossing"] = at("crossing", story.CROSSING)
    events["staccato"] = at(
        "staccato", story.STACCATO, bpm=story.STACCATO_BPM, shots=sum(e.scene == "beat" for e in STORY)
    )
    events["long_take"] = at("long_take", story.LONG_TAKE)
    events["seen_once"] = at("seen_once", story.WHALE, what="the whale's tail")
    first, again = (at("", _clear(i)) for i, e in enumerate(STORY) if e.scene == "room")
    events["returning_image"] = {
        **first,
        "kind": "returning_image",
        "what": "the keeper's room",
        "again": {"first": again["first"], "last": again["last"]},
    }
    first, again = (at("", _clear(i)) for i, e in enumerate(STORY) if e.scene == "bay")
    events["returning_place"] = {
        **first,
        "kind": "returning_place",
        "what": "the bay, at dusk and at dawn",
        "again": {"first": again["first"], "last": again["last"]},
    }
    return events


def _clear(index: int) -> Stretch:
    """When a picture of the story stands by itself, unmixed."""
    how, after = STORY[index].how, STORY[index + 1].how
    assert how is not None  # the story begins with black, which is no picture
    assert after is not None
    return Stretch(how.end, after.begin)


def _sound() -> dict[str, dict[str, Any]]:
    def at(stretch: Stretch, **more: Any) -> dict[str, Any]:
        return {"begin": float(stretch.begin), "end": float(stretch.end), **more}

    sounds = {
        "waltz": at(story.WALTZES[0], kind="music", bpm=story.WALTZ_BPM),
        "waltz_again": at(story.WALTZES[1], kind="music", bpm=story.WALTZ_BPM),
        "heartbeat": at(story.HEARTBEAT, kind="pulse", bpm=story.HEARTBEAT_BPM),
        "drums": at(story.STACCATO, kind="music", bpm=story.STACCATO_BPM),
        "silence": at(story.SILENCE, kind="silence"),
        "hum": at(story.HUM, kind="hum", hz=story.HUM_HZ),
        "rain": at(story.RAIN, kind="noise"),
        "train": at(story.TRAIN_SOUND, kind="effect"),
        "footsteps": at(story.FOOTSTEPS, kind="effect"),
        "birds": at(story.BIRDSONG, kind="effect"),
    }
    for name, times, length in (("thunder", story.THUNDER, 3), ("whistle", story.WHISTLES, 1)):
        for i, t in enumerate(times):
            sounds[f"{name}_{i + 1}"] = at(Stretch(t, t + length), kind="effect")
    return sounds
