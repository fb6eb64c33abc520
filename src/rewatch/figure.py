"""Figures that can show their work: what `explain` says of a number, and what ``docs/measures.md`` is written from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure or curve as a person meets it.

    name:    as typed: ``asl``, ``loudness_range``
    title:   in words
    unit:    "" for a plain number
    formula: how it is computed, in a line or two of text
    source:  paper or standard with its doi or number; "rewatch" where it is our own
    tracks:  the tracks it is computed from
    good_for, cannot_tell: one sentence each
    """

    name: str
    title: str
    unit: str
    formula: str
    source: str
    tracks: tuple[str, ...]
    good_for: str = ""
    cannot_tell: str = ""
