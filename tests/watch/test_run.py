"""A watch from the file to the library: whole, once, resumed, interrupted, side by side."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from rewatch.errors import FilmError, LibraryError, SubtitleError
from rewatch.film.identity import identify
from rewatch.film.probe import open_film
from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.watch import checkpoint, streams
from rewatch.watch.frames import Frames
from rewatch.watch.progress import Silent
from rewatch.watch.run import watch
from rewatch.watch.work import Stopped

WATCH = """
from rewatch.watch import checkpoint, streams
from rewatch.watch.frames import Frames
streams.CHECKPOINT_EVERY = 0.2
from rewatch.cli.main import run
run()
"""


def same_tracks(a: Edition, b: Edition) -> None:
    assert set(a.tracks) == set(b.tracks)
    for name in a.tracks:
        x, y = a.tracks[name], b.tracks[name]
        for field in x.__dataclass_fields__:
            p, q = getattr(x, field), getattr(y, field)
            if isinstance(p, np.ndarray):
                assert np.array_equal(p, q), name
            elif field == "columns" and isinstance(p, dict):
                assert {k: list(v) for k, v in p.items()} == {k: list(v) for k, v in q.items()}, name
            else:
                assert p == q, name


@pytest.fixture(scope="module")
def watched(demo_film: Any, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    library = Library(tmp_path_factory.mktemp("watched"))
    return watch(demo_film.path, library).edition


def test_everything_is_charted(watched: Edition, demo_film: Any) -> None:
    for name in ("frames", "shots", "light", "colour", "activity", "loudness", "lines", "minutes", "tempo", "dynamics"):
        assert len(watched.tracks[name]), name
    assert len(watched.events("frames")) == demo_film.truth.frames
    stills = watched.events("stills")
    assert len(stills) == len(watched.spans("shots"))
    assert all((watched.kept("stills") / str(f)).is_file() for f in stills.columns["file"])
    assert not watched.work.exists()


def test_nothing_is_done_twice(watched: Edition, demo_film: Any) -> None:
    library = Library(watched.folder.parents[1])
    before = {p: p.stat().st_mtime_ns for p in watched.folder.rglob("*.parquet")}
    assert watch(demo_film.path, library).made == ()
    assert {p: p.stat().st_mtime_ns for p in watched.folder.rglob("*.parquet")} == before


def test_a_renamed_copy_is_the_same_edition(watched: Edition, demo_film: Any, tmp_path: Path) -> None:
    copy = tmp_path / f"Another Name (1999){demo_film.path.suffix}"
    shutil.copyfile(demo_film.path, copy)
    assert identify(copy) == watched.id


def test_a_damaged_track_is_made_again(demo_film: Any, watched: Edition, tmp_path: Path) -> None:
    shutil.copytree(watched.folder.parents[1], tmp_path / "library")
    library = Library(tmp_path / "library")
    edition = library.edition(watched.id)
    edition.track_path("loudness").write_bytes(b"half")
    done = watch(demo_film.path, library)
    assert "loudness" in done.made
    assert "boundaries" not in done.made
    same_tracks(done.edition, watched)


def test_other_lines_are_other_words(watched: Edition, demo_film: Any, tmp_path: Path) -> None:
    shutil.copytree(watched.folder.parents[1], tmp_path / "library")
    side = tmp_path / "other.srt"
    side.write_text("1\n00:00:01,000 --> 00:00:02,000\nOne line only.\n")
    done = watch(demo_film.path, Library(tmp_path / "library"), subtitles=side)
    assert list(done.edition.spans("lines").label) == ["One line only."]
    assert "boundaries" not in done.made
    assert "pace" in done.made


def test_subtitles_that_are_not_there(demo_film: Any, tmp_path: Path) -> None:
    with pytest.raises(SubtitleError):
        watch(demo_film.path, Library(tmp_path), subtitles=tmp_path / "none.srt")


@pytest.mark.parametrize("when", [0.0, 0.4, 0.8])
def test_kill_9_and_again(demo_film: Any, watched: Edition, tmp_path: Path, when: float) -> None:
    """Killed after its nth checkpoint, the watch goes on, and gives what an uninterrupted one gives."""
    command = [sys.executable, "-c", WATCH, "watch", str(demo_film.path), "--library", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    checkpoint = tmp_path / "editions" / watched.id / "work" / "picture.checkpoint"
    deadline = time.monotonic() + 60
    while not checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(when)
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    killed = process.returncode == -signal.SIGKILL
    done = watch(demo_film.path, Library(tmp_path))
    if killed and "boundaries" in done.made:
        assert done.resumed > 0
    same_tracks(done.edition, watched)
    assert sorted(p.name for p in done.edition.kept("stills").iterdir()) == sorted(
        p.name for p in watched.kept("stills").iterdir()
    )


def test_ctrl_c_and_again(demo_film: Any, watched: Edition, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WATCH, "watch", str(demo_film.path), "--library", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    checkpoint = tmp_path / "editions" / watched.id / "work" / "picture.checkpoint"
    deadline = time.monotonic() + 60
    while not checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode in (0, 130)
    if process.returncode == 130:
        assert "the same command goes on from there" in said
        assert said.count("\n") == 1
    done = watch(demo_film.path, Library(tmp_path))
    same_tracks(done.edition, watched)


def test_what_the_reader_met_ahead_of_those_who_look_is_not_yet_in_the_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch that goes on meets it again, and would count it twice."""
    part = tmp_path / "part.ts"
    with av.open(str(part), "w") as out:
        picture = out.add_stream("libx264", rate=24, options={"preset": "ultrafast", "g": "24"})
        picture.width, picture.height, picture.pix_fmt = 128, 72, "yuv420p"
        for number in range(120):
            frame = av.VideoFrame.from_ndarray(np.full((72, 128, 3), number, np.uint8), "rgb24")
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
    film = tmp_path / "joined.ts"
    film.write_bytes(part.read_bytes() * 2)  # the join damages a frame, behind the first piece that is looked at

    stream = streams.PictureStream(open_film(film), [Frames()], tmp_path, "key")
    feed = Frames.feed

    def waits(self: Frames, piece: Any) -> None:
        feed(self, piece)
        deadline = time.monotonic() + 60
        while not stream.damage.frames and time.monotonic() < deadline:
            time.sleep(0.01)
        stream._stop.set()

    monkeypatch.setattr(Frames, "feed", waits)
    stream.start()
    assert stream._stop.wait(120)
    stream.stop()
    assert stream.damage.frames == 1
    left = checkpoint.read(tmp_path / streams.CHECKPOINT, "key")
    assert left is not None
    assert left.resume.frame < 119
    assert left.state[1].frames == 0


