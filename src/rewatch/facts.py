"""What is known of a film's file before it is watched: its streams, read from the headers.

Contents
    FilmFacts   the file: container, streams, chapters, second 0
    PictureFacts, SoundFacts, WordsFacts   one stream each
    Chapter

All values are as a player would show them: width and height after pixel aspect and rotation are `display_size`;
what the file does not say is None or "", never a guess without a name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """One video stream (attached pictures are none).

    rate:     frames a second as the container gives it (average where it varies)
    rotation: degrees clockwise that a player turns the picture: 0, 90, 180, 270
    transfer: "sdr", "pq" or "hlg"
    frames:   how many the header promises; None where it does not say
    """

    stream: int
    codec: str
    width: int
    height: int
    pixel_aspect: Fraction
    rotation: int
    rate: Fraction
    time_base: Fraction
    pixel_format: str
    bit_depth: int
    primaries: str
    transfer: Literal["sdr", "pq", "hlg"]
    matrix: str
    full_range: bool
    interlaced: bool
    frames: int | None
    duration: Fraction | None
    language: str = ""
    title: str = ""

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height in square pixels as shown: pixel aspect and rotation applied."""
        width, height = round(self.width * self.pixel_aspect), self.height
        return (height, width) if self.rotation in (90, 270) else (width, height)


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """One audio stream. `number` counts the audio streams from 0: what ``--audio-stream`` takes."""

    stream: int
    number: int
    codec: str
    sample_rate: int
    channels: int
    layout: str
    default: bool
    duration: Fraction | None
    language: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class WordsFacts:
    """One subtitle stream; `text` is False for pictures of text (DVD, Blu-ray)."""

    stream: int
    codec: str
    text: bool
    default: bool
    forced: bool
    language: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    begin: Fraction
    end: Fraction
    title: str


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """A film's file.

    path:     as given, made absolute
    identity: what the edition is known by: 32 hexadecimal digits of its content, whatever the file is called
    zero:     the container's start in its own time, seconds; second 0 of every clock in rewatch
    picture, sound: the streams that are watched (None: there is none); all of them are in pictures, sounds, words
    """

    path: str
    identity: str
    container: str
    size: int
    duration: Fraction | None
    zero: Fraction
    picture: PictureFacts | None
    sound: SoundFacts | None
    pictures: tuple[PictureFacts, ...] = ()
    sounds: tuple[SoundFacts, ...] = ()
    words: tuple[WordsFacts, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def listed(self) -> bool:
        """Whether there is no film file: the film is known only by a list (see ``imports``)."""
        return self.container.startswith("list")
