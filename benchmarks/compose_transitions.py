"""Film composed of known transitions, from stretches of real film that are one shot each.

Conventions
    Everything is done on small Y'CbCr 4:2:0 pictures (`rewatch.evidence.Pictures`), each plane float32 while it is
    worked on. Transitions mix code values, as editing programs do. A composition is made from a seed: the same seed
    gives the same frames.

Contents
    Stretch, stretches   single-shot footage out of a labelled film
    resize               pictures at another size
    compose              a film of shots, transitions and distractors, with its labels
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from compose_disturbances import disturb
from compose_looks import come, drawn, recoloured
from rewatch.images.boundaries_bars import bars_of, narrowest

Planes = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]


@dataclass(frozen=True)
class Stretch:
    """Frames of one shot: luma (n, h, w), cb and cr (n, h/2, w/2), uint8."""

    planes: Planes

    def __len__(self) -> int:
        return len(self.planes[0])


@dataclass
class Composition:
    """Planes uint8 and boundaries in the format of the labels; `distractors` says what was put in, and where."""

    planes: Planes
    boundaries: list[dict[str, Any]] = field(default_factory=list)
    distractors: list[tuple[str, int, int]] = field(default_factory=list)


def stretches(planes: Planes, labels: dict[str, Any], least: int = 12) -> list[Stretch]:
    """The shots of a labelled film, each without its transitions and a frame on either side, and without black bars."""
    above, below, left, right = (-(-side // 2) for side in narrowest([bars_of(planes[0])]))
    planes = tuple(
        p[:, part * above : p.shape[1] - part * below, part * left : p.shape[2] - part * right]
        for p, part in zip(planes, (2, 1, 1), strict=True)
    )  # type: ignore[assignment]
    count = len(planes[0])
    free = np.ones(count + 1, bool)
    free[count] = False
    edges = [0]
    for b in labels["boundaries"]:
        if b["kind"] == "cut":
            edges.append(b["frame"])
        else:
            free[max(0, b["first"] - 4) : b["last"] + 5] = False
            edges += [b["first"], b["last"] + 1]
    edges = sorted({*edges, count})
    found = []
    for begin, end in pairwise(edges):
        inside = np.flatnonzero(free[begin:end])
        if len(inside) < least or len(inside) != inside[-1] - inside[0] + 1:
            continue
        part = slice(begin + inside[0], begin + inside[-1] + 1)
        if planes[0][part].std(axis=(1, 2)).min() < 6:
            continue
        found.append(Stretch(tuple(p[part] for p in planes)))  # type: ignore[arg-type]
    return found


def _window(plane: npt.NDArray[Any], y: Any, x: Any, zoom: Any) -> npt.NDArray[np.float32]:
    """Each frame's window of size `zoom` at relative place y, x (0..1), scaled up to the plane's size."""
    count, height, width = plane.shape
    out = np.empty(plane.shape, np.float32)
    for n in range(count):
        rows = np.linspace(0, height * zoom[n] - 1, height) + y[n] * height * (1 - zoom[n])
        columns = np.linspace(0, width * zoom[n] - 1, width) + x[n] * width * (1 - zoom[n])
        r0, c0 = np.clip(rows.astype(int), 0, height - 2), np.clip(columns.astype(int), 0, width - 2)
        fr, fc = np.clip(rows - r0, 0, 1)[:, None].astype(np.float32), np.clip(columns - c0, 0, 1).astype(np.float32)
        frame = plane[n].astype(np.float32)
        top = frame[r0][:, c0] * (1 - fc) + frame[r0][:, c0 + 1] * fc
        bottom = frame[r0 + 1][:, c0] * (1 - fc) + frame[r0 + 1][:, c0 + 1] * fc
        out[n] = top * (1 - fr) + bottom * fr
    return out


def _shot(
    rng: np.random.Generator,
    source: Stretch,
    length: int,
    notes: list[tuple[str, int, int]],
    disturbed: float,
    clean: bool,
) -> list[Any]:
    """`length` frames of a stretch as one shot (played to and fro where it is too short), varied and disturbed."""
    speed = 1 if clean else int(rng.choice([1, 1, 1, 2, 3, 4]))
    count = len(source)
    path = np.arange(length) * speed + rng.integers(
        0, max(1, count - length * speed) if count > length * speed else count
    )
    if not clean and rng.random() < 0.15 and speed == 1:
        # Held frames: animation on twos or threes, stop motion, a stuttering transfer.
        hold = int(rng.integers(2, 5))
        path = path[np.arange(length) // hold * hold] if rng.random() < 0.6 else np.sort(rng.choice(path, length))
    path = np.abs((path + count - 1) % (2 * count - 2) - (count - 1)) if count > 1 else path * 0
    planes: list[Any] = [p[path].astype(np.float32) for p in source.planes]
    if speed > 1 and rng.random() < 0.7:
        # A shutter is open for most of a frame: what goes fast is blurred.
        for step in range(1, speed):
            between = np.minimum(path + step, count - 1)
            planes = [p + s[between] for p, s in zip(planes, source.planes, strict=True)]
        planes = [p / speed for p in planes]
    if rng.random() < 0.5:
        planes = [p[:, :, ::-1] for p in planes]
    # A window into the picture: still, shaken, or swept across (a whip pan).
    move = rng.choice(["none", "still", "shake", "whip", "sweep", "zoom"], p=[0.4, 0.2, 0.08, 0.1, 0.14, 0.08])
    move = move if not clean else "none" if move == "shake" else "zoom" if move in ("whip", "sweep") else move
    if move != "none":
        zoom = np.full(length, rng.uniform(0.45, 0.9))
        y, x = np.full(length, rng.random()), np.full(length, rng.random())
        if move == "still" and not clean and rng.random() < 0.5:
            # A frame that jumps a little: a splice, a stumbling gate, a stabiliser that lets go.
            jumps = (rng.random(length) < 0.05) * rng.normal(0, 0.06, length)
            y, x = y + np.cumsum(jumps), x + np.cumsum(jumps[::-1])
        elif move == "shake":
            y, x = y + rng.normal(0, 0.05, length), x + rng.normal(0, 0.05, length)
        elif move in ("whip", "sweep") and length > 8:
            zoom[:] = rng.uniform(0.35, 0.55)
            over = int(rng.integers(3, 9)) if move == "whip" else int(rng.integers(8, max(9, min(60, length))))
            at = int(rng.integers(0, max(1, length - over + 1)))
            sweep = np.clip((np.arange(length) - at) / over, 0, 1)
            sweep = sweep * sweep * (3 - 2 * sweep) if rng.random() < 0.6 else sweep
            sweep = sweep if rng.random() < 0.5 else 1 - sweep
            if move == "whip" and rng.random() < 0.3:
                # There, and soon back.
                back = np.maximum(np.arange(length) - int(rng.integers(2, 25)), 0)
                sweep = np.abs(sweep - sweep[back])
            if rng.random() < 0.65:
                x = sweep
            else:
                y = sweep
            notes.append((str(move), at, at + over))
        elif move == "zoom":
            zoom = np.linspace(zoom[0], zoom[0] * rng.uniform(0.8, 1.2) if clean else rng.uniform(0.4, 1.0), length)
        blurred = 4 if move == "whip" and rng.random() < 0.7 else 1
        moments = np.arange(length)[:, None] + np.arange(blurred) / blurred
        ways = [np.interp(moments, np.arange(length), np.clip(way, 0, 1)).T for way in (y, x)]
        planes = [
            sum(_window(p, down, across, zoom) for down, across in zip(*ways, strict=True)) / blurred for p in planes
        ]
    gain, lift = (rng.uniform(0.9, 1.1), 0.0) if clean else (rng.uniform(0.6, 1.3), rng.uniform(-15, 15))
    planes[0] = planes[0] * gain + lift
    tint = rng.uniform(0.5, 1.2)
    planes[1], planes[2] = (
        128 + (planes[1] - 128) * tint + rng.normal(0, 3),
        128 + (planes[2] - 128) * tint + rng.normal(0, 3),
    )
    if not clean and length > 10 and rng.random() < disturbed:
        notes.append(disturb(rng, planes))
    return [np.clip(p, 0, 255) for p in planes]


def _mix(rng: np.random.Generator, kind: str, a: list[Any], b: list[Any]) -> list[Any]:
    """Frames in which a becomes b: every one of them a mixture of both."""
    length = len(a[0])
    share = np.arange(1, length + 1) / (length + 1)
    if rng.random() < 0.4:
        share = share * share * (3 - 2 * share)
    if kind == "dissolve":
        return [x * (1 - share[:, None, None]) + y * share[:, None, None] for x, y in zip(a, b, strict=True)]
    out = []
    direction, soft = int(rng.integers(4)), rng.uniform(0.01, 0.15)
    for x, y in zip(a, b, strict=True):
        _, height, width = x.shape
        line = (
            (np.arange(width) + 0.5)[None, :] / width if direction < 2 else (np.arange(height) + 0.5)[:, None] / height
        )
        line = 1 - line if direction % 2 else line
        mask = np.clip((share[:, None, None] * (1 + soft) - line) / soft, 0, 1)
        out.append(x * (1 - mask) + y * mask)
    return out


def _old_film(rng: np.random.Generator, planes: list[Any]) -> list[Any]:
    """Black and white, flickering, unsteady, grainy."""
    luma = planes[0]
    count = len(luma)
    flicker = 1 + rng.normal(0, rng.uniform(0.02, 0.09), count)
    luma = luma * flicker[:, None, None] + rng.normal(0, 3, count)[:, None, None]
    luma = np.stack([np.roll(f, (int(rng.integers(-1, 2)), int(rng.integers(-1, 2))), (0, 1)) for f in luma])
    luma = luma + rng.normal(0, rng.uniform(3, 10), luma.shape)
    return [luma, np.full_like(planes[1], 128), np.full_like(planes[2], 128)]


def compose(
    rng: np.random.Generator,
    footage: Sequence[Stretch],
    shots: int = 12,
    gradual: float = 0.35,
    clean: bool = False,
    disturbed: float = 0.5,
    looks: bool = False,
) -> Composition:
    """A film of `shots` shots; `gradual`: the share of transitions that are not cuts.

    disturbed: the share of shots within which something happens that is no boundary
    looks: as `compose_looks` makes it: drawn, cut from like to like, in very short shots, in another transfer
    clean: modern footage as it is, no more than framed anew; else it is sped up, held, shaken, flashed at, aged ...
    """
    height, width = 72, 128
    parts: list[list[Any]] = []
    boundaries: list[dict[str, Any]] = []
    notes: list[tuple[str, int, int]] = []
    frame, fast = 0, rng.random() < 0.3 and not clean and shots > 1
    flat, brief = (looks and rng.random() < p for p in (0.5, 0.4))
    source: Stretch | None = None
    tail: list[Any] | None = None
    pending = "cut"
    order = rng.permutation(len(footage))
    if not clean:
        # What was just left is cut back to, now and then.
        for number in range(2, len(order)):
            order[number] = order[number - 2 if rng.random() < 0.1 else number]
    for number in range(shots):
        last = number == shots - 1
        kind = (
            str(
                rng.choice(
                    ["dissolve", "fade_in", "fade_out", "fade_through_black", "wipe"], p=[0.5, 0.12, 0.12, 0.16, 0.1]
                )
            )
            if rng.random() < gradual
            else "cut"
        )
        over = 0 if kind == "cut" else int(np.clip(np.exp(rng.uniform(np.log(2), np.log(75))), 2, 75))
        if kind.startswith("fade"):
            over = max(over, 6)
        body = int(rng.integers(5, 18)) if fast and rng.random() < 0.6 else int(rng.integers(18, 90))
        head = len(tail[0]) if tail is not None else 0
        # A shot: what the transition before it takes, its own body, what the transition after it takes.
        out = over if kind in ("dissolve", "wipe") and not last else 0
        own: list[tuple[str, int, int]] = []
        if brief and over == 0 and not last and rng.random() < 0.7:
            body = int(rng.integers(3, 16))
        like = looks and source is not None and pending == "cut" and rng.random() < 0.4
        planes = footage[order[(number - like) % len(order)]].planes
        source = Stretch(recoloured(rng, planes) if like else planes)
        source = Stretch(drawn(rng, source.planes)) if flat else source
        shot = _shot(rng, source, head + body + out, own, 0.0 if fast else disturbed, clean)
        shot = [resize(p, (height, width) if i == 0 else (height // 2, width // 2)) for i, p in enumerate(shot)]
        if tail is not None and head:
            mixed = _mix(rng, pending, tail, [p[:head] for p in shot])
            boundaries.append({"kind": pending, "first": frame, "last": frame + head - 1})
            parts.append(mixed)
            frame += head
        elif number and pending == "cut" and not clean and rng.random() < 0.1:
            # One frame of both, as changed frame rates and fields leave it.
            share = rng.uniform(0.2, 0.8)
            for part, plane in zip(parts[-1], shot, strict=True):
                part[-1] = part[-1] * (1 - share) + plane[0] * share
        notes += [(w, frame - head + a, frame - head + b) for w, a, b in own]
        middle = [p[head : head + body].copy() for p in shot]
        tail, pending = None, kind
        if not last:
            if kind == "cut":
                boundaries.append({"kind": "cut", "frame": frame + body})
            elif out:
                tail = [p[head + body :] for p in shot]
        parts.append(middle)
        frame += body
        if not last and kind.startswith("fade"):
            frame = _fade(
                rng,
                kind,
                over,
                parts,
                boundaries,
                frame,
                footage[order[(number + 2) % len(order)]],
                (height, width),
                clean,
            )
    planes = [np.concatenate([p[i] for p in parts]) for i in range(3)]
    how = 1.0 if clean else rng.random()
    if how < (0.45 if looks else 0.25):
        planes = _old_film(rng, planes)
    elif how < (0.6 if looks else 0.4):
        planes[0] = planes[0] + rng.normal(0, rng.uniform(2, 10), planes[0].shape)
    if looks:
        planes, boundaries = come(rng, planes, boundaries)
    result = tuple(np.clip(p + 0.5, 0, 255).astype(np.uint8) for p in planes)
    return Composition(result, boundaries, notes)  # type: ignore[arg-type]


def _fade(
    rng: np.random.Generator,
    kind: str,
    over: int,
    parts: list[Any],
    boundaries: list[Any],
    frame: int,
    following: Stretch,
    size: tuple[int, int],
    clean: bool,
) -> int:
    """Fade the last part to black, or black and a fade in after it, or both; the shot after follows by itself."""
    black = int(rng.integers(1, 12))
    down = min(over, len(parts[-1][0]) - 2) if kind != "fade_in" else 0
    begin = frame
    curve = 1.0 if rng.random() < 0.7 else rng.uniform(0.6, 1.6)
    if down >= 2:
        share = (1 - np.arange(1, down + 1) / (down + 1)) ** curve
        _dim(parts[-1], slice(len(parts[-1][0]) - down, None), share)
        begin = frame - down
    elif kind != "fade_in":
        boundaries.append({"kind": "cut", "frame": frame})
        kind = "cut"
    if kind == "fade_in":
        boundaries.append({"kind": "cut", "frame": frame})
    parts.append(
        [
            np.full((black, size[0] // (1 if i == 0 else 2), size[1] // (1 if i == 0 else 2)), 0.0 if i == 0 else 128.0)
            for i in range(3)
        ]
    )
    frame += black
    if kind in ("fade_in", "fade_through_black"):
        shot = _shot(rng, following, over + 10, [], 0.0, clean)
        shot = [resize(p, size if i == 0 else (size[0] // 2, size[1] // 2)) for i, p in enumerate(shot)]
        _dim(shot, slice(0, over), (np.arange(1, over + 1) / (over + 1)) ** curve)
        parts.append(shot)
        first = frame if kind == "fade_in" else begin
        boundaries.append({"kind": kind, "first": first, "last": frame + over - 1})
        frame += over + 10
        boundaries.append({"kind": "cut", "frame": frame})
    elif kind == "fade_out":
        boundaries.append({"kind": "fade_out", "first": begin, "last": begin + down - 1})
        boundaries.append({"kind": "cut", "frame": frame})
    else:
        boundaries.append({"kind": "cut", "frame": frame})
    return frame


def _dim(planes: list[Any], part: slice, share: npt.NDArray[Any]) -> None:
    for i, plane in enumerate(planes):
        rest = 0.0 if i == 0 else 128.0
        plane[part] = rest + (plane[part] - rest) * share[:, None, None]


def resize(plane: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """(n, h, w) pictures at another size."""
    if plane.shape[1:] == size:
        return plane.astype(np.float32)
    rows = np.linspace(0, plane.shape[1] - 1, size[0])
    columns = np.linspace(0, plane.shape[2] - 1, size[1])
    r0, c0 = np.minimum(rows.astype(int), plane.shape[1] - 2), np.minimum(columns.astype(int), plane.shape[2] - 2)
    fr, fc = (rows - r0)[:, None].astype(np.float32), (columns - c0).astype(np.float32)
    a = plane[:, r0][:, :, c0] * (1 - fc) + plane[:, r0][:, :, c0 + 1] * fc
    b = plane[:, r0 + 1][:, :, c0] * (1 - fc) + plane[:, r0 + 1][:, :, c0 + 1] * fc
    result: npt.NDArray[np.float32] = (a * (1 - fr) + b * fr).astype(np.float32)
    return result
