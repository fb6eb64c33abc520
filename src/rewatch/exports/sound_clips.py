"""Stretches of a film's sound as WAV files to listen to.

Contents
    write_clips
"""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewatch.facts import FilmFacts
from rewatch.film.samples import read_samples
from rewatch.library.atomic import swapped

_EDGE = 0.01
"""Seconds over which a clip is faded in and out, so that it does not click."""


def write_clips(film: FilmFacts, clips: Sequence[tuple[float, float, Path]]) -> list[Path]:
    """Write stretches (begin, end in seconds, file) of a film's sound as 16-bit WAV; the files that were written.

    One stretch is read at a time, in one pass to the end of the last. Layouts of more than two channels are kept.
    FilmError where the film cannot be read; OSError where a file cannot be written.
    """
    held: dict[int, list[npt.NDArray[np.float32]]] = {i: [] for i in range(len(clips))}
    last = max((end for _, end, _ in clips), default=0.0)
    rate, written = 0, []
    for piece in read_samples(film):
        rate, start = piece.rate, float(piece.start) + piece.first / piece.rate
        for i, (begin, end, path) in enumerate(clips):
            low, high = (round((t - start) * rate) for t in (begin, end))
            if i in held and high > 0 and low < len(piece):
                held[i].append(piece.values[max(0, low) : high].copy())
            if i in held and high <= len(piece) and held[i]:
                _write(path, rate, np.concatenate(held.pop(i)))
                written.append(path)
        if start + len(piece) / rate > last:
            break
    for i in sorted(held):
        if held[i] and rate:
            _write(clips[i][2], rate, np.concatenate(held[i]))
            written.append(clips[i][2])
    return written


def _write(path: Path, rate: int, samples: npt.NDArray[np.float32]) -> None:
    edge = min(len(samples) // 2, round(_EDGE * rate))
    if edge:
        ramp = np.linspace(0, 1, edge, dtype=np.float32)[:, None]
        samples[:edge] *= ramp
        samples[-edge:] *= ramp[::-1]
    code = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
    with swapped(path) as part, wave.open(str(part), "wb") as out:
        out.setnchannels(code.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(code.tobytes())
