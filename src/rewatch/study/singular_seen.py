"""What is singular in the picture: stillness, takes, an odd transition, a colour, a light, a camera's run.

Contents
    FINDERS
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

import numpy as np

from rewatch.clock import lasting, timecode
from rewatch.library.edition import Edition
from rewatch.study.singular import Detail, Floats, apart, of_distance, only, shots_of

_AROUND = 5
"""Shots before and after that a take is held against."""
_FEWEST = 8
"""Shots a film must have before one of them is out of the ordinary."""
_NAMES = {
    "fade_in": ("fade-in", "fade-ins"), "fade_out": ("fade-out", "fade-outs"), "dissolve": ("dissolve", "dissolves"),
    "fade_through_black": ("fade through black", "fades through black"),
}  # fmt: skip
_FILLS = 0.06
"""Share of the picture that a colour must fill to be seen as one."""


def stillness(edition: Edition) -> Iterator[Detail]:
    """The longest stretches in which less moves than in nine tenths of the film."""
    if "activity" not in edition.tracks or edition.times is None:
        return
    activity = np.asarray(edition.curve("activity").column(), dtype=np.float64)
    seconds = edition.curve("activity").seconds(edition.times)
    if len(activity) < 48:
        return
    edges = np.arange(seconds[0], seconds[-1], 0.5)
    bounds = np.searchsorted(seconds, edges)
    # The median of half a second passes a cut's own jump by.
    halves = np.array([np.median(activity[a:b]) if b > a else 0.0 for a, b in itertools.pairwise(bounds)])
    if not len(halves) or halves.max() <= 0:
        return
    limit = float(np.quantile(halves, 0.1))
    dark = _dark(edition, edges[:-1])
    runs = [(a, b) for a, b in _runs(halves <= limit) if not dark[a:b].mean() > 0.5]
    lengths = np.array([0.5 * (b - a) for a, b in runs])
    if len(lengths) < 2:
        return
    for i in np.argsort(-lengths)[:2].tolist():
        begin, end = float(edges[runs[i][0]]), float(edges[runs[i][1]])
        place = "longest" if lengths[i] == lengths.max() else "second longest"
        if lengths[i] < 2:
            continue
        others = float(np.median(lengths))
        yield Detail(
            "stillness", begin, end,
            f"The {place} stillness of the film: for {lengths[i]:.1f} s hardly anything moves (such stretches last "
            f"{others:.1f} s by the median).",
            {"length": float(lengths[i]), "median": others, "motion": float(halves[runs[i][0] : runs[i][1]].mean())},
            of_distance(float(apart(lengths, 1.0)[i])), place=1 if lengths[i] == lengths.max() else 2,
        )  # fmt: skip


def _dark(edition: Edition, at: Floats) -> np.ndarray:
    if "light" not in edition.tracks:
        return np.zeros(len(at), dtype=bool)
    light = edition.curve("light")
    dark: np.ndarray = np.interp(at, light.seconds(edition.times), light.column("mean")) < 0.03
    return dark


def _runs(mask: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def takes(edition: Edition) -> Iterator[Detail]:
    """The shots that last longest, and shortest, against those around them."""
    laid = shots_of(edition)
    if laid is None or len(laid[0]) < _FEWEST:
        return
    _, begin, end = laid
    lengths = end - begin
    log = np.log(np.maximum(lengths, 1e-3))
    around = np.array(
        [
            np.median(np.concatenate([log[max(i - _AROUND, 0) : i], log[i + 1 : i + 1 + _AROUND]]))
            for i in range(len(log))
        ]
    )
    z = apart(log - around, 0.2)
    for sign, kind, word in ((1, "long_take", "long"), (-1, "short_take", "short")):
        # The first and the last shot hold titles as often as not.
        inner = [i for i in np.argsort(-sign * z).tolist() if 0 < i < len(log) - 1][:3]
        for i in inner:
            near = float(np.exp(around[i]))
            times = max(lengths[i] / near, near / max(float(lengths[i]), 1e-3))
            if sign * (log[i] - around[i]) <= 0 or times < 2:
                continue
            yield Detail(
                kind, float(begin[i]), float(end[i]),
                f"A {word} take among its neighbours: shot {i + 1} lasts {lasting(float(lengths[i]))}, those around it "
                f"{lasting(float(near))} by the median.",
                {"shot": i + 1, "length": float(lengths[i]), "around": near, "times": float(times)},
                of_distance(float(sign * z[i])),
            )  # fmt: skip


def odd_transitions(edition: Edition) -> Iterator[Detail]:
    """Kinds of transition that there are once or twice in the whole film."""
    laid = shots_of(edition)
    if laid is None or len(laid[0]) < _FEWEST:
        return
    shots, begin, _ = laid
    kinds = Counter(shots.label[1:])
    usual, most = kinds.most_common(1)[0]
    # Fades at the film's ends lie between no two shots, and are fades all the same.
    there = Counter(shots.label) | Counter(edition.spans("boundaries").label if "boundaries" in edition.tracks else ())
    for i, kind in enumerate(shots.label):
        if not i or not kind or there[kind] > 2 or kind == usual or most < 5:
            continue
        often = "The only" if there[kind] == 1 else "One of two"
        among = len(shots) - 1
        plural = _NAMES.get(usual, ("", f"{usual}s"))[1]
        name = _NAMES.get(kind, (kind, f"{kind}s"))[there[kind] - 1]
        yield Detail(
            "transition", float(begin[i]) - 0.5, float(begin[i]) + 0.5,
            f"{often} {name} in the film, between shots {i} and {i + 1}: {most} of its {among} changes of shot "
            f"are {plural}.",
            {"transition": kind, "count": there[kind], "of": among},
            only(there[kind], among),
            tuple(kind.split("_")),
        )  # fmt: skip


def colours(edition: Edition) -> Iterator[Detail]:
    """Colours that fill a part of the picture once, and never again."""
    if "palette" not in edition.tracks:
        return
    palette = edition.curve("palette")
    seconds = palette.seconds(edition.times)
    values = np.asarray(palette.values, dtype=np.float64)
    if len(values) < 8 or values.ndim != 2:
        return
    sums = values.sum(axis=1, keepdims=True)
    shares = values / np.where(sums > 0, sums, 1)
    for i, name in enumerate(palette.columns):
        if name in ("black", "white") or "grey" in name:
            continue
        column = shares[:, i]
        at = np.flatnonzero(column >= _FILLS)
        if not len(at):
            continue
        begin, end = float(seconds[at[0]]), float(seconds[at[-1]]) + 0.25
        lasts = end - begin
        if lasts > max(0.03 * edition.duration, 4.0) or lasts < 0.5:
            continue
        outside = column.copy()
        outside[at[0] : at[-1] + 1] = 0
        most, elsewhere = float(column[at].max()), float(outside.max())
        if elsewhere > 0.4 * most:
            continue
        plain = name.removesuffix(" soft").removesuffix(" vivid").removeprefix("mid ")
        named = ("vivid " if name.endswith("vivid") else "soft ") + plain
        yield Detail(
            "colour", begin, end,
            f"The only time that {named} fills a part of the picture: {100 * most:.0f} % for {lasts:.1f} s, and never "
            f"more than {100 * elsewhere:.1f} % elsewhere.",
            {"colour": name, "share": most, "elsewhere": elsewhere, "length": lasts,
             "at": float(seconds[at[int(column[at].argmax())]])},
            only(1, round(edition.duration / max(lasts, 1.0))) * (1 - elsewhere / most),
            tuple(plain.split()),
        )  # fmt: skip


def lights(edition: Edition) -> Iterator[Detail]:
    """The shot that is brightest against the film's others, and the darkest that is no black."""
    laid = shots_of(edition)
    if laid is None or "light" not in edition.tracks or edition.times is None or len(laid[0]) < _FEWEST:
        return
    _, begin, end = laid
    light = edition.curve("light")
    values = np.asarray(light.column("mean"), dtype=np.float64)
    at = light.seconds(edition.times)
    bounds = np.searchsorted(at, np.append(begin, end[-1]))
    means = np.array([values[a:b].mean() if b > a else np.nan for a, b in itertools.pairwise(bounds)])
    known = np.flatnonzero(np.isfinite(means) & (means > 0.03) & (end - begin > 0.5))
    if len(known) < _FEWEST:
        return
    z = apart(means[known], 0.03)
    median = float(np.median(means[known]))
    for sign, word in ((1, "brightest"), (-1, "darkest")):
        i = int(known[int(np.argmax(sign * z))])
        yield Detail(
            "light", float(begin[i]), float(end[i]),
            f"The {word} shot of the film: a mean light of {means[i]:.2f}, where the median shot has {median:.2f}.",
            {"shot": i + 1, "light": float(means[i]), "median": median},
            of_distance(float((sign * z).max())), (word.removesuffix("est"),),
        )  # fmt: skip


