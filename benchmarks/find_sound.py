"""How surely a sound leads back to its second: clips of films, spoilt in many ways, against a library of them.

    python benchmarks/find_sound.py [--clips 30] [--seconds 5] [--more DIR]

The library: the labelled films that have sound and the demo film in 5.1, each of which was only listened to. Clips are
cut at random and spoilt (`spoil_sound.py`); babble is of the other films. Right is an answer that names the film and a
second within 0.2 s, or another place whose sound is the same (its wave correlates with the clip's at 0.5 or more:
trailers repeat the film). Each clip is looked for once more in a library without its film: there every answer is wrong.

Beside it: plain peak pairs (Wang 2003: the same landmarks, the shift with most votes, any number of them), and
Chromaprint (``fpcalc``, where it is installed: the place with the fewest differing bits). Neither refuses a clip.

--more DIR adds all sound files under DIR to the library, to be searched and to mistake clips for.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from scipy.signal import correlate, resample_poly

from films import FILMS
from rewatch.demo import Variant, render
from rewatch.film.probe import open_film
from rewatch.film.samples import read_samples
from rewatch.find.by_sound import find_sound
from rewatch.find.match import Match
from rewatch.library.edition import Made
from rewatch.library.library import Library
from rewatch.sounds.prints import Prints, SoundPrints, open_prints, prints_of
from rewatch.sounds.prints_pairs import join, pairs_of
from spoil_sound import RATE, SPOILT, Wave, babble, rms

NAMES = ("agent327_480p.mp4", "sintel_trailer.mp4", "sintel_excerpt_mpeg1.mpg", "nasa_13013.mp4")
KIN = {"sintel_excerpt_mpeg1": "sintel", "sintel_trailer": "sintel"}
"""Films that share sound: neither is in the library where there must be no answer."""
CHROMA_HOP = 1365 / 11025
NEAR = 0.2


@dataclass
class Film:
    title: str
    path: Path
    edition: str
    wave: Wave
    prints: Prints
    chroma: npt.NDArray[np.uint32]


@dataclass
class Clip:
    film: Film
    begin: float
    wave: Wave


def load(path: Path, layout: str = "mono") -> Wave:
    with av.open(str(path)) as source:
        to = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        parts = [out.to_ndarray().ravel() for frame in source.decode(audio=0) for out in to.resample(frame)]
        return np.concatenate([*parts, *(out.to_ndarray().ravel() for out in to.resample(None))])


def listen(library: Library, path: Path) -> str:
    """Enter a film of which nothing but the prints of its sound are taken."""
    facts = open_film(path)
    edition, analyser = library.add(facts), SoundPrints()
    with tempfile.TemporaryDirectory(dir=library.folder) as scratch:
        analyser.begin(facts, Path(scratch))
        for piece in read_samples(facts):
            analyser.feed(piece)
        given = analyser.finish({})
        edition.commit(Made(analyser.name, 1, {}, "bench", tuple(given)), given, Path(scratch) / "keep")
    return edition.id


def chroma(path: Path) -> npt.NDArray[np.uint32]:
    if not shutil.which("fpcalc"):
        return np.zeros(0, np.uint32)
    told = subprocess.run(["fpcalc", "-raw", "-length", "100000", str(path)], capture_output=True, text=True).stdout
    line = next((row for row in told.splitlines() if row.startswith("FINGERPRINT=")), "FINGERPRINT=")
    return np.array([int(value) & 0xFFFFFFFF for value in line[12:].split(",") if value], np.uint32)


def written(path: Path, wave: Wave) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=RATE, layout="mono")
        loud = (wave / max(float(np.abs(wave).max()), 1e-9) * 30000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(loud[None], "s16", "mono")
        frame.sample_rate, frame.pts = RATE, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


# -- the peers ------------------------------------------------------------------------------------------------------


def by_votes(films: Sequence[Film], wave: Wave) -> tuple[Film, float] | None:
    """Plain peak pairs."""
    query = prints_of(resample_poly(wave, 1, 2).astype(np.float32))
    hashes, begins = query.pairs()
    best: tuple[int, Film, float] | None = None
    for film in films:
        theirs, where = pairs_of(*film.prints.between(0, film.prints.hops))
        order = np.argsort(theirs, kind="stable")
        i, j = join(theirs[order], hashes)
        shifts, votes = np.unique(where[order][i] - begins[j], return_counts=True)
        if len(votes) and (best is None or votes.max() > best[0]):
            best = int(votes.max()), film, float(film.prints.seconds(shifts[votes.argmax()]))
    return best and (best[1], best[2])


def by_chroma(films: Sequence[Film], query: npt.NDArray[np.uint32]) -> tuple[Film, float] | None:
    best: tuple[float, Film, float] | None = None
    for film in films:
        if not len(query) or len(film.chroma) < len(query):
            continue
        rows = np.lib.stride_tricks.sliding_window_view(film.chroma, len(query))
        errors = np.bitwise_count(rows ^ query).mean(axis=1)
        if best is None or errors.min() < best[0]:
            best = float(errors.min()), film, float(errors.argmin() * CHROMA_HOP)
    return best and (best[1], best[2])


# -- what is right --------------------------------------------------------------------------------------------------


def right(clip: Clip, film: Film | None, second: float) -> bool:
    if film is None:
        return False
    if film is clip.film and abs(second - clip.begin) <= NEAR:
        return True
    # Silence around the film: a clip may begin a little before it.
    edge = round(NEAR * RATE)
    begin = round(second * RATE)
    there = np.pad(film.wave, edge)[max(begin, 0) : max(begin, 0) + len(clip.wave) + 2 * edge]
    if len(there) < len(clip.wave):
        return False
    power = np.convolve(there.astype(np.float64) ** 2, np.ones(len(clip.wave)), "valid")
    alike = (
        correlate(there, clip.wave, "valid")
        / np.sqrt(np.maximum(power, 1e-12))
        / (rms(clip.wave) * len(clip.wave) ** 0.5)
    )
    return bool(alike.max() > 0.5)


def clips_of(films: Sequence[Film], count: int, seconds: float, random: np.random.Generator) -> list[Clip]:
    """So many of films of known truth, in turn; none that is silent."""
    clips: list[Clip] = []
    length = round(seconds * RATE)
    while len(clips) < count:
        film = films[len(clips) % len(films)]
        begin = int(random.integers(max(1, len(film.wave) - length)))
        wave = film.wave[begin : begin + length]
        if rms(wave) > 1e-3:
            clips.append(Clip(film, begin / RATE, wave))
    return clips


def percent(values: Sequence[bool]) -> str:
    return f"{100 * np.mean(values):.0f}" if len(values) else "-"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--clips", type=int, default=30)
    options.add_argument("--seconds", type=float, default=5.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--wrong", action="store_true", help="tell each wrong answer")
    options.add_argument("--more", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        render(folder / "demo.mka", Variant(codec=None, channels=6))
        paths = [FILMS / n for n in NAMES] + [folder / "demo.mka"]
        known = len(paths)
        paths += (
            sorted(p for p in given.more.rglob("*") if p.suffix in (".ogg", ".wav", ".mp3", ".flac"))
            if given.more
            else []
        )
        library = Library(folder / "library")
        films = []
        for path in paths:
            id = listen(library, path)
            prints = open_prints(library.edition(id).kept("sound_prints"))
            films.append(Film(path.stem, path, id, load(path), prints, chroma(path)))
        table(films, known, library, folder, given)


def table(films: list[Film], known: int, library: Library, folder: Path, given: argparse.Namespace) -> None:
    of_id = {film.edition: film for film in films}
    hours = sum(len(f.wave) for f in films) / RATE / 3600
    print(
        f"Machine: {platform.machine()}, Python {platform.python_version()}. {given.clips} clips of {given.seconds:g} s"
    )
    print(f"a row, of {known} films; {len(films)} sounds in the library, {hours:.2f} h.\n")
    print(
        "| the clip | right | first wrong | sure of it | answers without its film | peak pairs | Chromaprint | CPU s |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    answers: list[tuple[float, bool]] = []
    strangers: list[bool] = []
    for how in (*SPOILT, "babble 0 dB"):
        random = np.random.default_rng(given.seed)
        clips = clips_of(films[:known], given.clips, given.seconds, random)
        good, wrong, sure, stray, pairs, prints, spent = [], [], [], [], [], [], 0.0
        for clip in clips:
            kin = KIN.get(clip.film.title, clip.film.title)
            others = [f for f in films if KIN.get(f.title, f.title) != kin]
            # What the babble is of must not be found: it is in the clip as much as the clip itself.
            talk = max(others, key=lambda f: len(f.wave) if f in films[:known] else 0)
            spoil = SPOILT.get(how) or babble([talk.wave])
            heard = spoil(clip.wave, random)
            asked = [f.edition for f in films if how in SPOILT or f is not talk]
            path = written(folder / "clip.wav", heard)
            began = time.process_time()
            found = find_sound(library, path, asked)
            spent += time.process_time() - began
            judged = [(m.score, right(clip, of_id[m.edition], m.time)) for m in found]
            good.append(bool(judged) and judged[0][1])
            wrong.append(bool(judged) and not judged[0][1])
            sure.append(bool(judged) and judged[0][0] >= 0.9)
            answers += judged
            strange = [f.edition for f in others if f.edition in asked]
            elsewhere: list[Match] = find_sound(library, path, strange)
            stray.append(bool(elsewhere))
            strangers.append(bool(elsewhere))
            answers += [(m.score, False) for m in elsewhere]
            for match, (score, ok) in [*zip(found, judged, strict=True), *((m, (m.score, False)) for m in elsewhere)]:
                if given.wrong and not ok:
                    where = f"{clip.film.title} {clip.begin:.2f}"
                    print(f"  {how}: {where} -> {match.film} {match.time:.2f} {score:.2f} {match.details['agreement']}")
            if not given.no_peers:
                voted = by_votes(films, heard)
                pairs.append(voted is not None and right(clip, *voted))
                likest = by_chroma(films, chroma(path))
                prints.append(likest is not None and right(clip, *likest))
        cells = [percent(v) for v in (good, wrong, sure, stray, pairs, prints)]
        print(f"| {how} | {' | '.join(cells)} | {spent / len(clips):.2f} |", flush=True)
    certain = [ok for score, ok in answers if score >= 0.9]
    half = [ok for score, ok in answers if 0.5 <= score < 0.9]
    print(f"\nOf {len(certain)} answers said to be at least 0.9 sure {percent(certain)} % are right;")
    print(f"of {len(half)} between 0.5 and 0.9, {percent(half)} %.")
    print(f"Of {len(strangers)} clips of films that are not in the library {percent(strangers)} % were answered.")


if __name__ == "__main__":
    main()
