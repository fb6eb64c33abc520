"""The story on the clock: what is shown, said and heard when, in seconds; and those seconds in a variant's frames.

This is where the truth about the demo film stands. Everything that draws, plays or asserts reads it from here.

    THE LAMP ON THE HILL. A bay at dusk; the evening train comes over the viaduct. The keeper of the lighthouse sits
    with his cat. A storm; lightning; the lamp goes out. He climbs the tower, his heart beats; everything goes faster,
    then stops. In the dark he strikes a match, and there is light: the train comes home. Dawn, a whale, good night.

Contents
    STORY, LINES, SECONDS      the pictures with the transition that begins each; the dialogue; the whole length
    other capitals             events and sounds
    Timeline                   a variant's frames: which picture(s) each shows, how mixed
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction

from rewatch.demo.variant import Variant, frame_ticks


def _s(text: str | float | Fraction) -> Fraction:
    return Fraction(str(text))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds [begin, end)."""

    begin: Fraction
    end: Fraction

    @classmethod
    def of(cls, begin: str | float, end: str | float) -> Stretch:
        return cls(_s(begin), _s(end))


@dataclass(frozen=True, slots=True)
class Entrance:
    """How a picture comes: `kind` as truth names it, from `begin` to `end` (a cut: both the same)."""

    kind: str
    begin: Fraction
    end: Fraction
    black: Stretch | None = None
    group: int | None = None
    edge: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture of the story: the scene's name, how it comes, and (for scenes that come in kinds) which."""

    scene: str
    how: Entrance | None
    kind: str = ""


def _cut(at: str | float | Fraction, group: int | None = None) -> Entrance:
    return Entrance("cut", _s(at), _s(at), group=group)


def _over(kind: str, begin: str | float, end: str | float, group: int | None = None, edge: bool = False) -> Entrance:
    return Entrance(kind, _s(begin), _s(end), group=group, edge=edge)


SECONDS = Fraction(85)

STACCATO = Stretch.of(50, 56)
STACCATO_BPM = 120
_SLOW = ("wave", "wheels", "boots", "bell", "eyes", "lantern", "gull", "face")
_QUICK = ("wheels", "wave", "boots", "bell", "lantern", "gull", "face", "wave")
_BEATS = tuple(
    Entry("beat", _cut(STACCATO.begin + _s(at)), kind)
    for kind, at in [(k, i * 0.5) for i, k in enumerate(_SLOW)] + [(k, 4 + i * 0.25) for i, k in enumerate(_QUICK)]
)

STORY: tuple[Entry, ...] = (
    Entry("black", None),
    Entry("title", _over("fade_in", 0.25, 1.25, edge=True)),
    Entry("bay", _over("dissolve", 4.5, 6.5), "dusk"),
    Entry("train", _cut(11)),
    Entry("room", _over("dissolve", 14.7, 15.1), "evening"),
    Entry("cat", _cut(20.5)),
    Entry("walk", _over("wipe", 22.2, 22.9)),
    Entry("storm", _cut(28)),
    Entry("stairs", Entrance("fade_through_black", _s(33), _s(34.6), black=Stretch.of(33.7, 34))),
    *_BEATS,
    Entry("black", _cut(56, group=1)),
    Entry("lamp", _over("fade_in", 58.4, 59.2, group=1)),
    Entry("panorama", _cut(67)),
    Entry("bay", _over("dissolve", 71.4, 72.4), "dawn"),
    Entry("room", _cut(77.5), "morning"),
    Entry("black", _over("fade_out", 80.6, 81.4, group=2)),
    Entry("end", _cut(81.8, group=2)),
    Entry("black", _over("fade_out", 84, 84.75, edge=True)),
)


@dataclass(frozen=True, slots=True)
class Line:
    begin: Fraction
    end: Fraction
    speaker: str
    text: str


LINES: tuple[Line, ...] = (
    Line(_s(16.4), _s(18.3), "Keeper", "Listen, cat. The evening train."),
    Line(_s(18.7), _s(20.2), "Keeper", "It will be a wild night."),
    Line(_s(20.9), _s(21.8), "Cat", "Mrrow."),
    Line(_s(24.0), _s(26.4), "Keeper", "Wind from the west. I know that wind."),
    Line(_s(31.9), _s(32.8), "Keeper", "The lamp!"),
    Line(_s(59.8), _s(61.8), "Keeper", "Burn, little light. Please."),
    Line(_s(69.8), _s(71.2), "Stoker", "There! I see the light!"),
    Line(_s(78.3), _s(79.7), "Keeper", "Good night, cat."),
)

