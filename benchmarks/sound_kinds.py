"""How far speech, music and effects are told apart; and, with --write, where the weights of the model come from.

    python benchmarks/sound_kinds.py DATA            measure the weights in use on the half that they were not fitted to
    python benchmarks/sound_kinds.py DATA --write    fit them anew to the other half, then measure

DATA is a folder into which these Debian packages were unpacked (``dpkg-deb -x PACKAGE.deb DATA``): all of them free
recordings, of speech (asterisk-core-sounds-en-g722, fillets-ng-data-cs, hedgewars-data; to measure on also
asterisk-core-sounds-fr-g722 where it is there), music (hedgewars-data, fillets-ng-data, drascula-music,
asterisk-moh-opsound-wav) and effects (hedgewars-data; noise and wind are made). Clips of 15 s are mixed of one, two or
all three kinds, at 18 to -10 dB, some entering or leaving midway, some low-passed, at many levels. Every other file is
for fitting, the rest for measuring; game voices are split by speaker. The films with subtitles (FILMS) are never
fitted to: there the speech curve inside lines is held against that outside. (The form of the model and its ridge were
chosen with both tables in sight; the noises of both halves come from one recipe.)
"""

from __future__ import annotations

import argparse
import platform
import re
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.signal import butter, sosfilt

from films import FILMS
from rewatch.sounds import kind_weights, kinds
from rewatch.sounds.blocks import Blocks
from rewatch.sounds.stft import Spectra

RATE = 44_100
CLIP = 15
MIXES = ("s", "m", "e", "sm", "se", "me", "sme", "s", "m", "sm", "se")
RIDGE = 30.0
Wave = npt.NDArray[np.float32]
Rows = npt.NDArray[np.float64]


def load(path: Path, seconds: float = 60.0) -> Wave:
    """(n,) the file's sound, mixed to one channel at 44.1 kHz, RMS 0.05; empty where it cannot be read."""
    parts: list[Wave] = []
    try:
        with av.open(str(path)) as container:
            to = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in container.decode(audio=0):
                parts += [out.to_ndarray().ravel() for out in to.resample(frame)]
                if sum(map(len, parts)) > seconds * RATE:
                    break
    except av.error.FFmpegError:
        pass
    wave = np.concatenate([np.zeros(0, dtype=np.float32), *parts])
    level = float(np.sqrt(np.mean(wave**2))) if len(wave) else 0.0
    return wave * np.float32(0.05 / level) if level > 1e-4 else wave[:0]


def trimmed(wave: Wave) -> Wave:
    loud = np.flatnonzero(np.convolve(wave**2, np.ones(2000) / 2000, "same") > 1e-3 * (wave**2).max())
    return wave[loud[0] : loud[-1]] if len(loud) else wave


def joined(files: list[Path], seconds: float, rng: np.random.Generator, gap: float) -> Wave:
    """The files in a drawn order, trimmed, with short pauses between them."""
    parts: list[Wave] = []
    for i in rng.permutation(len(files)):
        wave = load(files[i])
        if len(wave) > 2000:
            parts += [trimmed(wave), np.zeros(int(rng.uniform(0, gap) * RATE), dtype=np.float32)]
        if sum(map(len, parts)) > seconds * RATE:
            break
    return np.concatenate([np.zeros(0, dtype=np.float32), *parts])[: int(seconds * RATE)]


