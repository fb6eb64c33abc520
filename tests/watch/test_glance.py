"""A glance gives the shots of the full watch from a part of the frames, says so, and gives way to the full watch."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rewatch.errors import NotMeasured
from rewatch.film.excerpts import ExcerptsFailed, read_excerpts
from rewatch.film.groups import part_of
from rewatch.film.order import known_order
from rewatch.film.probe import open_film
from rewatch.images import glance_evidence
from rewatch.images.boundaries import BLOCK
from rewatch.images.glance_evidence import Coded, KeyPictures, compare_each, compare_keys, measure_anchors
from rewatch.images.glance_judge import Ledger
from rewatch.images.light import Light
from rewatch.library.library import Library
from rewatch.study.explain import explain
from rewatch.watch import glance as module
from rewatch.watch import run
from rewatch.watch.frames import Frames
from rewatch.watch.glance import Glance, NoGlance
from rewatch.watch.glance_detect import judged
from rewatch.watch.glance_skim import skim
from rewatch.watch.glance_stream import HOW, SOURCE, GlanceStream, glanced
from rewatch.watch.progress import Silent
from rewatch.watch.run import watch


def boundaries(edition: Any) -> list[tuple[str, int, int]]:
    track = edition.spans("boundaries")
    return list(zip(track.label, track.begin.tolist(), track.end.tolist(), strict=True))


def same_boundaries(full: list[tuple[str, int, int]], glance: list[tuple[str, int, int]]) -> None:
    """Cuts to the frame; the ends of gradual transitions as near as they are known at all."""
    assert [b[0] for b in full] == [b[0] for b in glance]
    for (kind, *true), (_, *found) in zip(full, glance, strict=True):
        assert np.abs(np.subtract(true, found)).max() <= (0 if kind == "cut" else 3), (kind, true, found)


def test_a_glance_gives_way_to_the_full_watch(demo_film: Any, tmp_path: Path) -> None:
    library = Library(tmp_path)
    edition = watch(demo_film.path, library, glance=True).edition
    assert len(edition.events("frames")) == demo_film.truth.frames
    for name in ("boundaries", "black", "light", "colour", "palette", "activity", "stills", "frames"):
        made = edition.made_by(name)
        assert str(made.settings[HOW]).startswith("glanced at"), name
        assert made.settings[SOURCE] == edition.glanced_from(name), name
    assert edition.glanced_from("tempo").endswith(": glanced at")
    assert not edition.glanced_from("loudness")
    for name in ("light", "colour", "activity"):
        assert len(edition.curve(name).values) == demo_film.truth.frames
    for name in ("loudness", "lines", "minutes", "tempo", "dynamics"):
        assert len(edition.tracks[name]), name
        assert HOW not in edition.made_by(name).settings
    stills = edition.events("stills")
    assert len(stills) == len(edition.spans("shots"))
    assert all((edition.kept("stills") / str(f)).is_file() for f in stills.columns["file"])
    evidence, looked = explain(edition, "shots").evidence, edition.spans("looked")
    assert any("glanced at" in line for line in evidence)
    doubts = edition.spans("doubtful")
    assert all(0.1 <= sure < 0.5 for sure in doubts.columns["sure"])
    assert not set(doubts.begin.tolist()) & set(edition.spans("boundaries").begin.tolist())
    first = looked.label.index("every frame")
    told = f"every frame of {looked.begin[first]} to {looked.end[first] - 1}, "
    assert any(line.startswith(told) for line in evidence)
    at_a_glance, activity = boundaries(edition), edition.curve("activity").values
    assert watch(demo_film.path, library, glance=True).made == ()  # nothing is glanced at twice

    edition = watch(demo_film.path, library).edition
    same_boundaries(boundaries(edition), at_a_glance)
    assert not any(HOW in made.settings for made in edition.record.made.values())
    assert "looked" not in edition.tracks
    assert any("every one decoded" in line for line in explain(edition, "shots").evidence)
    # Between stretches activity is read from packets: not the same, but much the same.
    true = edition.curve("activity").values
    assert np.corrcoef(np.log(true + 0.01), np.log(activity + 0.01))[0, 1] > 0.5
    before = set(edition.tracks)
    assert watch(demo_film.path, library, glance=True).made == ()  # what was watched is not glanced at
    assert set(edition.tracks) == before


def test_a_film_that_cannot_be_glanced_at_is_read_in_full(
    demo_film: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST", 1)
    with pytest.raises(NoGlance, match="keyframes"):
        Glance(open_film(demo_film.path), tmp_path, lambda piece: None).look()
    stands = glanced([Frames(), Light()])
    stream = GlanceStream(open_film(demo_film.path), stands, tmp_path)
    stream.start()
    assert stream.ended.wait(120)
    stream.stop()
    assert stream.failure is None
    for stand in stands:
        assert str(stand.settings()[HOW]).startswith("every frame looked at")
    frames, light = (stand.finish({})[stand.name] for stand in stands)
    assert len(frames.at) == len(light.values) == demo_film.truth.frames


def test_skimming_leaves_open_what_it_cannot_tell_and_loses_nothing(demo_film: Any, tmp_path: Path) -> None:
    film = open_film(demo_film.path)
    glance = Glance(film, tmp_path, lambda piece: None)
    glance.look()
    order, ledger = glance.order, glance.ledger
    keys, ends = order.keyframes.tolist(), ledger.coded.ends.tolist()
    assert glance.skims()
    skimmed = skim(film, tmp_path, order, ledger, range(len(keys)))
    clear = [g for g in range(len(keys)) if g not in skimmed.open]
    assert clear
    for true in demo_film.truth.boundaries:
        first, last = (true["frame"],) * 2 if true["kind"] == "cut" else (true["first"], true["last"])
        inside = [
            g for g in clear if keys[g] <= last and first < ends[g] and (first > keys[g] or true["kind"] != "cut")
        ]
        assert not inside, true
        for group in clear:
            if ends[group] == first and true["kind"] == "cut":
                assert skimmed.cut[group] >= 0.5, true
    cuts = {true.get("frame") for true in demo_film.truth.boundaries}
    assert all(ends[group] in cuts for group, sure in skimmed.cut.items() if sure >= 0.5)


def test_a_run_may_have_a_cut_on_its_second_frame(demo_film: Any, tmp_path: Path) -> None:
    film = open_film(demo_film.path)
    order = known_order(film).thinned()
    cut = next(b["frame"] for b in demo_film.truth.boundaries if b["kind"] == "cut" and b["frame"] > 2 * BLOCK)
    key = order.key_before(cut - 1)
    (piece,) = read_excerpts(film, order, [(key, cut + 40)])
    # Wherever the blocks of the film are.
    for begin in (cut - 1, *range(key, cut - 1, 5)):
        found, _, _ = judged(film, tmp_path, [part_of(piece, begin - key, len(piece))], 0.5)
        assert [(t.kind, t.first) for t in found] == [("cut", cut)], begin


def test_a_glance_stops_at_the_stretch_in_hand(demo_film: Any, tmp_path: Path) -> None:
    """It does not go on to the end of a window, which of a short film is the whole of it."""
    calls: list[int] = []

    def stop() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise InterruptedError

    glance = Glance(open_film(demo_film.path), tmp_path, lambda piece: None, on_step=stop)
    with pytest.raises(InterruptedError):
        glance.look()
    assert len(calls) == 3


def test_keyframes_are_compared_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    monkeypatch.setattr(glance_evidence, "_AT_ONCE", 5)
    for count in (1, 2, 5, 8, 11):
        luma, cb, cr = (rng.integers(0, 255, (count, high, high * 16 // 9), np.uint8) for high in (72, 36, 36))
        pieces = [SimpleNamespace(luma=luma[n : n + 1], cb=cb[n : n + 1], cr=cr[n : n + 1]) for n in range(count)]
        some, whole = compare_each(pieces), compare_keys(luma, cb, cr)  # type: ignore[arg-type]
        for name in ("near", "far", "level", "spread"):
            assert np.allclose(getattr(some, name), getattr(whole, name), atol=1e-5), (count, name)


class Cut(Exception):
    """Stands for a run that ends here."""


class AtBegin(Silent):
    """Looks at the library when the full watch begins."""

    def __init__(self, library: Library, stop: bool) -> None:
        self.library, self.stop, self.shots, self.how = library, stop, 0, ""

    def begin(self, name: str, seconds: float, at: float) -> None:
        edition = self.library.edition(self.library.entries()[0].id)
        self.shots, self.how = len(edition.spans("shots")), edition.provisional
        if self.stop:
            raise Cut


def test_a_long_film_is_looked_at_first_and_that_stands_until_it_is_watched(
    demo_film: Any, demo_library: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(tmp_path)
    short = AtBegin(library, stop=True)
    with pytest.raises((Cut, NotMeasured)):
        watch(demo_film.path, library, progress=short)
    assert not short.how  # a short film is watched at once

    monkeypatch.setattr(run, "FIRST_LOOK_FROM", 0)
    shutil.rmtree(tmp_path)
    told = AtBegin(library, stop=True)
    with pytest.raises(Cut):
        watch(demo_film.path, library, progress=told)
    edition = library.edition(library.entries()[0].id)
    assert "a first look" in told.how == edition.provisional
    true = {b["frame"] for b in demo_film.truth.boundaries if b["kind"] == "cut"}
    found = {int(at) for at in edition.spans("boundaries").begin}
    assert len(true & found) >= 0.5 * len(true)
    assert told.shots == len(edition.spans("shots")) == len(edition.events("stills"))
    assert {"cutting", "tempo", "light", "looked"} < set(edition.tracks)
    assert not {"loudness", "dynamics", "scenes", "camera"} & set(edition.tracks)
    assert any("first look" in line for line in explain(edition, "shots").evidence)

    told = AtBegin(library, stop=False)  # the next run goes on, without another look, and answers meanwhile
    done = watch(demo_film.path, library, progress=told)
    assert told.shots
    assert "first look" in told.how
    assert not done.edition.provisional
    whole = demo_library.edition(done.edition.id)
    assert set(done.edition.tracks) == set(whole.tracks)
    assert boundaries(done.edition) == boundaries(whole)
    assert not done.edition.track_path("looked").exists()


def test_a_glance_at_a_long_film_begins_with_a_first_look_and_goes_on_from_it(
    demo_film: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = watch(demo_film.path, Library(tmp_path / "once"), glance=True).edition
    decoded: list[list[tuple[int, int]]] = []

    def counted(film: Any, order: Any, spans: Any, **how: Any) -> Any:
        decoded.append(list(spans))
        return read_excerpts(film, order, spans, **how)

    monkeypatch.setattr(run, "FIRST_LOOK_FROM", 0)
    monkeypatch.setattr(module, "read_excerpts", counted)
    library = Library(tmp_path / "first")
    told = AtBegin(library, stop=False)
    edition = watch(demo_film.path, library, glance=True, progress=told).edition
    assert told.how.startswith("a first look")
    assert told.shots
    assert edition.provisional == at_once.provisional
    assert boundaries(edition) == boundaries(at_once)
    for name in ("light", "stills", "looked"):
        one, other = edition.tracks[name], at_once.tracks[name]
        assert len(one) == len(other), name
        assert edition.glanced_from(name) == at_once.glanced_from(name)
    assert edition.events("stills").columns["file"] == at_once.events("stills").columns["file"]
    assert all((edition.kept("stills") / str(f)).is_file() for f in edition.events("stills").columns["file"])
    assert not edition.work.exists()
    # The keyframes were decoded once.
    assert sum(all(end == begin + 1 for begin, end in spans) for spans in decoded) == 1


def test_where_a_glance_spares_nothing_it_reads_all_in_one_go(
    demo_film: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = open_film(demo_film.path)

    def look() -> tuple[Glance, list[int]]:
        runs: list[int] = []

        def counted(film: Any, scratch: Path, pieces: Any, least: float) -> Any:
            held = list(pieces)
            runs.append(sum(len(piece) for piece in held))
            return judged(film, scratch, held, least)

        monkeypatch.setattr(module, "judged", counted)
        glance = Glance(film, tmp_path, lambda piece: None)
        glance.look()
        return glance, runs

    spared, _ = look()
    monkeypatch.setattr(module, "worth_skimming", lambda order, ledger: False)
    monkeypatch.setattr(module, "NEARLY_ALL", 0.0)
    whole, runs = look()
    assert whole.every.all()
    assert whole.looked.all()
    assert runs == [demo_film.truth.frames]
    monkeypatch.undo()
    # After a first window that was dear the next one is read whole.
    monkeypatch.setattr(module, "WINDOW", 2 * demo_film.truth.frames // 3)
    monkeypatch.setattr(module, "DEAR", 0.0)
    dear, _ = look()
    first = int(dear.order.keyframes[next(end for _, end in dear._windows())])
    assert not dear.every[:first].all()
    assert dear.every[first:].all()
    for glance in (whole, dear):
        same_boundaries(
            [(t.kind, t.first, t.last) for t in spared.transitions()],
            [(t.kind, t.first, t.last) for t in glance.transitions()],
        )


def film_of(sizes: list[int], gap: int = 24) -> Coded:
    """One keyframe every `gap` frames, between them anchors alone."""
    count = len(sizes)
    return Coded(np.arange(0, count, gap), np.array(sizes, np.int32), np.ones(count, np.bool_))


def alike(count: int) -> KeyPictures:
    """Keyframes that all show the same picture."""
    rng = np.random.default_rng(1)
    plane = rng.integers(0, 255, (1, 72, 128), np.uint8)
    grey = np.full((count, 36, 64), 128, np.uint8)
    return compare_keys(np.repeat(plane, count, axis=0), grey, grey)


def test_a_packet_that_stands_out_opens_its_group() -> None:
    rng = np.random.default_rng(2)
    sizes = [20000 if n % 24 == 0 else int(rng.integers(900, 1100)) for n in range(240)]
    calm = Ledger.of(film_of(sizes), alike(10), 640 * 360)
    sizes[24 * 6 + 11] = 19000
    odd = Ledger.of(film_of(sizes), alike(10), 640 * 360)
    assert odd.cuts[6] > 0.1 > calm.cuts[6]
    assert int(np.argmax(odd.cuts)) == 6
    assert 6 in odd.wanted(0, 10)
    assert odd.end_of(6) >= 24 * 6 + 11
    assert calm.expected().sum() < odd.expected().sum()


def test_a_keyframe_that_the_coder_had_to_write_is_never_taken_for_a_cut_unseen() -> None:
    rng = np.random.default_rng(6)
    sizes = [20000 if n % 24 == 0 else int(rng.integers(300, 500)) for n in range(240)]
    coded = film_of(sizes)
    ledger = Ledger.of(coded, alike(10), 640 * 360)
    ledger.at_key[:] = 0.99
    assert (ledger.unsure[:9] == 0.2).all()
    assert not ledger.unsure[9]
    # Moved off the even pace, all but the longest group are the coder's choice.
    moved = Ledger.of(Coded(np.append(coded.keyframes[:-1], 230), coded.size, coded.anchor), alike(10), 640 * 360)
    moved.at_key[:] = 0.99
    assert moved.coded.forced.tolist() == [False] * 8 + [True]
    assert moved.unsure[:8].max() < 0.02


def test_a_sure_suspect_does_not_hide_a_lesser_one_behind_it() -> None:
    rng = np.random.default_rng(4)
    sizes = [20000 if n % 120 == 0 else int(rng.integers(900, 1100)) for n in range(600)]
    sizes[120 + 11] = 19000
    alone = Ledger.of(film_of(sizes, gap=120), alike(5), 640 * 360)
    sizes[120 + 80] = 11000
    both = Ledger.of(film_of(sizes, gap=120), alike(5), 640 * 360)
    assert alone.end_of(1) < 120 + 80 < both.end_of(1)


def test_what_opened_groups_held_changes_what_is_expected_of_the_rest() -> None:
    rng = np.random.default_rng(3)
    sizes = [20000 if n % 24 == 0 else int(rng.integers(300, 3000)) for n in range(480)]
    plain, faded = (Ledger.of(film_of(sizes), alike(20), 640 * 360) for _ in range(2))
    before = plain.expected()[10:].sum()
    for group in range(10):
        plain.learn(group, 0, 0, False)
        faded.learn(group, 0, 1, False)
    assert plain.expected()[10:].sum() < before < faded.expected()[10:].sum()
    assert not set(plain.wanted(0, 20)) & set(range(10))
    assert len(faded.wanted(0, 20)) >= len(plain.wanted(0, 20))


def test_transitions_that_nothing_foretold_are_expected_elsewhere_too() -> None:
    rng = np.random.default_rng(5)
    sizes = [20000 if n % 24 == 0 else int(rng.integers(900, 1100)) for n in range(480)]
    calm, surprised = (Ledger.of(film_of(sizes), alike(20), 640 * 360) for _ in range(2))
    assert calm.ramps[:19].max() < 0.25
    for group in range(4):
        calm.learn(group, 0, 0, False)
        surprised.learn(group, 0, int(group == 2), False)
    # One in four groups held one: about as many are expected of the others, less what was believed beforehand.
    more = (surprised.expected() - calm.expected())[4:]
    assert 0.05 < more.min() <= more.max() < 0.3
    assert set(surprised.wanted(0, 19)) > set(calm.wanted(0, 19))


def test_a_film_whose_anchors_do_not_stand_alone_is_not_skimmed(
    demo_film: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gives_nothing(*_: Any) -> None:
        raise ExcerptsFailed("frame 10 could not be decoded")

    film = open_film(demo_film.path)
    skimmed, plain = (Glance(film, tmp_path, lambda piece: None) for _ in range(2))
    skimmed.look()
    monkeypatch.setattr(module, "skim", gives_nothing)
    plain.look()
    assert not plain.skims()
    assert plain.every.sum() > skimmed.every.sum()
    assert [(t.kind, t.first, t.last) for t in plain.transitions()] == [
        (t.kind, t.first, t.last) for t in skimmed.transitions()
    ]


def test_measures_are_numbers_whatever_the_groups() -> None:
    rng = np.random.default_rng(4)
    sizes = rng.integers(0, 5000, 100).astype(np.int32)
    for keys in ([0], [0, 1, 2, 3], [0, 5, 6, 90, 99]):
        coded = Coded(np.array(keys), sizes, rng.random(100) < 0.4)
        seen = alike(len(keys))
        anchors = measure_anchors(coded, seen, np.full(len(keys) - 1, 0.5))
        assert np.isfinite(anchors.cuts).all()
        assert np.isfinite(anchors.ramps).all()
        ledger = Ledger.of(coded, seen, 100)
        assert np.isfinite(ledger.expected()).all()
        assert set(ledger.wanted(0, len(keys))) <= set(range(len(keys)))
