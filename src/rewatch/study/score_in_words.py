"""A score said in a few sentences, part by part: what `rewatch score FILM` prints beneath its strips.

Contents
    in_words   (part, sentence) of each part that was measured
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rewatch.clock import timecode

Part = dict[str, Any]


def in_words(score: dict[str, Any]) -> list[tuple[str, str]]:
    """Sentences of a score (see `study.score.score`); parts without a figure are left out."""
    said = ((name, say(score[name])) for name, say in _PARTS.items() if score.get(name))
    return [(name, text) for name, text in said if text]


def _cutting(part: Part) -> str:
    if part.get("asl") is None:
        return f"none of its {part['excluded']} shots is counted" if part.get("excluded") else ""
    count = part["shots"]
    if count == 1:
        return f"one shot, {part['asl']:.2f} s" if part["asl"] < 60 else f"one shot, {timecode(part['asl'])}"
    text = f"{count} shots, average {part['asl']:.2f} s"
    if part.get("asl_low") is not None:
        text += f" ({part['asl_low']:.2f} to {part['asl_high']:.2f})"
    if part.get("median") is not None:
        text += f", median {part['median']:.2f} s"
    if part.get("q1") is not None and part.get("q3") is not None:
        text += f", middle half {part['q1']:.2f} to {part['q3']:.2f} s"
    return text


def _tempo(part: Part) -> str:
    edges = sorted(part.get("edges") or [], key=lambda e: -abs(e.get("change", 0)))[:4]
    return ", ".join(
        f"{e['label'].replace('sudden ', 'suddenly ')} at {timecode(e['start'])}"
        for e in sorted(edges, key=lambda e: float(e["start"]))
    )


def _momentum(part: Part) -> str:
    if part.get("opening") is None or part.get("ending") is None:
        return "nothing moves" if part.get("mean_activity") is not None and part.get("momentum_peak") is None else ""
    opening, ending = part["opening"], part["ending"]
    most = f"moves most at {timecode(part['momentum_peak'])}, " if part.get("momentum_peak") is not None else ""
    return (
        f"opens {_motion(opening)} ({_nth(opening)} percentile of its own motion), {most}"
        f"ends {_motion(ending)} ({_nth(ending)})"
    )


def _motion(percentile: float) -> str:
    """How much a film moves against itself."""
    for most, word in ((10, "at its stillest"), (35, "calm"), (65, "in its usual motion"), (90, "restless")):
        if percentile < most:
            return word
    return "at its most restless"


def _dynamics(part: Part) -> str:
    if part.get("integrated") is None:
        return ""
    text = f"{part['integrated']:.1f} LUFS"
    if part.get("range") is not None:
        text += f", range {part['range']:.1f} LU"
    if part.get("true_peak") is not None:
        text += f", true peak {part['true_peak']:.1f} dBTP"
    for name, one, many in (("hairpins", "hairpin", "hairpins"), ("sforzandi", "sforzando", "sforzandi")):
        count = len(part.get(name) or [])
        if count:
            text += f", {count} {one if count == 1 else many}"
    return text


def _articulation(part: Part) -> str:
    shots = part.get("shots") or []
    if len(shots) < 2:
        return ""
    kinds = [shot["label"] for shot in shots]
    counts = sorted(((kinds.count(kind), kind) for kind in set(kinds)), reverse=True)
    most = max(shots, key=lambda s: float(s["staccato"]))
    text = ", ".join(f"{count} {kind}" for count, kind in counts)
    return f"{text}; most staccato at {timecode(most['start'])}"


def _pulse(part: Part) -> str:
    stretches = sorted(part.get("stretches") or [], key=lambda s: -float(s["clarity"]))[:3]
    said = [
        f"{s['label']} at {s['bpm']:.0f} from {timecode(s['start'])} to {timecode(s['end'])}"
        + (" (the cuts)" if s.get("of") == "cuts" else "")
        for s in sorted(stretches, key=lambda s: float(s["start"]))
    ]
    return ", ".join(said)


def _accents(part: Part) -> str:
    share, chance, p = (part.get(f"cuts_on_attacks{end}") for end in ("", "_chance", "_p"))
    if share is None or chance is None:
        return ""
    sure = "" if p is None or p < 0.05 else ", no more than chance would have it"
    return f"{share:.0f} % of the cuts fall on an attack of the sound (by chance {chance:.0f} %{sure})"


def _movements(part: Part) -> str:
    found = part.get("movements") or []
    if len(found) < 2:
        return ""
    letters = [str(m.get("letter", "")) for m in found]
    returns = len({letter.rstrip("′") for letter in letters}) < len(letters)
    form = f" ({' '.join(letters)})" if returns and all(letters) else ""
    return "; ".join(f"{timecode(m['start'])} {m['label']}".rstrip() for m in found[:8]) + form


def _words(part: Part) -> str:
    if not part.get("words"):
        return ""
    text = f"{part['words']:.0f} words in {part['lines']:.0f} lines"
    share = part.get("dialogue_share")
    return text + (f", {share:.0f} % of the film" if share is not None else "")


_PARTS: dict[str, Callable[[Part], str]] = {
    "cutting": _cutting,
    "tempo": _tempo,
    "momentum": _momentum,
    "dynamics": _dynamics,
    "articulation": _articulation,
    "pulse": _pulse,
    "accents": _accents,
    "movements": _movements,
    "words": _words,
}


def _nth(value: float) -> str:
    n = round(value)
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