def pools(data: Path, half: int, rng: np.random.Generator) -> list[list[Wave]]:
    """Recordings of speech, music, effects; `half` 0 to fit to, 1 to measure on."""

    def files(pattern: str) -> list[Path]:
        return sorted(data.glob(f"usr/share/{pattern}"))

    fish = "games/fillets-ng/sound/[a-g]*/cs/*.ogg" if half == 0 else "games/fillets-ng/sound/[h-z]*/cs/*.ogg"
    voices = ("British", "Russian", "Pirate", "Default_es") if half == 0 else ("Default_ru", "HillBilly", "Mobster")
    speech = [joined(files(fish), 150, rng, 0.35)]
    speech += [joined(files(f"games/hedgewars/Data/Sounds/voices/{v}/*.ogg"), 40, rng, 0.35) for v in voices]
    asterisk = files("asterisk/sounds/en_US*/*.g722") if half == 0 else files("asterisk/sounds/fr*/*.g722")
    speech.append(joined(asterisk, 150, rng, 0.35))
    music = []
    for pattern in (
        "games/hedgewars/Data/Music/*.ogg",
        "games/fillets-ng/music/*.ogg",
        "scummvm/drascula/audio/*",
        "asterisk/moh/*.wav",
    ):
        waves = (load(path) for path in files(pattern)[half::2])
        music += [wave[len(wave) // 4 :][: 20 * RATE] for wave in waves]
    bangs = files("games/hedgewars/Data/Sounds/*.ogg")[half::2]
    bangs = [p for p in bangs if not re.search("music|sing|hymn|yoohoo|organ", p.name.lower())]
    effects = [joined(bangs, 100, rng, 0.2), joined(bangs, 60, rng, 0.6)]
    seconds = np.arange(20 * RATE) / RATE
    for slope in (0.0, 0.7, 1.0, 1.6, 2.0):
        spectrum = np.fft.rfft(rng.standard_normal(len(seconds)))
        noise = np.fft.irfft(spectrum * np.arange(1, len(spectrum) + 1) ** (-slope / 2), len(seconds))
        noise *= 0.05 / noise.std()
        gusts = 0.6 + 0.4 * np.sin(2 * np.pi * seconds * rng.uniform(0.1, 0.6))
        effects += [noise.astype(np.float32), (noise * gusts).astype(np.float32)]
    return [[wave for wave in pool if len(wave) > 5 * RATE] for pool in (speech, music, effects)]


def measure(wave: Wave, rate: int = RATE) -> npt.NDArray[np.float32]:
    """Rows of `kinds.Features` of a sound of one channel."""
    spectra = Spectra(rate)
    features = kinds.Features(spectra.hertz)
    blocks = Blocks(rate)
    seconds = [spectra.push(block[0]) for block in blocks.push(wave[:, None])]
    rest = blocks.rest()
    seconds += [spectra.push(rest[0])] if rest.size else []
    powers = [power for power in (*seconds, spectra.end()) if power is not None and len(power)]
    rows = [features.push(power) for power in powers]
    return np.concatenate([row for row in (*rows, features.end()) if row is not None])


def power_around(wave: Wave) -> Rows:
    """(n,) mean power in the second around each entry's middle."""
    run = np.concatenate([[0.0], np.cumsum(wave.astype(np.float64) ** 2)])
    middle = np.arange(-(-len(wave) * kinds.RATE // RATE)) * RATE // kinds.RATE + RATE // 4
    begin, end = np.clip(middle - RATE // 2, 0, len(wave)), np.clip(middle + RATE // 2, 0, len(wave))
    return np.asarray((run[end] - run[begin]) / np.maximum(end - begin, 1))


def mixtures(data: list[list[Wave]], count: int, rng: np.random.Generator) -> tuple[Rows, Rows, list[str]]:
    """Rows, labels (1 is there, 0 is not, -1 too faint to say) and names of mixes of `count` clips."""
    rows, labels, names = [], [], []
    size = CLIP * RATE
    for number in range(count):
        mix = MIXES[number % len(MIXES)]
        parts: dict[str, Wave] = {}
        for kind, pool in zip("sme", data, strict=True):
            wave = pool[rng.integers(len(pool))]
            wave = np.tile(wave, -(-size // len(wave)))
            at = rng.integers(0, len(wave) - size + 1)
            wave = wave[at : at + size].copy()
            if rng.random() < 0.3:
                turn = rng.integers(size // 4, 3 * size // 4)
                wave[slice(0, turn) if rng.random() < 0.5 else slice(turn, None)] = 0
            if kind in mix:
                parts[kind] = wave
        under = [k for k in parts if k != "s"] if "s" in parts else [k for k in parts if k == "e" and len(parts) == 2]
        for kind in under:
            parts[kind] *= np.float32(10 ** (-(rng.uniform(0, 18) if "s" in parts else rng.uniform(-10, 12)) / 20))
        powers = {kind: power_around(wave) for kind, wave in parts.items()}
        total = sum(powers.values()) + 1e-12
        sound = sum(parts.values()) + 0.05 * 10 ** (-rng.uniform(45, 80) / 20) * rng.standard_normal(size)
        if rng.random() < 0.5:
            sound = sosfilt(butter(1, rng.uniform(3000, 16000), fs=RATE, output="sos"), sound)
        rows.append(measure((sound * 10 ** (rng.uniform(-25, 8) / 20)).astype(np.float32)))
        label = np.zeros((len(rows[-1]), 3))
        for column, kind in enumerate("sme"):
            if kind in powers:
                share = 10 * np.log10(powers[kind] / total + 1e-9)
                label[:, column] = np.where(share > -12, 1, np.where(share < -25, 0, -1))
        label[total < 1e-6] = -1
        labels.append(label)
        names += [mix] * len(label)
    return np.concatenate(rows), np.concatenate(labels), names


def fit(x: Rows, y: Rows) -> Rows:
    """(1 + terms,) weights of a logistic model, both classes counting alike, with a ridge."""
    x, y = x[y >= 0], y[y >= 0]
    count = np.where(y == 1, 0.5 / (y == 1).mean(), 0.5 / (y == 0).mean())

    def loss(b: Rows) -> tuple[float, Rows]:
        u = x @ b[1:] + b[0]
        slope = count * (1 / (1 + np.exp(-u)) - y)
        value = float((count * (np.logaddexp(0, u) - y * u)).sum() + RIDGE * (b[1:] ** 2).sum())
        return value, np.concatenate([[slope.sum()], x.T @ slope + 2 * RIDGE * b[1:]])

    return np.asarray(minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x)


def auc(score: Rows, truth: npt.NDArray[np.bool_]) -> float:
    """How often a moment that has it scores above one that has not."""
    order = np.argsort(np.argsort(score, kind="stable"), kind="stable") + 1.0
    yes = int(truth.sum())
    return float((order[truth].sum() - yes * (yes + 1) / 2) / (yes * (len(truth) - yes)))


def write(mean: Rows, spread: Rows, weights: Rows) -> None:
    def listed(values: Rows) -> str:
        return "[" + ", ".join(f"{value:.3f}" for value in values) + "]"

    rows = ",\n        ".join(listed(row) for row in weights)
    Path(kind_weights.__file__).write_text(
        '"""Weights of the model in `kinds`; written by ``benchmarks/sound_kinds.py --write``.\n\n'
        "MEAN, SPREAD: (16,) usual value and deviation of each measure of `kinds.NAMES`\n"
        "WEIGHTS:      (3, 49) for each of `kinds.KINDS`: constant, then those of `kinds.terms`\n"
        '"""\n\nfrom __future__ import annotations\n\nimport numpy as np\nimport numpy.typing as npt\n\n'
        f"MEAN: npt.NDArray[np.float64] = np.array({listed(mean)})\n"
        f"SPREAD: npt.NDArray[np.float64] = np.array({listed(spread)})\n"
        f"WEIGHTS: npt.NDArray[np.float64] = np.array([\n        {rows},\n    ])\n"
    )


def lines(path: Path) -> list[tuple[float, float]]:
    found = re.findall(r"(\d+):(\d+):([\d.]+) --> (\d+):(\d+):([\d.]+)", path.read_text(encoding="utf-8-sig"))
    times = [[int(h) * 3600 + int(m) * 60 + float(s) for h, m, s in (t[:3], t[3:])] for t in found]
    return [(begin, end) for begin, end in times]


def report(rows: Rows, labels: Rows, names: list[str]) -> str:
    guess = np.concatenate([kinds.judge(rows[i : i + 2 * CLIP]) for i in range(0, len(rows), 2 * CLIP)])
    text = ["# Speech, music, effects", "", f"Machine: {platform.machine()}, Python {platform.python_version()}.", ""]
    text += ["Mixes of recordings that the weights were not fitted to (mean of the curve by what was mixed):", ""]
    text += ["| kind | AUC | right at 0.5 | " + " | ".join(dict.fromkeys(names)) + " |", "|---|" + "--:|" * 9]
    for column, kind in enumerate(kinds.KINDS):
        said = labels[:, column] >= 0
        truth = labels[:, column] == 1
        right = ((guess[:, column] > 0.5) == truth)[said].mean()
        means = [guess[:, column][said & (np.array(names) == mix)].mean() for mix in dict.fromkeys(names)]
        figures = " | ".join(f"{m:.2f}" for m in means)
        text.append(f"| {kind} | {auc(guess[said, column], truth[said]):.3f} | {right:.3f} | {figures} |")
    text += ["", "Real films, never fitted to: the speech curve inside subtitle lines against outside.", ""]
    text += ["| film | AUC | mean inside | mean outside | music | effects |", "|---|" + "--:|" * 5]
    for name in ("agent327_480p", "sintel_trailer"):
        if not (FILMS / f"{name}.mp4").exists():
            continue
        film = kinds.judge(measure(load(FILMS / f"{name}.mp4", 1e9)))
        at = (np.arange(len(film)) + 0.5) / kinds.RATE
        inside = np.array([any(a <= t < b for a, b in lines(FILMS / f"{name}.en.vtt")) for t in at])
        speech, music, effects = film.T
        text.append(
            f"| {name} | {auc(speech, inside):.3f} | {speech[inside].mean():.2f} | {speech[~inside].mean():.2f} "
            f"| {music.mean():.2f} | {effects.mean():.2f} |"
        )
    text += [
        "",
        "The form of the model and its ridge were chosen with both tables in sight; the noises among the effects",
    ]
    text += ["of both halves come from one recipe. Two films are few."]
    return "\n".join(text) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="fit the weights anew")
    options = parser.parse_args()
    if options.write:
        rng = np.random.default_rng(1)
        rows, labels, _ = mixtures(pools(options.data, 0, rng), 330, rng)
        x = rows[:, : len(kinds.NAMES)]
        kinds.MEAN, kinds.SPREAD = x.mean(axis=0).round(3), x.std(axis=0).round(3)
        kinds.WEIGHTS = np.stack([fit(kinds.terms(rows), labels[:, k]) for k in range(3)]).round(3)
        write(kinds.MEAN, kinds.SPREAD, kinds.WEIGHTS)
    rng = np.random.default_rng(2)
    text = report(*mixtures(pools(options.data, 1, rng), 165, rng))
    Path(__file__).with_suffix(".md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
