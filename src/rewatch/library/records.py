"""Plain data classes as JSON and back: what ``edition.json`` is written with.

Fractions are written as text ("24000/1001"): exact, and readable by anybody.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar, Union

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """A data class, and what is in it, as dictionaries, lists, texts and numbers.

    >>> to_plain((Fraction(1, 2), None))
    ['1/2', None]
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(v) for v in value]
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """Read back what `to_plain` wrote of a data class; unknown fields are passed by. ValueError if one is lacking."""
    try:
        return typing.cast(T, _read(kind, plain))
    except (TypeError, KeyError) as error:
        raise ValueError(f"no {kind.__name__}: {error}") from error


def _read(kind: Any, plain: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        if plain is None:
            return None
        return _read(next(a for a in typing.get_args(kind) if a is not type(None)), plain)
    if origin is tuple:
        return tuple(_read(typing.get_args(kind)[0], p) for p in plain)
    if origin is list:
        return [_read(typing.get_args(kind)[0], p) for p in plain]
    if origin is dict:
        of = typing.get_args(kind)[1]
        return {key: _read(of, value) for key, value in plain.items()}
    if kind is Fraction:
        return Fraction(plain)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        known = {f.name for f in dataclasses.fields(kind)}
        return kind(**{k: _read(hints[k], v) for k, v in plain.items() if k in known})  # type: ignore[operator]
    return plain