def camera_runs(edition: Edition) -> Iterator[Detail]:
    """The fastest pan and the fastest zoom: what the camera does once like that."""
    if "camera" not in edition.tracks or edition.times is None:
        return
    camera = edition.curve("camera")
    at = camera.seconds(edition.times)
    rate = len(at) / max(edition.times.end_seconds - edition.times.begin_seconds, 1e-9)
    window = max(round(rate), 1)
    if len(at) < 4 * window:
        return
    sure = np.asarray(camera.column("sure"), dtype=np.float64) if "sure" in camera.columns else np.ones(len(at))
    for names, kind, unit in ((("dx", "dy"), "pan", "frame widths"), (("zoom",), "zoom", "times the size")):
        if not set(names) <= set(camera.columns):
            continue
        moved = np.zeros(len(at))
        for name in names:
            steps = np.asarray(camera.column(name), dtype=np.float64) * (sure > 0.5)
            moved += np.convolve(steps, np.ones(window), mode="same") ** 2
        moved = np.sqrt(moved)
        i = int(moved.argmax())
        blocks = moved[: len(moved) // window * window].reshape(-1, window).max(axis=1)
        z = float(apart(blocks, 0.05).max())
        if moved[i] < 0.2 or z < 3:
            continue
        begin, end = float(at[max(i - window // 2, 0)]), float(at[min(i + window // 2, len(at) - 1)])
        figure = float(moved[i]) if kind == "pan" else float(np.exp(moved[i]))
        yield Detail(
            f"camera_{kind}", begin, end,
            f"The fastest {kind} of the film, or what looks like one: {figure:.1f} {unit} within a second, at "
            f"{timecode(float(at[i]), 1)}.",
            {"moved": figure, "unit": unit}, of_distance(z), (kind, "camera"),
        )  # fmt: skip


FINDERS = (stillness, takes, odd_transitions, colours, lights, camera_runs)
