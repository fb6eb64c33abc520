"""How a film is played, as a person sets it: ``a_doubling=3``, ``scale=0,2,4,5,7,9,11``, ``sounds.legato=0.95``.

Contents
    adjusted   settings with some of them changed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from rewatch.errors import ExportError

_KEY = (0, 127)
LIMITS: dict[str, tuple[float, float]] = {
    "tonic": _KEY,
    "scale": (-12, 24),
    "middle": (-24, 24),
    "a_doubling": (-12, 12),
    "lowest": _KEY,
    "highest": _KEY,
    "sounds": (0.01, 1),
    "quietest": (-70, 0),
    "loudest": (0.1, 40),
    "metronome": (4, 900),
    "walk": (4, 900),
    "resolution": (96, 15360),
    "cuts": _KEY,
    "lines": _KEY,
    "softest": _KEY,
    "held": _KEY,
    "low": (-4, 4),
    "block": _KEY,
    "heart": _KEY,
    "second": (0.05, 0.95),
}
"""Least and greatest of each number that can be set; `loudest` of MIDI is a velocity, and has the limits of a key."""


def adjusted(settings: Any, told: Sequence[str]) -> Any:
    """A dataclass of settings with some of them changed; what its field ``playing`` holds goes by its own names.

    told: ``NAME=VALUE``, or ``NAME.KEY=VALUE`` for one of several: ``metronome.largo=44``
    ExportError for a name that is none, for a value of another kind, and for one that cannot be played.
    """
    for pair in told:
        name, equals, text = (part.strip() for part in pair.partition("="))
        name, _, key = name.partition(".")
        own = [f.name for f in fields(settings) if f.name != "playing"]
        inner = getattr(settings, "playing", None)
        theirs = [f.name for f in fields(inner)] if inner is not None else []
        if not equals or name not in (*own, *theirs):
            raise ExportError(f"{pair!r} sets nothing: NAME=VALUE with a NAME of {', '.join([*own, *theirs])}")
        if name in own:
            settings = replace(settings, **{name: _read(getattr(settings, name), name, key, text, pair)})
        else:
            settings = replace(settings, playing=adjusted(inner, [pair]))
    played = getattr(settings, "playing", settings)
    if played.highest - played.lowest < 12:
        raise ExportError("from the lowest note to the highest there must be an octave: 12")
    return settings


def _read(now: Any, name: str, key: str, text: str, pair: str) -> Any:
    """A value as typed, of the kind that stands there now."""
    least, most = LIMITS[name] if not (name == "loudest" and isinstance(now, int)) else _KEY
    try:
        if isinstance(now, Mapping):
            return {**now, key: _within(float(text), least, most)} if key in now else _no()
        if key:
            _no()
        if isinstance(now, tuple):
            return tuple(int(_within(int(part), least, most)) for part in text.split(","))
        return int(_within(int(text), least, most)) if isinstance(now, int) else _within(float(text), least, most)
    except ValueError:
        keys = f" (NAME is one of {', '.join(f'{name}.{k}' for k in now)})" if isinstance(now, Mapping) else ""
        raise ExportError(f"{pair!r}: {name} is a number from {least:g} to {most:g}{keys}") from None


def _within(value: float, least: float, most: float) -> float:
    return value if least <= value <= most else _no()


def _no() -> Any:
    raise ValueError
