"""Ink and paper: the sheet's colours and letters, by day and by night.

One palette: ink on paper, and four muted colours, each of which means one thing throughout. Letters are those that
come with Matplotlib (STIX, a Times; DejaVu where it lacks a sign), so a sheet looks the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours by what they mean, as hexadecimal sRGB.

    paper, ink: the ground and what is written on it
    soft:       second-rank writing
    hair:       bar lines and staff lines
    motion, sound, words, tempo: one colour each; `*_pale` their tints for forms behind lines
    """

    paper: str
    ink: str
    soft: str
    hair: str
    motion: str
    motion_pale: str
    sound: str
    sound_pale: str
    words: str
    words_pale: str
    tempo: str
    tempo_pale: str
    edge: str


DAY = Ink(
    paper="#f7f2e7",
    ink="#25211c",
    soft="#6f675b",
    hair="#c9bfad",
    motion="#3d6272",
    motion_pale="#a9bdc0",
    sound="#8c3b2e",
    sound_pale="#d9b2a2",
    words="#6b6a35",
    words_pale="#c9c49c",
    tempo="#b0822c",
    tempo_pale="#e6d3a8",
    edge="#8d8372",
)

NIGHT = Ink(
    paper="#15171b",
    ink="#ece5d6",
    soft="#9b9486",
    hair="#3a3c40",
    motion="#7fb0c0",
    motion_pale="#2f4c57",
    sound="#c9725c",
    sound_pale="#552e27",
    words="#b9b56f",
    words_pale="#4a4930",
    tempo="#dfb25c",
    tempo_pale="#4c3f24",
    edge="#6b675f",
)

Style = Literal["roman", "italic", "bold", "dynamic"]
FAMILIES = ("STIXGeneral", "DejaVu Serif", "DejaVu Sans")

SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "rewatch",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "path.simplify": False,
    "text.parse_math": False,
    "text.usetex": False,
    "text.hinting": "none",
    "text.antialiased": True,
    "lines.antialiased": True,
    "patch.antialiased": True,
    "axes.unicode_minus": True,
    "agg.path.chunksize": 0,
    "image.composite_image": False,
}
"""What Matplotlib must be set to while a sheet is drawn, whatever a person's own matplotlibrc says."""


def spaced(text: str) -> str:
    """Capitals set a little apart, as on a title page.

    >>> spaced("Cuts").replace("\u200a", "|")
    'C|U|T|S'
    """
    return "\u200a".join(text.upper())
