"""Routes of one film: its page with player and score, its minutes, its figures, and where each of them comes from."""

from __future__ import annotations

import threading
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rewatch.exports.study_view import key_figures
from rewatch.facts import FilmFacts
from rewatch.find.elsewhere import Elsewhere, elsewhere
from rewatch.library.library import Library
from rewatch.study.explain import explain, known_figures
from rewatch.study.minute import MEASURES, minute
from rewatch.study.notes import Notes
from rewatch.study.score import score
from rewatch.study.score_in_words import in_words
from rewatch.track import Figures
from rewatch.web.asking import film_of, jobs_of, number, shelf_of
from rewatch.web.comparing import stamp_of
from rewatch.web.pages import answer, page
from rewatch.web.proxy import proxy_path
from rewatch.web.routes_media import missing
from rewatch.web.routes_notes import shown
from rewatch.web.shelf import Open


def about(request: Request, film: Open) -> dict[str, Any]:
    """What the page's scripts must know of a film; plain JSON values."""
    facts = film.facts
    job = jobs_of(request).of("watch", facts.path)
    width, height = facts.picture.display_size if facts.picture else (16, 9)
    return {
        "id": film.id,
        "name": film.name,
        "stamp": film.stamp,
        "duration": film.duration,
        "levels": film.lanes.levels,
        "lanes": [film.lanes.about(lane) for lane in film.lanes.available()],
        "barcode": film.lanes.has_barcode,
        "glanced": film.edition.glanced_from("barcode"),
        "frames": len(film.times) if film.times is not None else 0,
        "rate": float(facts.picture.rate) if facts.picture else 0,
        "width": width,
        "height": height,
        "picture": facts.picture.codec if facts.picture else "",
        "sound": facts.sound.codec if facts.sound else "",
        "called": [codec_name(s.codec) if s else "" for s in (facts.picture, facts.sound)],
        "stills": "stills" in film.edition.tracks,
        "missing": missing(film),
        "proxy": proxy_path(film.edition).is_file(),
        "job": job.id if job is not None and not job.ended else "",
    }


def film(request: Request) -> Response:
    """``/films/ID#t=SECONDS&z=...``"""
    opened = film_of(request)
    edition = opened.edition
    charted = bool(edition.record.made)
    picture, heard = key_figures(edition) if charted else ((), ())
    return page(
        request,
        "film.html",
        film=opened,
        about=about(request, opened),
        figures=[*picture, *heard],
        said=in_words(score(edition)) if charted and opened.duration else [],
        facts=facts_in_words(opened.facts),
        notes=edition.record.notes,
    )


_CODECS = {
    "h264": "H.264", "hevc": "H.265", "mpeg1video": "MPEG-1", "mpeg2video": "MPEG-2", "mpeg4": "MPEG-4", "vp8": "VP8",
    "vp9": "VP9", "prores": "ProRes", "dnxhd": "DNxHD", "mjpeg": "Motion JPEG", "theora": "Theora", "vc1": "VC-1",
    "mp2": "MPEG-1 sound", "ac3": "AC-3", "eac3": "E-AC-3", "truehd": "TrueHD", "opus": "Opus", "vorbis": "Vorbis",
}  # fmt: skip


def codec_name(codec: str) -> str:
    """What a codec is called by people.

    >>> codec_name("mpeg1video"), codec_name("aac"), codec_name("pcm_s16le")
    ('MPEG-1', 'AAC', 'PCM')
    """
    return "PCM" if codec.startswith("pcm_") else _CODECS.get(codec, codec.upper())


def facts_in_words(facts: FilmFacts) -> str:
    """The edition in a line: ``H.264 854 × 480, 24 frames a second; AAC stereo``."""
    parts = []
    if facts.listed:
        return f"known by a {facts.container}"
    if facts.picture:
        p = facts.picture
        width, height = p.display_size
        rate = f"{float(p.rate):.3f}".rstrip("0").rstrip(".")
        parts.append(f"{codec_name(p.codec)} {width} × {height}, {rate} frames a second")
    if facts.sound:
        parts.append(f"{codec_name(facts.sound.codec)} {facts.sound.layout}")
    return "; ".join(parts)