FLASHES = (_s(29.5), _s(30.9), _s(31.2))
FLASH_SECONDS = _s(0.14)
LAMP_OUT = Stretch.of(31.55, 31.75)
LIGHTS_ON = Stretch.of(62.5, 62.75)
WHIP_PAN = Stretch.of(68.9, 69.3)
ZOOM = Stretch.of(15.5, 20)
ZOOM_FACTOR = _s(1.22)
CROSSING = Stretch.of(25, 25.9)
WHALE = Stretch.of(74.4, 76.8)
LONG_TAKE = Stretch.of(34, 50)

SILENCE = Stretch.of(56, 58.4)
HEARTBEAT = Stretch.of(36, 50)
HEARTBEAT_BPM = 72
HUM = Stretch.of(62.6, 66.6)
HUM_HZ = 55
WALTZES = (Stretch.of(5.4, 16.2), Stretch.of(72, 84.6))
WALTZ_BPM = 100
RAIN = Stretch.of(27, 34)
THUNDER = (_s(30), _s(31.6))
WHISTLES = (_s(11.6), _s(69.45))
TRAIN_SOUND = Stretch.of(8.5, 15.1)
BIRDSONG = Stretch.of(72.6, 77.4)
FOOTSTEPS = Stretch.of(22.9, 28)


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame shows: picture `over` (index into STORY) mixed by `mix` (0..1) over picture `under`."""

    under: int
    over: int
    mix: float
    kind: str


class Timeline:
    """A variant's frames.

    ticks, time_base, end_tick    presentation times
    looks                         one `Look` a frame
    """

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.ticks, self.time_base, self.end_tick = frame_ticks(variant, SECONDS)
        self._times = [tick * self.time_base for tick in self.ticks]
        self.looks = self._plan()

    def __len__(self) -> int:
        return len(self.ticks)

    def seconds(self, frame: int) -> Fraction:
        return self._times[frame]

    def first_at(self, seconds: Fraction) -> int:
        """The first frame that is shown at or after a second."""
        return bisect_left(self._times, seconds)

    def frames(self, stretch: Stretch) -> tuple[int, int]:
        """First and last frame shown within a stretch."""
        return self.first_at(stretch.begin), self.first_at(stretch.end) - 1

    def _plan(self) -> list[Look]:
        looks: list[Look] = []
        starts = [0] + [self.first_at(_takes_over(e.how)) for e in STORY[1:] if e.how] + [len(self)]
        for index in range(len(STORY)):
            looks += [Look(index, index, 1.0, "")] * (starts[index + 1] - starts[index])
        for index, entry in enumerate(STORY):
            how = entry.how
            if how is None or how.kind == "cut":
                continue
            if how.black is not None:
                self._mix(looks, Stretch(how.begin, how.black.begin), index - 1, 0, "dissolve")
                first, last = self.frames(how.black)
                looks[first : last + 1] = [Look(0, 0, 1.0, "")] * (last + 1 - first)
                self._mix(looks, Stretch(how.black.end, how.end), 0, index, "dissolve")
            else:
                kind = "wipe" if how.kind == "wipe" else "dissolve"
                self._mix(looks, Stretch(how.begin, how.end), index - 1, index, kind)
        return looks

    def _mix(self, looks: list[Look], stretch: Stretch, under: int, over: int, kind: str) -> None:
        # No mixed frame is all of the one or all of the other: the first and the last are mixed as truth says.
        first, last = self.frames(stretch)
        count = last - first + 1
        for i in range(count):
            looks[first + i] = Look(under, over, (i + 1) / (count + 1), kind)


def _takes_over(how: Entrance) -> Fraction:
    if how.kind == "fade_in":
        return how.begin
    if how.kind == "fade_out":
        return how.end
    if how.black is not None:
        return (how.black.begin + how.black.end) / 2
    return (how.begin + how.end) / 2
