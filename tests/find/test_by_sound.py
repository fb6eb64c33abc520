"""A sound is found to the second, and what is in no film is not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

from rewatch.errors import FilmError, FilmUnknown
from rewatch.evidence import Samples
from rewatch.facts import FilmFacts, SoundFacts
from rewatch.find.by_sound import find_sound
from rewatch.find.sound_index import open_index
from rewatch.library.edition import Edition, Made
from rewatch.library.library import Library
from rewatch.sounds.prints import SoundPrints

RATE = 16_000
Wave = npt.NDArray[np.float32]


def scene(seed: int, seconds: float) -> Wave:
    """Something like a film's sound: voices of gliding partials, knocks, over the room's own noise."""
    random = np.random.default_rng(seed)
    count = int(seconds * RATE)
    out = 0.003 * random.normal(size=count)
    for _ in range(int(seconds * 5)):
        length = int(random.uniform(0.08, 0.7) * RATE)
        begin = int(random.integers(0, max(1, count - length)))
        at = np.arange(length) / RATE
        pitch = random.uniform(90, 900) * 2 ** (random.normal(0, 0.4) * at)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        tone = sum(random.uniform(0.2, 1) / k * np.sin(k * phase) for k in range(1, 9))
        if random.random() < 0.3:
            tone = random.normal(size=length) * np.exp(-at * 30) * 3
        out[begin : begin + length] += random.uniform(0.02, 0.2) * tone * np.hanning(length)
    return out.astype(np.float32)


def enter(library: Library, title: str, wave: Wave, scratch: Path, start: Fraction = Fraction(0)) -> Edition:
    """A film of which only the sound was watched."""
    length = Fraction(len(wave), RATE)
    sound = SoundFacts(0, 0, "pcm_s16le", RATE, 1, "mono", True, length)
    facts = FilmFacts(f"/{title}.mka", title.ljust(32, "0"), "mkv", 1, length, Fraction(0), None, sound, (), (sound,))
    edition = library.add(facts, title=title)
    analyser = SoundPrints()
    analyser.begin(facts, scratch / title)
    analyser.feed(Samples(0, start, RATE, "mono", wave[:, None]))
    given = analyser.finish({})
    edition.commit(Made(analyser.name, 1, {}, "key", tuple(given)), given, scratch / title / "keep")
    return edition


FILMS = {"aa": scene(1, 90), "bb": scene(2, 60), "cc": scene(3, 40)}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("sounds")
    library = Library(folder / "library")
    for title, wave in FILMS.items():
        enter(library, title, wave, folder)
    return library


@pytest.fixture
def clip(tmp_path: Path) -> Callable[[Wave], Path]:
    return lambda wave: written(tmp_path / "clip.wav", wave)


def written(path: Path, wave: Wave, codec: str = "pcm_s16le", bit_rate: int | None = None) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=RATE, layout="mono")
        if bit_rate:
            stream.bit_rate = bit_rate
        loud = np.clip(wave * 0.7 / max(float(np.abs(wave).max()), 1e-3), -1, 1)
        for at in range(0, len(wave), 1152):
            part = (loud[at : at + 1152] * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(part[None], "s16", "mono")
            frame.sample_rate, frame.pts = RATE, at
            if codec != "pcm_s16le":
                frame = av.AudioResampler(format="fltp").resample(frame)[0]
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def part(title: str, begin: float, seconds: float) -> Wave:
    return FILMS[title][int(begin * RATE) : int((begin + seconds) * RATE)]


def noise(wave: Wave, decibels: float) -> Wave:
    random = np.random.default_rng(5).normal(size=len(wave)).astype(np.float32)
    return wave + random * np.float32(wave.std() * 10 ** (-decibels / 20))


def telephone(wave: Wave) -> Wave:
    return sosfilt(butter(4, (300, 3400), "bandpass", fs=RATE, output="sos"), wave).astype(np.float32)


def room(wave: Wave) -> Wave:
    at = np.arange(RATE // 2) / RATE
    tail = np.random.default_rng(6).normal(size=len(at)) * 10 ** (-6 * at)
    return (wave + fftconvolve(wave, tail / np.sqrt((tail**2).sum()))[: len(wave)]).astype(np.float32)


def babble(wave: Wave) -> Wave:
    other = scene(50, len(wave) / RATE) + scene(51, len(wave) / RATE)
    return wave + other * np.float32(wave.std() / other.std())


SPOILT: dict[str, Callable[[Wave], Wave]] = {
    "clean": lambda wave: wave,
    "noise": lambda wave: noise(wave, 0),
    "telephone": telephone,
    "room": room,
    "babble": babble,
    "clipped": lambda wave: np.clip(wave, -wave.std() / 2, wave.std() / 2),
    "at 25 for 24": lambda wave: resample_poly(wave, 24, 25).astype(np.float32),
    "at 24 for 25": lambda wave: resample_poly(wave, 25, 24).astype(np.float32),
}


@pytest.mark.parametrize("how", SPOILT)
def test_found_however_it_was_recorded(how: str, library: Library, clip: Callable[[Wave], Path]) -> None:
    for title, begin in (("aa", 31.37), ("bb", 4.2)):
        (first, *others) = find_sound(library, clip(SPOILT[how](part(title, begin, 5))))
        assert first.film == title
        assert first.time == pytest.approx(begin, abs=0.1)
        assert first.score >= 0.9
        assert not others
        assert first.details["speed"] == pytest.approx({"at 25 for 24": 25 / 24, "at 24 for 25": 24 / 25}.get(how, 1))


def test_found_in_a_coder_of_few_bits(library: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "clip.mp3", part("cc", 20, 5), "libmp3lame", 32_000)
    (first,) = find_sound(library, path)
    assert (first.film, first.time) == ("cc", pytest.approx(20, abs=0.15))


@pytest.mark.parametrize("what", [scene(77, 5), noise(np.ones(5 * RATE, np.float32), 0), scene(78, 12)])
def test_what_is_in_no_film_is_not_found(what: Wave, library: Library, clip: Callable[[Wave], Path]) -> None:
    assert find_sound(library, clip(what)) == []


def test_a_tone_is_not_found_everywhere(library: Library, clip: Callable[[Wave], Path]) -> None:
    at = np.arange(5 * RATE) / RATE
    assert find_sound(library, clip((0.3 * np.sin(2 * np.pi * 440 * at)).astype(np.float32))) == []


def test_only_the_films_asked_for(library: Library, clip: Callable[[Wave], Path]) -> None:
    path = clip(part("aa", 50, 5))
    assert [m.film for m in find_sound(library, path, ["aa".ljust(32, "0")])] == ["aa"]
    assert find_sound(library, path, ["bb".ljust(32, "0")]) == []


def test_every_place_that_bears_the_sound(tmp_path: Path, clip: Callable[[Wave], Path]) -> None:
    library = Library(tmp_path / "library")
    ring = scene(8, 4)
    film = np.concatenate([scene(9, 20), ring, scene(10, 30), ring, scene(11, 10)])
    enter(library, "one", film, tmp_path)
    enter(library, "two", np.concatenate([scene(12, 33), ring]), tmp_path, start=Fraction(1, 2))
    found = find_sound(library, clip(ring))
    assert sorted((m.film, round(m.time, 1)) for m in found) == [("one", 20.0), ("one", 54.0), ("two", 33.5)]
    assert all(m.score >= 0.9 for m in found)
    assert len(find_sound(library, clip(ring), top=2)) == 2


def test_a_clip_longer_than_the_film(library: Library, clip: Callable[[Wave], Path]) -> None:
    whole = np.concatenate([scene(20, 12.0), FILMS["cc"], scene(21, 9.0)])
    (first,) = find_sound(library, clip(whole))
    assert (first.film, first.time) == ("cc", 0.0)
    assert first.details["clip_begins"] == pytest.approx(12, abs=0.1)
    assert first.end is not None
    assert first.end <= 40.0
    assert "12.0 s into the clip" in first.about


def test_a_video_as_a_clip(library: Library, tmp_path: Path) -> None:
    path, wave = tmp_path / "clip.mkv", part("bb", 30, 4)
    with av.open(str(path), "w") as out:
        picture = out.add_stream("mpeg4", rate=25)
        picture.width, picture.height, picture.pix_fmt = 32, 32, "yuv420p"
        sound = out.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for number in range(100):
            grey = av.VideoFrame.from_ndarray(np.full((32, 32, 3), number, np.uint8), "rgb24")
            grey.pts = number
            out.mux(picture.encode(grey))
        out.mux(picture.encode(None))
        frame = av.AudioFrame.from_ndarray((wave * 32767).astype(np.int16)[None], "s16", "mono")
        frame.sample_rate, frame.pts = RATE, 0
        out.mux(sound.encode(frame))
    notes: list[str] = []
    (first,) = find_sound(library, path, notes=notes)
    assert (first.film, first.details["clip"]) == ("bb", "video")
    assert any("soundtrack" in note for note in notes)


def test_bad_clips(library: Library, clip: Callable[[Wave], Path], tmp_path: Path) -> None:
    with pytest.raises(FilmError, match="silent"):
        find_sound(library, clip(np.zeros(3 * RATE, np.float32)))
    with pytest.raises(FilmError, match="less than"):
        find_sound(library, clip(part("aa", 3, 0.2)))
    (tmp_path / "words.txt").write_text("no sound")
    with pytest.raises(FilmError):
        find_sound(library, tmp_path / "words.txt")
    Image.new("RGB", (64, 48), "red").save(tmp_path / "still.png")
    with pytest.raises(FilmError, match="--still"):
        find_sound(library, tmp_path / "still.png")
    with pytest.raises(FilmUnknown, match="empty"):
        find_sound(Library(tmp_path / "nowhere"), clip(part("aa", 3, 3)))


def test_an_edition_without_prints_is_told(tmp_path: Path, clip: Callable[[Wave], Path]) -> None:
    library = Library(tmp_path / "library")
    for path in enter(library, "old", FILMS["cc"], tmp_path).kept("sound_prints").glob("about-*.json"):
        path.rename(path.with_name("about-0000.json"))  # as another version would have left it
    notes: list[str] = []
    assert find_sound(library, clip(part("cc", 5, 5)), notes=notes) == []
    assert any("old" in note and "watch it again" in note for note in notes)


def test_the_index_follows_the_library(tmp_path: Path, clip: Callable[[Wave], Path]) -> None:
    library = Library(tmp_path / "library")
    path = clip(part("bb", 20, 4))
    enter(library, "aa", FILMS["aa"], tmp_path)
    assert find_sound(library, path) == []
    edition = enter(library, "bb", FILMS["bb"], tmp_path)
    assert [round(m.time, 1) for m in find_sound(library, path)] == [20.0]
    for n in range(4):  # small films: segments are merged
        enter(library, f"film{n}", scene(30 + n, 20), tmp_path)
        open_index(library)
    assert [round(m.time, 1) for m in find_sound(library, path)] == [20.0]
    names = {p.name.split(".")[0] for p in (library.folder / "find" / "sounds").glob("*.npy")}
    assert len(names) <= 3, "segments are merged, and what was merged is gone"
    # Watched anew, another file under the same id: what it was is not found any more, what it is is.
    library.remove(edition)
    enter(library, "bb", np.concatenate([scene(40, 7), FILMS["bb"]]), tmp_path)
    assert [round(m.time, 1) for m in find_sound(library, path)] == [27.0]
    library.remove(edition)
    assert find_sound(library, path) == []
    assert open_index(library).editions == {m.ljust(32, "0") for m in ("aa", "film0", "film1", "film2", "film3")}


def test_a_library_that_cannot_be_written_to_is_searched(library: Library, clip: Callable[[Wave], Path]) -> None:
    import shutil

    index = library.folder / "find"
    shutil.rmtree(index, ignore_errors=True)
    index.write_text("no folder can be made here")
    try:
        assert find_sound(library, clip(part("bb", 20, 5)))[0].film == "bb"
    finally:
        index.unlink()


def test_a_damaged_index_is_made_anew(tmp_path: Path, clip: Callable[[Wave], Path]) -> None:
    library = Library(tmp_path / "library")
    enter(library, "cc", FILMS["cc"], tmp_path)
    path = clip(part("cc", 11, 4))
    assert len(find_sound(library, path)) == 1
    for entries in (library.folder / "find" / "sounds").glob("*.npy"):
        entries.write_bytes(b"")
    assert len(find_sound(library, path)) == 1