def one_minute(request: Request) -> Response:
    """``/films/ID/minutes/43``"""
    opened = film_of(request)
    which = number(request, "minute", 1, 10**6)
    found = minute(opened.edition, which)
    notes = [
        n
        for n in Notes(shelf_of(request).library).find(opened.id)
        if n.begin < found.end and (n.end or n.begin) >= found.begin
    ]
    events: list[tuple[str, float, Any]] = [("shot", s.begin, s) for s in found.shots]
    events += [("line", line.begin, line) for line in found.lines]
    events += [("note", n.begin, shown(n)) for n in notes]
    events.sort(key=lambda e: (max(e[1], found.begin), e[0] != "shot"))
    digits = {m.name: m.digits for m in MEASURES}
    figures = [
        (name, f"{f.value:.{digits[name]}f}", f"{f.median:.{digits[name]}f}", f.unit, f.rank, f.of)
        for name, f in found.figures.items()
    ]
    last = max(1, int(-(-(opened.duration - 0.1) // 60)))
    return page(
        request, "minute.html", film=opened, about=about(request, opened), found=found, events=events, figures=figures,
        notes=notes, last=last,
    )  # fmt: skip


_searching = threading.BoundedSemaphore(1)
_SHOWN = 6
"""Matches of one other film that a minute's page shows."""


def elsewhere_of(request: Request) -> Response:
    """``/films/ID/minutes/43/elsewhere``: what other films have of it, as a part of the page"""
    opened = film_of(request)
    found = minute(opened.edition, number(request, "minute", 1, 10**6))
    library = shelf_of(request).library
    stamp = stamp_of(library, [opened.id, *sorted(e.id for e in library.entries())])
    with _searching:
        films = _elsewhere(_Shelved(library), opened.id, found.begin, found.end, stamp)
    return page(
        request,
        "_elsewhere.html",
        film=opened,
        films=[(one, one.found[:_SHOWN], len(one.found) - _SHOWN if len(one.found) > _SHOWN else 0) for one in films],
    )


class _Shelved:
    """A library that the cache tells from others by its folder."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shelved) and other.library.folder == self.library.folder

    def __hash__(self) -> int:
        return hash(self.library.folder)


@lru_cache(maxsize=200)
def _elsewhere(shelved: _Shelved, film: str, begin: float, end: float, stamp: str) -> list[Elsewhere]:
    return elsewhere(shelved.library, shelved.library.edition(film), begin, end)


def figures(request: Request) -> Response:
    """``/films/ID/figures``: every figure of the film with its value"""
    opened = film_of(request)
    values: dict[str, tuple[Any, str]] = {}
    for name in opened.edition.tracks:
        track = opened.edition.tracks[name]
        if isinstance(track, Figures):
            values |= {key: (value, track.why.get(key, "")) for key, value in track.values.items()}
    rows = [(f, *values.get(f.name, (None, ""))) for f in known_figures().values()]
    return page(request, "figures.html", film=opened, rows=[r for r in rows if r[0].name in values], curves=[
        r[0] for r in rows if r[0].name not in values and r[0].name in opened.edition.tracks
    ])  # fmt: skip


def explained(request: Request) -> Response:
    """``/films/ID/explain/FIGURE``: a page; ``?part=1``: its middle alone; JSON where that is asked for"""
    opened = film_of(request)
    found = explain(opened.edition, request.path_params["figure"][:100])
    if "application/json" in request.headers.get("accept", ""):
        return answer(
            {
                "film": opened.name, "edition": opened.id, "figure": asdict(found.figure), "value": found.value,
                "why": found.why or None, "evidence": found.evidence, "steps": [asdict(s) for s in found.steps],
            }
        )  # fmt: skip
    part = request.query_params.get("part") == "1"
    return page(request, "_explained.html" if part else "explain.html", film=opened, found=found)


ROUTES = [
    Route("/films/{id}", film),
    Route("/films/{id}/minutes/{minute}", one_minute),
    Route("/films/{id}/minutes/{minute}/elsewhere", elsewhere_of),
    Route("/films/{id}/figures", figures),
    Route("/films/{id}/explain/{figure}", explained),
]