@pytest.mark.parametrize("whole", [False, True])
def test_a_glance_takes_nothing_from_a_full_watch_that_was_stopped(
    demo_film: Any, watched: Edition, tmp_path: Path, whole: bool, stops_at: Any
) -> None:
    library = Library(tmp_path)
    with pytest.raises(Stopped, match="the same command goes on from there"):
        watch(demo_film.path, library, progress=stops_at(20))
    work = tmp_path / "editions" / watched.id / "work"
    left = sorted(p.name for p in work.iterdir())
    if whole:
        assert watch(demo_film.path, library, glance=True).edition.provisional
    else:
        with pytest.raises(Stopped, match="begins anew"):
            watch(demo_film.path, library, glance=True, progress=stops_at(0))
    assert sorted(p.name for p in work.iterdir()) == left
    done = watch(demo_film.path, library)
    assert done.resumed > 0
    same_tracks(done.edition, watched)
    assert not work.exists()


def test_a_glance_that_was_stopped_takes_no_room(demo_film: Any, tmp_path: Path, stops_at: Any) -> None:
    library = Library(tmp_path)
    with pytest.raises(Stopped, match="begins anew"):
        watch(demo_film.path, library, glance=True, progress=stops_at(0))
    edition = library.edition(library.entries()[0].id)
    assert not list(edition.work.iterdir())
    assert "was not watched to its end" in edition.why_missing("shots")
    watch(demo_film.path, library, glance=True)
    assert not edition.work.exists()


