"""Cards: what stands where a still would, for a film that has none: known by a list, or only heard, or not yet watched.

A card is a small SVG: the film's shots as bars over its time, each as high as it is long (as a logarithm); that of one
shot bears its number and has its bar lit.

Contents
    card    the card of a film, or of one of its shots
"""

from __future__ import annotations

import numpy as np

from rewatch.web.shelf import Open

_WIDTH, _HEIGHT = 320, 180
_BINS = 156
"""Bars at most: of more shots the longest in each place stands for its neighbours."""


def card(film: Open, shot: int = 0) -> bytes:
    """The card as an SVG document. shot: the one that is lit, from 1; 0: none."""
    bars = _bars(film, shot) if film.duration else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#29251f"/>{bars}{_number(shot)}</svg>'
    ).encode()


def _number(shot: int) -> str:
    if not shot:
        return ""
    return f'<text x="14" y="32" font-family="sans-serif" font-size="22" fill="#d5cbb9">{shot}</text>'


def _bars(film: Open, shot: int) -> str:
    found = film.lanes.stretches("shots")
    if found is None or not len(found[0]):
        return ""
    begin, end, _ = found
    lengths = np.log1p(np.maximum(end - begin, 0.0))
    high = np.maximum(2.0, 0.72 * _HEIGHT * lengths / max(float(lengths.max()), 1e-9))
    left = begin / film.duration * _WIDTH
    wide = np.maximum((end - begin) / film.duration * _WIDTH, 0.3)
    places = np.minimum((left / _WIDTH * _BINS).astype(int), _BINS - 1)
    seen = set(range(len(begin)))
    if len(begin) > _BINS:
        # The highest of each place; `unique` gives the first of those that are sorted downwards.
        wide = np.maximum(wide, 0.8 * _WIDTH / _BINS)
        order = np.lexsort((-high, places))
        seen = set(order[np.unique(places[order], return_index=True)[1]].tolist())
    drawn = []
    for i in range(len(begin)):
        lit = i == shot - 1
        # Among bars that would hide each other the highest is drawn, and the one that is lit.
        if not lit and i not in seen:
            continue
        fill = "#d98873" if lit else "#8d8372" if i % 2 else "#6f6759"
        gap = 0.5 if wide[i] > 2 else 0.0
        if lit:
            wide[i] = max(float(wide[i]), 2.5)
        drawn.append(
            f'<rect x="{left[i]:.1f}" y="{_HEIGHT - high[i]:.1f}" width="{wide[i] - gap:.1f}" height="{high[i]:.1f}" '
            f'fill="{fill}"/>'
        )
    return "".join(drawn)
