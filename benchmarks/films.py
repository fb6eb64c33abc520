"""Films to measure on: real ones where they are, and what is made of them (another size, looped to a feature's length).

Made files are cached in the temporary folder; nothing of them is kept in the project.
"""

from __future__ import annotations

import os
import tempfile
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

FILMS = Path(os.environ.get("REWATCH_FILMS", Path(__file__).parents[2] / "shared" / "films"))
CACHE = Path(os.environ.get("REWATCH_BENCH_CACHE", Path(tempfile.gettempdir()) / "rewatch-bench"))


def at_720p(film: Path) -> Path:
    """The film at 1280x720, H.264 (x264, preset medium, crf 20), its sound copied."""
    target = CACHE / f"{film.stem}_720p.mp4"
    if target.exists():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.mp4")
    with av.open(str(film)) as source, av.open(str(part), "w") as out:
        picture = source.streams.video[0]
        rate = picture.average_rate or Fraction(24)
        coded = out.add_stream("libx264", rate=rate, options={"preset": "medium", "crf": "20"})
        assert isinstance(coded, VideoStream)
        coded.width, coded.height, coded.pix_fmt = 1280, 720, "yuv420p"
        coded.time_base = picture.time_base or Fraction(1, 24)
        sound = source.streams.audio[0] if source.streams.audio else None
        copied = out.add_stream_from_template(sound) if sound is not None else None
        for packet in source.demux(*[s for s in (picture, sound) if s is not None]):
            if packet.stream is sound and copied is not None:
                if packet.dts is not None:
                    packet.stream = copied
                    out.mux(packet)
                continue
            for frame in packet.decode():
                out.mux(coded.encode(frame.reformat(1280, 720, "yuv420p")))
        out.mux(coded.encode(None))
    part.rename(target)
    return target


def looped(film: Path, hours: float) -> Path:
    """The film repeated by stream copy until it lasts that long."""
    target = CACHE / f"{film.stem}_{hours:g}h.mkv"
    if target.exists():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.mkv")
    with av.open(str(part), "w") as out:
        with av.open(str(film)) as source:
            kept = [s for s in source.streams if isinstance(s, VideoStream | AudioStream)]
            new = {s.index: out.add_stream_from_template(s) for s in kept}
            length = Fraction(source.duration or 0, av.time_base)
        for turn in range(int(hours * 3600 / length) + 1):
            with av.open(str(film)) as source:
                for packet in source.demux(*[source.streams[i] for i in new]):
                    if packet.dts is None or packet.time_base is None:
                        continue
                    shift = int(turn * length / packet.time_base)
                    packet.dts += shift
                    if packet.pts is not None:
                        packet.pts += shift
                    packet.stream = new[packet.stream.index]
                    out.mux(packet)
    part.rename(target)
    return target
