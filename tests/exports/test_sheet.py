"""The score sheet: drawn for films of every length and lack, the same each time, within its page."""

from __future__ import annotations

import io
import re
import time
import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from rewatch.clock import FRAMES, MILLISECONDS, Clock, FrameTimes
from rewatch.errors import ExportError
from rewatch.exports.sheet import draw_sheet, sheet_bytes
from rewatch.exports.sheet.paper import leaner
from rewatch.exports.sheet.pen import Pen
from rewatch.exports.sheet.staves import Barcode, bridged
from rewatch.exports.sheet.staves_cuts import Cuts
from rewatch.exports.sheet.staves_heard import Loudness
from rewatch.exports.study_view import movements
from rewatch.track import Curve, Events, Figures, Spans


@pytest.fixture(autouse=True)
def coarse(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small PNGs: it is the drawing that is tested, not the encoder."""
    if "test_each_format" not in request.node.name:
        monkeypatch.setattr("rewatch.exports.sheet.paper.DPI", 30)


def paper(image: Image.Image) -> tuple[int, ...]:
    return image.convert("RGB").getpixel((3, 3))


@pytest.mark.parametrize(("suffix", "dark"), [("svg", False), ("pdf", True), ("png", False), ("png", True)])
def test_each_format_is_drawn_and_is_what_it_says(short_film, tmp_path, suffix: str, dark: bool) -> None:
    path = tmp_path / f"sheet.{suffix}"
    draw_sheet(short_film, path, dark=dark)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    start = path.read_bytes()[:5]
    assert start == {"svg": b"<?xml", "pdf": b"%PDF-", "png": b"\x89PNG\r"}[suffix]
    if suffix == "png":
        image = Image.open(path)
        assert image.size == (3307, 2338)
        assert (sum(paper(image)) < 128) == dark
    if suffix == "svg":
        root = ET.parse(path).getroot()
        assert root.get("viewBox", "").split()[2:] == ["1190.551181", "841.889764"]
        assert "<dc:title>The Long Way Down" in path.read_text("utf-8")


def test_the_same_film_gives_the_same_bytes(short_film) -> None:
    for suffix in ("svg", "pdf"):
        assert sheet_bytes(short_film, suffix) == sheet_bytes(short_film, suffix)
    svg = sheet_bytes(short_film, "svg").decode()
    assert "<dc:date>" not in svg


def test_a_persons_own_matplotlib_settings_change_nothing(short_film) -> None:
    import matplotlib

    expected = sheet_bytes(short_film, "svg")
    with matplotlib.rc_context({"lines.dashed_pattern": [1, 1], "svg.fonttype": "none", "savefig.bbox": "tight"}):
        before = {k: v for k, v in matplotlib.rcParams.items() if k != "backend"}
        assert sheet_bytes(short_film, "svg") == expected
        assert {k: v for k, v in matplotlib.rcParams.items() if k != "backend"} == before


def test_a_film_of_three_hours_is_quick_and_small(long_film) -> None:
    began = time.process_time()
    drawn = sheet_bytes(long_film, "svg")
    # Seconds on an idle machine: the bound is for a busy one.
    assert time.process_time() - began < 30
    assert len(drawn) < 3_000_000


LACKS = [
    {"picture": False},
    {"sound": False},
    {"words": False},
    {"sound": False, "words": False},
    {"picture": False, "words": False},
    {"picture": False, "sound": False, "words": False},
]


@pytest.mark.parametrize("lack", LACKS)
def test_what_a_film_lacks_is_left_out_and_said(fakes, lack, monkeypatch) -> None:
    written: list[str] = []
    write = Pen.text

    def listen(self, x, y, text, size, **how) -> None:
        written.append(text)
        write(self, x, y, text, size, **how)

    monkeypatch.setattr(Pen, "text", listen)
    ET.fromstring(sheet_bytes(fakes.without(fakes.film(20), **lack), "svg"))
    staves = {"picture": {"Tempo", "Colour", "Cuts", "Motion"}, "sound": {"Loudness", "Sounds"}, "words": {"Words"}}
    said = {"picture": "no picture", "sound": "no sound", "words": "no lines of dialogue known"}
    for stream, names in staves.items():
        lacks = not lack.get(stream, True)
        assert names & set(written) == (set() if lacks else names)
        assert any(said[stream] in text for text in written) == lacks


def test_every_single_track_may_be_missing(fakes) -> None:
    film = fakes.film(20)
    for name in ("frames", "shots", "boundaries", "barcode", "momentum", "loudness_figures", "pace"):
        assert sheet_bytes(fakes.without(film, name), "svg")


def empty(fakes, seconds: float):
    """A film that was watched and gave nothing: every track there, none with an entry."""
    none, clock = np.zeros(0), Clock(Fraction(10))
    whole = np.zeros(0, dtype=np.int64)
    tracks = {
        "shots": Spans("shots", whole, whole, [], FRAMES),
        "boundaries": Spans("boundaries", whole, whole, [], FRAMES),
        "barcode": Curve("barcode", np.zeros((0, 36), np.uint8), clock, columns=tuple(f"c{i}" for i in range(36))),
        "activity": Curve("activity", none, FRAMES),
        "momentum": Curve("momentum", none, clock),
        "tempo": Curve("tempo", none, clock),
        "loudness": Curve("loudness", np.zeros((0, 2)), clock, "LUFS", ("momentary", "short_term")),
        "loudness_figures": Figures("loudness_figures", {"integrated": None}, {}, {"integrated": "no sound"}),
        "sforzandi": Events("sforzandi", whole, MILLISECONDS, {"rise": none}),
        "sound_kinds": Curve("sound_kinds", np.zeros((0, 3)), clock, columns=("speech", "music", "effects")),
        "lines": Spans("lines", whole, whole, [], MILLISECONDS, {"speaker": []}),
        "pace": Curve("pace", none, clock),
    }
    return fakes.FakeStudy("Nothing", None, fakes.facts(seconds), None, seconds, tracks)


def test_a_film_that_gave_nothing_still_has_a_sheet(fakes) -> None:
    ET.fromstring(sheet_bytes(empty(fakes, 12.0), "svg"))


@pytest.mark.parametrize("seconds", [0.5, 1, 3, 10, 59, 61, 601, 1799])
def test_odd_lengths(fakes, seconds: float) -> None:
    ET.fromstring(sheet_bytes(fakes.film(seconds), "svg"))


def test_one_shot_and_silence(fakes) -> None:
    times = FrameTimes.even(240, Fraction(24))
    clock = Clock(Fraction(10))
    tracks = {
        "shots": Spans("shots", np.array([0]), np.array([240]), [""], FRAMES),
        "activity": Curve("activity", np.zeros(240), FRAMES),
        "tempo": Curve("tempo", np.zeros(10), Clock(Fraction(1))),
        "loudness": Curve("loudness", np.full((100, 2), -70.0), clock, "LUFS", ("momentary", "short_term")),
        "silence": Spans("silence", np.array([0]), np.array([100]), ["silence"], clock),
    }
    study = fakes.FakeStudy("Still", 1963, fakes.facts(10.0), times, 10.0, tracks)
    ET.fromstring(sheet_bytes(study, "svg"))


@pytest.mark.parametrize(
    "title",
    ["", "$x^2$ & <b>", "A\nB\tC\x00\x1b[31m", "x" * 400, "東京物語", "Amélie — Ödön ½", "عباس", "🎬 film", "%PDF\\(("],
)
def test_titles_that_would_break_a_careless_printer(fakes, title: str) -> None:
    study = fakes.FakeStudy(title, None, fakes.facts(10.0), None, 10.0, {})
    for suffix in ("svg", "png", "pdf"):
        drawn = sheet_bytes(study, suffix)
        if suffix == "svg":
            ET.fromstring(drawn)
        if suffix == "png":
            Image.open(io.BytesIO(drawn)).load()


def test_refusals_are_one_line(short_film, fakes, tmp_path) -> None:
    with pytest.raises(ExportError, match=r"\.svg, \.pdf or \.png"):
        draw_sheet(short_film, tmp_path / "sheet.gif")
    with pytest.raises(ExportError, match="no such folder"):
        draw_sheet(short_film, tmp_path / "nowhere" / "sheet.png")
    with pytest.raises(ExportError, match="no length"):
        sheet_bytes(fakes.FakeStudy("x", None, fakes.facts(1.0), None, 0.0, {}), "svg")
    assert list(tmp_path.iterdir()) == []


def test_the_barcode_shows_each_instant_where_it_is() -> None:
    rows = np.zeros((40, 1, 3))
    rows[20:, 0, 0] = 1.0
    barcode = Barcode(np.arange(40) / 4, rows)
    image = barcode.image(0, 10, 100)
    assert image.shape == (1, 100, 3)
    red = image[0, :, 0] > 128
    assert not red[:48].any()
    assert red[52:].all()
    # The same stretch of time looks the same whether it is drawn alone or with the rest.
    assert np.array_equal(barcode.image(0, 5, 50), image[:, :50])


def test_short_shots_stand_high_and_a_doubling_is_one_line() -> None:
    lengths = np.array([2.0, 2.0, 2.0, 0.7, 6.0])
    end = np.cumsum(lengths)
    cuts = Cuts(end - lengths, end, ["", "cut", "cut", "cut", "cut"])
    assert cuts.centre == 2.0
    heights = cuts.height([8, 4, 2, 1, 0.5])
    assert heights[2] == 0.5
    assert np.allclose(np.diff(heights), 1 / 7)
    assert cuts.height([1e-3, 1e4]).tolist() == [1.0, 0.0]


def test_frames_of_a_boundary_are_no_motion() -> None:
    values, keep = np.array([0.1, 0.9, 0.8, 0.3, 0.9]), np.array([True, False, False, True, False])
    assert bridged(values, keep).tolist() == [0.1, 0.1, 0.1, 0.3, 0.3]
    assert bridged(values, np.zeros(5, np.bool_)).tolist() == [0.0] * 5


def test_what_is_said_is_written_where_there_is_room(fakes, monkeypatch) -> None:
    written: list[str] = []
    write = Pen.text

    def listen(self, x, y, text, size, **how) -> None:
        written.append(text)
        write(self, x, y, text, size, **how)

    monkeypatch.setattr(Pen, "text", listen)
    at = np.array([1000, 8000, 15000])
    lines = Spans("lines", at, at + 2000, ["Who is there?", "$5 to whoever knows", "Me."], MILLISECONDS)
    sheet_bytes(fakes.FakeStudy("Talk", None, fakes.facts(30.0), None, 30.0, {"lines": lines}), "svg")
    assert set(lines.label) <= set(written)
    written.clear()
    many = np.arange(900) * 2000
    lines = Spans("lines", many, many + 1500, ["Never a moment's silence here"] * 900, MILLISECONDS)
    sheet_bytes(fakes.FakeStudy("Talk", None, fakes.facts(1800.0), None, 1800.0, {"lines": lines}), "svg")
    assert not set(lines.label) & set(written)


def test_movements_are_numbered_and_named(short_film, fakes) -> None:
    parts = Spans("movements", np.array([0, 40]), np.array([40, 90]), ["slow, blue", ""], Clock(Fraction(1)))
    study = fakes.FakeStudy(
        "In two", None, short_film.facts, short_film.times, 90.0, {**short_film.tracks, "movements": parts}
    )
    assert movements(study) == [(0.0, "I. slow, blue"), (40.0, "II.")]
    assert sheet_bytes(study, "svg") != sheet_bytes(short_film, "svg")


def test_leaner_svg_draws_the_same(short_film) -> None:
    data = b'<path d="M 1 2 \nL 3 4 \nL 5 6 \nz\nM 1 1 \nC 1 2 3 4 5 6 \nC 1 2 3 4 5 7 \n" clip-path="url(#p)"/>'
    assert leaner(data) == b'<path d="M1 2L3 4 5 6zM1 1C1 2 3 4 5 6 1 2 3 4 5 7" clip-path="url(#p)"/>'


def test_ten_units_louder_is_twice_as_thick() -> None:
    loud = np.concatenate([np.full(500, -20.0), np.full(500, -30.0)])
    stave = Loudness(np.arange(1000) / 10, loud, loud, -22.0, None, None)
    assert stave.thickness([-20.0, -30.0, -40.0]) == pytest.approx([1, 0.5, 0.25])
    marks, _ = stave.marks(3.0)
    assert [word for _, word in marks] == ["f", "p"]


def test_nothing_is_drawn_off_the_page(long_film, fakes) -> None:
    """Every coordinate of the SVG's paths lies within A3."""
    for study in (long_film, fakes.film(1500, title="A title that is rather long for a film of its sort")):
        root = ET.fromstring(sheet_bytes(study, "svg"))
        space = "{http://www.w3.org/2000/svg}"
        defined = {id(p) for d in root.iter(f"{space}defs") for p in d.iter(f"{space}path")}
        for path in root.iter(f"{space}path"):
            if id(path) in defined:
                continue
            numbers = np.array([float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path.get("d", ""))]).reshape(-1, 2)
            assert (numbers >= -0.01).all()
            assert (numbers <= [1190.56, 841.9]).all()
