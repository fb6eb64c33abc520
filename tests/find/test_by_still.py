"""A still leads to its second, however it was changed on the way; what is in no film gets no answer."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from rewatch.errors import QueryError
from rewatch.film.still import read_frame
from rewatch.find import by_still_where
from rewatch.find.by_still import find_still
from rewatch.find.by_still_query import Query
from rewatch.library.library import Library

Changed = Callable[[Image.Image], Image.Image]
FRAMES = (40, 300, 500, 1000, 1600)
"""Of the demo film: each in another scene."""


def still(library: Library, frame: int) -> Image.Image:
    edition = library.edition(library.entries()[0].id)
    assert edition.times is not None
    return Image.fromarray(read_frame(edition.facts, frame, edition.times))


def coded(image: Image.Image, quality: int = 20) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file)


def letterboxed(image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, (0, 30), "black")


def captioned(image: Image.Image) -> Image.Image:
    out = image.copy()
    draw = ImageDraw.Draw(out)
    draw.text((30, 115), "I never said I would.", font=ImageFont.load_default(18), fill="white", stroke_width=2,
              stroke_fill="black")  # fmt: skip
    return out


def cropped(image: Image.Image) -> Image.Image:
    wide, high = image.size
    return image.crop((round(0.2 * wide), round(0.1 * high), round(0.9 * wide), round(0.8 * high)))


def noisy(image: Image.Image) -> Image.Image:
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(1)), np.float32)
    noise = np.random.default_rng(3).normal(0, 12, soft.shape)
    return Image.fromarray(np.clip(soft * 0.85 + 18 + noise, 0, 255).astype(np.uint8))


def on_a_screen(image: Image.Image) -> Image.Image:
    """Off a screen in a room, askew, in uneven light."""
    wide, high = 640, 480
    room = np.full((high, wide, 3), (70, 60, 50), np.float32)
    screen = Image.new("RGB", (image.width + 12, image.height + 12), (8, 8, 8))
    screen.paste(image, (6, 6))
    corners = [(70, 60), (580, 95), (560, 400), (85, 380)]
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(corners, [(0, 0), (268, 0), (268, 156), (0, 156)], strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    aims = np.array([0, 0, 268, 0, 268, 156, 0, 156], np.float64)
    plane = np.linalg.solve(np.array(rows), aims)
    laid = screen.transform((wide, high), Image.Transform.PERSPECTIVE, plane.tolist(), Image.Resampling.BICUBIC)
    inside = Image.new("L", screen.size, 255).transform((wide, high), Image.Transform.PERSPECTIVE, plane.tolist())
    photo = np.where(np.asarray(inside)[..., None] > 128, np.asarray(laid, np.float32), room)
    photo *= np.linspace(0.75, 1.1, wide)[None, :, None]
    photo += np.random.default_rng(4).normal(0, 4, photo.shape)
    return coded(Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8)), 75)


WAYS: dict[str, Changed] = {
    "as it is": lambda image: image,
    "JPEG": coded,
    "small": lambda image: image.resize((160, 90)),
    "large": lambda image: image.resize((1920, 1080)),
    "letterboxed": letterboxed,
    "cropped": cropped,
    "mirrored": ImageOps.mirror,
    "graded": lambda image: ImageEnhance.Contrast(ImageEnhance.Color(image).enhance(0.4)).enhance(0.7),
    "captioned": captioned,
    "noisy": noisy,
    "on a screen": on_a_screen,
}


@pytest.mark.parametrize("way", WAYS)
def test_is_found_however_it_was_changed(way: str, demo_library: Library) -> None:
    edition = demo_library.edition(demo_library.entries()[0].id)
    assert edition.times is not None
    for frame in FRAMES if way == "as it is" else FRAMES[1:4]:
        best = find_still(demo_library, WAYS[way](still(demo_library, frame)))[0]
        assert best.film == "The Lamp on the Hill (2026)"
        assert abs(best.time - float(edition.times.seconds(frame))) <= 1.0
        assert best.score >= 0.9
        if way == "as it is":
            assert best.frame is not None
            shown = [np.asarray(still(demo_library, n), np.int16) for n in (frame, best.frame)]
            assert float(np.abs(shown[0] - shown[1]).mean()) < 1.0
            assert best.details["exact"]


def drawn(seed: int) -> Image.Image:
    """A picture that is in no film: rooms of shapes and light."""
    random = np.random.default_rng(seed)
    image = Image.fromarray(random.integers(0, 255, (5, 9, 3), dtype=np.uint8)).resize(
        (480, 270), Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y, w, h = (
            random.integers(0, 420),
            random.integers(0, 230),
            random.integers(10, 200),
            random.integers(10, 120),
        )
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        shape((int(x), int(y), int(x + w), int(y + h)), fill=tuple(random.integers(0, 255, 3).tolist()))
    return image.filter(ImageFilter.GaussianBlur(1.2))


def card(text: str) -> Image.Image:
    image = Image.new("RGB", (640, 360), "black")
    ImageDraw.Draw(image).text((320, 180), text, font=ImageFont.load_default(48), fill="white", anchor="mm")
    return image


@pytest.mark.parametrize(
    "image",
    [*(drawn(seed) for seed in range(4)), card("THE END"), card("Part Two\n\nThe Return")],
    ids=["drawn", "drawn", "drawn", "drawn", "the end", "part two"],
)
def test_what_is_in_no_film_gets_no_answer(image: Image.Image, demo_library: Library) -> None:
    assert find_still(demo_library, image) == []


@pytest.mark.parametrize(("colour", "said"), [("black", "black"), ("white", "white"), ("#405060", "one colour")])
def test_what_shows_nothing_is_refused(colour: str, said: str, demo_library: Library) -> None:
    noise = np.random.default_rng(1).normal(0, 2, (180, 320, 3))
    plain = np.asarray(Image.new("RGB", (320, 180), colour), np.float64) + noise
    with pytest.raises(QueryError, match=said):
        find_still(demo_library, Image.fromarray(np.clip(plain, 0, 255).astype(np.uint8)))


def test_what_is_no_picture_is_told(demo_library: Library, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    Image.new("1", (14_000, 14_000)).save(tmp_path / "bomb.png")
    Image.new("RGB", (640, 12), "red").save(tmp_path / "thin.png")
    for name, said in (("text.png", "neither"), ("bomb.png", "pixels"), ("thin.png", "small"), ("none.png", "no such")):
        with pytest.raises(QueryError, match=said):
            find_still(demo_library, tmp_path / name)


def test_of_a_video_its_middle_is_taken(demo_library: Library) -> None:
    path = Path(demo_library.edition(demo_library.entries()[0].id).facts.path)
    notes: list[str] = []
    best = find_still(demo_library, path, notes=notes)[0]
    assert "middle frame, number 1020" in notes[0]
    assert best.frame is not None
    assert abs(best.frame - 1020) <= 2


def test_without_the_file_the_prints_tell(demo_library: Library, tmp_path: Path) -> None:
    shutil.copytree(demo_library.folder, tmp_path / "copy")
    for record in (tmp_path / "copy").glob("editions/*/edition.json"):
        record.write_text(record.read_text("utf-8").replace("lamp_h264", "gone"), "utf-8")
    best = find_still(Library(tmp_path / "copy"), still(demo_library, 300))[0]
    assert best.time == pytest.approx(300 / 24, abs=0.5)
    assert not best.details["exact"]
    assert "not at hand" in best.about


def test_a_large_library_is_asked_by_its_index(
    demo_library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demo_library.folder, tmp_path / "copy")
    library = Library(tmp_path / "copy")
    monkeypatch.setattr(by_still_where, "PRINTS", 10)
    notes: list[str] = []
    for frame in FRAMES[:3]:
        best = find_still(library, still(demo_library, frame), notes=notes)[0]
        assert best.time == pytest.approx(frame / 24, abs=1.0)
    assert sum("written anew" in note for note in notes) == 1
    assert find_still(library, drawn(7)) == []


def test_a_dark_room_is_not_a_bar() -> None:
    """Letterboxed, and dark at its sides: the frame itself is among what is looked for."""
    picture: npt.NDArray[np.uint8] = np.zeros((360, 480, 3), np.uint8)
    picture[45:315, 120:360] = np.random.default_rng(2).integers(40, 255, (270, 240, 1), dtype=np.uint8)
    corners = [view.to_query @ (1.0, 1.0, 1.0) for view in Query(picture).views if not view.mirrored]
    assert any(np.allclose(corner[:2], (480, 315), atol=4) for corner in corners)


def test_flat_parts_are_no_views() -> None:
    picture: npt.NDArray[np.uint8] = np.full((180, 320, 3), 30, np.uint8)
    assert not Query(picture).views
    picture[40:140, 60:260] = np.random.default_rng(2).integers(0, 255, (100, 200, 1), dtype=np.uint8)
    assert Query(picture).views
    assert all(view.luma.std() >= 4 for view in Query(picture).views)