def test_two_at_once_and_what_they_load(demo_film: Any, watched: Edition, tmp_path: Path) -> None:
    heavy = (
        "import atexit, sys; atexit.register(lambda: print('scipy' in sys.modules)); from rewatch.cli.main import run"
    )
    told = ["watch", str(demo_film.path), "--library", str(tmp_path)]
    command = [sys.executable, "-c", f"{heavy}; run({told!r})"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [p.communicate(timeout=200) for p in both]
    assert [p.returncode for p in both] == [0, 0], said
    assert any("nothing to do" in err for _, err in said)
    # What takes a sixth of a second to load is not needed.
    assert all(out.endswith("\nFalse\n") for out, _ in said)
    same_tracks(Library(tmp_path).edition(watched.id), watched)


def test_a_checkpoint_that_cannot_be_read_is_none(demo_film: Any, watched: Edition, tmp_path: Path) -> None:
    work = tmp_path / "editions" / watched.id / "work"
    work.mkdir(parents=True)
    (work / "picture.checkpoint").write_bytes(b"half a pickle")
    done = watch(demo_film.path, Library(tmp_path))
    assert done.resumed == 0
    same_tracks(done.edition, watched)


@pytest.mark.parametrize("content", [b"", b"no film at all\n" * 1000, b"RIFF\0\0\0\0AVI "])
def test_what_is_no_film_leaves_the_library_as_it_was(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "film.mkv"
    file.write_bytes(content)
    with pytest.raises(FilmError) as said:
        watch(file, Library(tmp_path / "library"))
    assert "\n" not in str(said.value)
    assert Library(tmp_path / "library").entries() == []


def test_a_fault_of_an_analyser_is_raised_and_nothing_of_it_kept(
    demo_film: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rewatch.images.light import Light

    def broken(self: Light, piece: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(Light, "feed", broken)
    with pytest.raises(RuntimeError, match="broken"):
        watch(demo_film.path, Library(tmp_path))
    monkeypatch.undo()
    assert "light" in watch(demo_film.path, Library(tmp_path)).made


@pytest.mark.skipif(not Path("/dev/full").exists() or os.name != "posix", reason="no device that is always full")
def test_a_full_disk_is_one_line(demo_film: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tracks that cannot be written end the watch in one line; the next one, with room, finishes it."""
    from rewatch.library import tables

    real = tables.pq.write_table

    def full(table: Any, where: Any, **kwargs: Any) -> None:
        if "loudness" in str(where):
            with open("/dev/full", "wb", buffering=0) as device:
                device.write(b"x")
        real(table, where, **kwargs)

    monkeypatch.setattr(tables.pq, "write_table", full)
    with pytest.raises(LibraryError, match="the disk is full"):
        watch(demo_film.path, Library(tmp_path))
    monkeypatch.undo()
    assert "loudness" in watch(demo_film.path, Library(tmp_path)).edition.tracks


def test_blas_keeps_to_one_thread_meanwhile(demo_film: Any, tmp_path: Path) -> None:
    seen: list[set[int]] = []

    class Looking(Silent):
        def moved(self, at: float) -> None:
            seen.append(_threads_of_blas())

    with threadpool_limits(2, user_api="blas"):
        watch(demo_film.path, Library(tmp_path), progress=Looking())
        assert _threads_of_blas() == {2}
    assert seen
    assert all(threads == {1} for threads in seen)


def _threads_of_blas() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_threads_do_not_outlive_the_watch(demo_film: Any, tmp_path: Path) -> None:
    import threading

    watch(demo_film.path, Library(tmp_path))
    assert not [t for t in threading.enumerate() if t.name in ("_read", "_look", "_listen")]
    assert streams.CHECKPOINT_EVERY > 1


@pytest.mark.parametrize("watched_before", [False, True])
def test_a_file_that_changes_while_it_is_watched_is_not_kept(
    watched_before: bool, demo_film: Any, tmp_path: Path
) -> None:
    path = tmp_path / "film.mp4"
    shutil.copyfile(demo_film.path, path)
    library = Library(tmp_path / "library")
    if watched_before:
        library.enter(watch(path, library).edition)

    class Changing(Silent):
        def moved(self, at: float) -> None:
            if path.stat().st_size == demo_film.path.stat().st_size:
                with path.open("ab") as file:
                    file.write(b"more")

    with pytest.raises(FilmError, match="changed while it was watched"):
        watch(path, library, again=watched_before, progress=Changing())
    for edition in (library.edition(e.id) for e in library.entries()):
        assert watched_before
        assert not edition.record.made
    shutil.copyfile(demo_film.path, path)
    assert "shots" in watch(path, library).made


def test_a_header_without_a_film_leaves_nothing(demo_film: Any, tmp_path: Path) -> None:
    import av

    path = tmp_path / "film.mkv"
    with av.open(str(demo_film.path)) as source, av.open(str(path), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"\x1f\x43\xb6\x75") + 40])  # all that stands before the first frame
    library = Library(tmp_path / "library")
    with pytest.raises(FilmError):
        watch(path, library)
    assert library.entries() == []
