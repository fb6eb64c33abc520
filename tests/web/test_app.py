"""The page as it is asked: who may ask, what is answered, what a person's words come to."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import anyio
import httpx
import numpy as np
import pytest
from markupsafe import Markup
from PIL import Image

from rewatch.library.edition import Edition
from rewatch.library.library import Library
from rewatch.web.app import create_app
from rewatch.web.guard import LONGEST_BODY, is_loopback, own_names
from rewatch.web.pages import static_at

SHORT, LONG = "5a" * 16, "10" * 16
WRITE = {"x-rewatch": "1"}


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=30) as client:
        yield client


def ask(app: Any, path: str, **more: Any) -> httpx.Response:
    """What an application answers, without a server."""

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return await client.get(path, **more)

    return anyio.run(asked)


PAGES = (
    "/",
    "/notes",
    "/viewings",
    "/search?q=road",
    f"/films/{SHORT}",
    f"/films/{SHORT}/minutes/1",
    f"/films/{SHORT}/figures",
    f"/films/{SHORT}/explain/asl",
    f"/films/{SHORT}/unnoticed",
    f"/films/{LONG}",
    f"/films/{LONG}/minutes/180",
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_nothing_that_the_policy_forbids(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    # No script, style or handler in the page itself, nothing from another server.
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=", answer.text)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", answer.text)
    # The title, as strangers may have written it, is text.
    assert "<b>&</b>" not in answer.text


def test_what_a_page_loads_is_there(client: httpx.Client) -> None:
    seen = set()
    todo = set(re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", "".join(client.get(p).text for p in PAGES)))
    while todo:
        path = todo.pop()
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["cache-control"]
        folder = path.rsplit("/", 1)[0]
        todo |= {f"{folder}/{name}" for name in re.findall(r"(?:from |URL\()\"\./([\w.-]+)\"", answer.text)} - seen
    assert any("tile-worker" in path for path in seen)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:7327", "a b", "x@127.0.0.1"]
)
def test_another_name_is_turned_away(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:7327", "127.0.0.1", "[::1]:80"])
def test_our_own_names_are_let_in(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


def test_who_listens_to_the_network_is_asked_by_address_not_by_any_name(library: Library) -> None:
    app = create_app(library, "0.0.0.0")
    assert ask(app, "/", headers={"host": "192.168.1.7:7327"}).status_code == 200
    assert ask(app, "/", headers={"host": "evil.example"}).status_code == 403
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")
    assert "127.0.0.1" in own_names("192.168.1.7")


WRITES = [
    ("POST", f"/films/{SHORT}/notes"),
    ("PATCH", "/notes/ab"),
    ("DELETE", "/notes/ab"),
    ("POST", "/watch"),
    ("POST", f"/films/{SHORT}/proxy"),
    ("POST", f"/films/{SHORT}/viewings"),
    ("POST", "/search/still"),
    ("POST", f"/films/{SHORT}/unnoticed"),
]
FOREIGN = [
    {},
    {**WRITE, "origin": "http://evil.example"},
    {**WRITE, "origin": "null"},
    {**WRITE, "sec-fetch-site": "cross-site"},
    {**WRITE, "origin": "http://127.0.0.1:9999"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_pages_from_elsewhere_cannot_write(
    client: httpx.Client, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = client.request(method, path, headers=headers, json={"text": "x", "begin": 1, "path": "/etc/passwd"})
    assert answer.status_code == 403
    assert not client.get(f"/films/{SHORT}/notes.json").json()["notes"]


@pytest.mark.parametrize("body", ["text=x&begin=1", '{"text": "x", "begin": 1}'])
def test_a_form_is_no_json(client: httpx.Client, body: str) -> None:
    headers = {**WRITE, "content-type": "text/plain"}
    assert client.post(f"/films/{SHORT}/notes", content=body, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        f"{static_at()}/../app.py",
        f"{static_at()}/%2e%2e/app.py",
        f"{static_at()}/..%2f..%2fcli/main.py",
        "/films/../../etc/passwd",
        "/films/%2e%2e%2f%2e%2e/media",
        "/films/..%2f..%2f/lanes/0/0",
        f"/films/{SHORT}/stills/..%2f..%2fedition.json",
        f"/films/{SHORT}/explain/..%2f..%2fx",
        f"/films/{SHORT}%00/media",
        f"{static_at()}//etc/passwd",
    ],
)
def test_no_path_leads_out(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 400)
    assert "root:" not in answer.text
    assert "def " not in answer.text


def test_too_much_is_not_read(client: httpx.Client) -> None:
    path = f"/films/{SHORT}/notes"
    long = {**WRITE, "content-type": "application/json"}
    assert client.post(path, content=b" " * (LONGEST_BODY + 1), headers=long).status_code == 413

    def pieces() -> Iterator[bytes]:  # no Content-Length to go by
        for _ in range(LONGEST_BODY // 100_000 + 2):
            yield b" " * 100_000

    assert client.post(path, content=pieces(), headers=long).status_code == 413


# -- the film by ranges ----------------------------------------------------------------------------------------------


def test_the_film_comes_by_ranges(client: httpx.Client, demo_film: Any) -> None:
    whole = demo_film.path.read_bytes()
    path = f"/films/{SHORT}/media"
    head = client.head(path)
    assert head.headers["accept-ranges"] == "bytes"
    assert int(head.headers["content-length"]) == len(whole)
    assert not head.content
    part = client.get(path, headers={"range": "bytes=1000-1999"})
    assert part.status_code == 206
    assert part.content == whole[1000:2000]
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"
    assert client.get(path, headers={"range": "bytes=-500"}).content == whole[-500:]
    assert client.get(path, headers={"range": f"bytes={len(whole)}-"}).status_code == 416
    several = client.get(path, headers={"range": "bytes=0-9,100-109"})
    assert several.status_code == 206
    assert whole[100:110] in several.content
    tag = head.headers["etag"]
    assert client.get(path, headers={"range": "bytes=0-9", "if-range": tag}).status_code == 206
    changed = client.get(path, headers={"range": "bytes=0-9", "if-range": '"another"'})
    assert changed.status_code == 200
    assert changed.content == whole
    assert head.headers["content-type"].startswith("video/")


def test_a_film_that_is_gone_is_told_and_its_study_stays(client: httpx.Client, library: Library) -> None:
    answer = client.get(f"/films/{LONG}/media")
    assert answer.status_code == 404
    assert "/nowhere/long.mkv" in answer.json()["error"]
    page = client.get(f"/films/{LONG}").text
    assert "/nowhere/long.mkv" in page
    assert client.get(f"/films/{LONG}/lanes/0/0?of=motion").status_code == 200


def test_another_file_in_the_films_place_is_not_played(library: Library, tmp_path: Path, demo_film: Any) -> None:
    from dataclasses import replace

    edition = library.edition(SHORT)
    moved = tmp_path / "film.mp4"
    shutil.copy(demo_film.path, moved)
    edition.save(replace(edition.record, facts=replace(edition.facts, path=str(moved))))
    app = create_app(library)
    try:
        assert ask(app, f"/films/{SHORT}/media").status_code == 200
        moved.write_text("<script>alert(1)</script>")
        assert ask(app, f"/films/{SHORT}/media").status_code == 404
    finally:
        edition.save(replace(edition.record, facts=replace(edition.facts, path=str(demo_film.path))))


# -- data ------------------------------------------------------------------------------------------------------------


def test_tiles_can_be_kept_where_their_address_bears_the_stamp(client: httpx.Client) -> None:
    state = client.get(f"/films/{SHORT}/state").json()
    path = f"/films/{SHORT}/lanes/0/0?of=motion"
    kept = client.get(f"{path}&v={state['stamp']}")
    assert "immutable" in kept.headers["cache-control"]
    loose = client.get(path)
    assert loose.headers["cache-control"] == "no-cache"
    assert client.get(path, headers={"if-none-match": loose.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "lanes/99/0",
        "lanes/0/1",
        "lanes/-1/0",
        "lanes/x/0",
        "barcode/0/7",
        "stills/0",
        "stills/99999",
        "frames/99",
        "at?t=nan",
        "at?t=x",
        "at",
        "explain/nothing",
        "minutes/0",
        "minutes/99",
        "frame/1e9",
    ],
)
def test_what_is_not_there_is_told_in_a_line(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/films/{SHORT}/{path}")
    assert answer.status_code in (400, 404)
    assert "\n" not in answer.json()["error"]


def test_a_film_without_stills_has_cards_in_their_place(tmp_path: Path) -> None:
    from rewatch.imports.film import read_film
    from rewatch.watch.imported import enter_film

    table = tmp_path / "list.csv"
    table.write_text("length\n" + "3.5\n" * 5000, "utf-8")
    library = Library(tmp_path / "library")
    id = enter_film(read_film(table, "csv", title="List"), library).edition.id
    app = create_app(library)
    for path in ("poster", "stills/7?w=320", "near?t=12"):
        answer = ask(app, f"/films/{id}/{path}")
        assert answer.headers["content-type"] == "image/svg+xml"
        ElementTree.fromstring(answer.text)
        assert len(answer.content) < 40_000
    assert ask(app, f"/films/{id}/stills/7").text != ask(app, f"/films/{id}/stills/8").text
    page = ask(app, f"/films/{id}/minutes/2").text
    assert "Still of" not in page


def test_the_minute_of_a_film_of_one_is_set_beside_no_other(client: httpx.Client, tmp_path: Path) -> None:
    from rewatch.imports.film import read_film
    from rewatch.watch.imported import enter_film

    table = tmp_path / "list.csv"
    table.write_text("length\n" + "3.5\n0.5\n" * 9, "utf-8")
    library = Library(tmp_path / "library")
    id = enter_film(read_film(table, "csv", title="List"), library).edition.id
    page = ask(create_app(library), f"/films/{id}/minutes/1").text
    assert "In figures" in page
    assert "median" not in page
    assert "0.5 s" in page
    assert "other minutes" in client.get(f"/films/{SHORT}/minutes/1").text


@pytest.mark.parametrize("part", ["", "/minutes/1", "/figures", "/explain/asl", "/unnoticed"])
def test_what_rests_on_a_first_look_says_so(library: Library, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    app = create_app(library)
    assert "Provisional" not in ask(app, f"/films/{SHORT}{part}", headers={"accept": "text/html"}).text
    monkeypatch.setattr(Edition, "provisional", property(lambda self: "its picture was <b>glanced</b> at"))
    told = ask(app, f"/films/{SHORT}{part}", headers={"accept": "text/html"}).text
    assert "Provisional: its picture was &lt;b&gt;glanced" in told


def test_a_moment_tells_frame_shot_and_figures(client: httpx.Client, library: Library) -> None:
    shots = library.edition(SHORT).spans("shots")
    first = int(shots.begin[2])
    now = client.get(f"/films/{SHORT}/at?t={first / 24 + 0.001}").json()
    assert now["frame"] == first
    assert now["shot"]["number"] == 3
    assert {f["name"] for f in now["figures"]} >= {"motion", "loudness", "tempo"}
    before = client.get(f"/films/{SHORT}/at?t={first / 24 - 0.01}").json()
    assert before["shot"]["number"] == 2


def test_frames_are_told_by_the_minute(client: httpx.Client) -> None:
    page = client.get(f"/films/{SHORT}/frames/1").json()
    assert page["first"] == 1440
    assert page["seconds"][0] == 60.0
    assert len(page["seconds"]) == 25 * 24 + 1


def test_a_single_frame_is_decoded(client: httpx.Client) -> None:
    answer = client.get(f"/films/{SHORT}/frame/100?w=240")
    assert answer.content[:2] == b"\xff\xd8"


# -- notes and viewings ----------------------------------------------------------------------------------------------


def note(client: httpx.Client, **parts: Any) -> dict[str, Any]:
    given = {"begin": 12.5, "end": None, "text": "the lamp", "tags": ["light"], **parts}
    answer = client.post(f"/films/{SHORT}/notes", json=given, headers=WRITE)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["note"]
    return found


def test_a_note_is_written_changed_deleted_and_brought_back(client: httpx.Client) -> None:
    made = note(client)
    listed = lambda: [n["text"] for n in client.get(f"/films/{SHORT}/notes.json").json()["notes"]]  # noqa: E731
    assert listed() == ["the lamp"]
    assert made["when"] == "0:12.5"
    changed = client.patch(f"/notes/{made['id']}", json={"version": 1, "text": "the *lamp*"}, headers=WRITE).json()
    assert "<em>lamp</em>" in changed["note"]["html"]
    assert changed["note"]["tags"] == ["light"]
    gone = client.request("DELETE", f"/notes/{made['id']}", json={"version": 2}, headers=WRITE)
    assert gone.status_code == 200
    assert listed() == []
    client.post(f"/notes/{made['id']}/undo", headers=WRITE)
    assert listed() == ["the *lamp*"]
    assert "the <em>lamp</em>" in client.get("/search?q=lamp").text
    assert "the <em>lamp</em>" in client.get(f"/films/{SHORT}/minutes/1").text
    client.request("DELETE", f"/notes/{made['id']}", json={"version": None}, headers=WRITE)


def test_two_tabs_on_one_note_lose_no_words(client: httpx.Client) -> None:
    made = note(client)
    assert client.patch(f"/notes/{made['id']}", json={"version": 1, "text": "one"}, headers=WRITE).status_code == 200
    second = client.patch(f"/notes/{made['id']}", json={"version": 1, "text": "two"}, headers=WRITE)
    assert second.status_code == 409
    assert second.json()["beside"]["text"] == "two"
    texts = {n["text"] for n in client.get(f"/films/{SHORT}/notes.json").json()["notes"]}
    assert texts >= {"one", "two"}
    unread = client.request("DELETE", f"/notes/{made['id']}", json={"version": 1}, headers=WRITE)
    assert unread.status_code == 409
    assert unread.json()["note"]["text"] == "one"


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](http://evil/x.png)",
    "<svg/onload=alert(1)>",
    "[x](data:text/html,<script>1</script>)",
    "`<b>`",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_note_can_hold_no_script(client: httpx.Client, text: str) -> None:
    made = note(client, text=text)
    allowed = {"p", "em", "strong", "a", "code", "pre", "ul", "ol", "li", "blockquote", "br", "hr"}
    assert {tag.lower() for tag in re.findall(r"</?\s*(\w+)", made["html"])} <= allowed
    assert not re.search(r"href=\"(javascript|data|vbscript):", made["html"], re.IGNORECASE)
    page = client.get("/notes").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    "parts",
    [
        {"begin": "x"},
        {"begin": 1e9},
        {"text": ""},
        {"text": 5},
        {"region": [1, 2]},
        {"region": [0, 0, 2, 2]},
        {"begin": 5, "end": 1},
        {"tags": "x"},
        {"tags": [1, {}]},
    ],
)
def test_what_makes_no_note_is_refused_in_a_line(client: httpx.Client, parts: dict[str, Any]) -> None:
    given = {"begin": 1, "text": "x", **parts}
    answer = client.post(f"/films/{SHORT}/notes", json=given, headers=WRITE)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_half_a_character_harms_no_word_beside_it(client: httpx.Client) -> None:
    body = '{"begin": 3, "text": "a \\ud800 lamp \\ud83d\\ude00", "tags": ["\\udfff x"]}'
    answer = client.post(f"/films/{SHORT}/notes", content=body, headers={**WRITE, "content-type": "application/json"})
    assert answer.status_code == 201
    assert re.fullmatch("a \ufffd+ lamp \U0001f600", answer.json()["note"]["text"])
    body = '{"path": "/a\\ud800b"}'
    answer = client.post("/watch", content=body, headers={**WRITE, "content-type": "application/json"})
    assert answer.status_code == 400


def test_a_full_disk_gives_the_text_back(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from rewatch.errors import NotSaved
    from rewatch.study import notes

    def full(self: Any, edition: Any, begin: float, text: str, **more: Any) -> None:
        raise NotSaved("the disk is full", text)

    monkeypatch.setattr(notes.Notes, "add", full)
    answer = client.post(f"/films/{SHORT}/notes", json={"begin": 1, "text": "dear words"}, headers=WRITE)
    assert answer.status_code == 507
    assert answer.json() == {"error": "the disk is full", "text": "dear words"}


def test_a_viewing_is_logged_and_taken_out_again(client: httpx.Client) -> None:
    given = {"day": "2026-11-01", "company": ["Ann"], "rating": 4.5, "text": "the *cat*"}
    made = client.post(f"/films/{SHORT}/viewings", json=given, headers=WRITE)
    assert made.status_code == 201
    page = client.get("/viewings").text
    assert "2026-11-01" in page
    assert "<em>cat</em>" in page
    id = made.json()["viewing"]["id"]
    assert client.request("DELETE", f"/viewings/{id}", headers=WRITE).status_code == 200
    assert "<em>cat</em>" not in client.get("/viewings").text
    assert client.post("/viewings/undo", headers=WRITE).status_code == 200
    assert "<em>cat</em>" in client.get("/viewings").text
    assert client.post(f"/films/{SHORT}/viewings", json={"day": "soon"}, headers=WRITE).status_code == 400


def test_looking_at_the_unnoticed_uses_nothing_up_asking_for_others_does(client: httpx.Client) -> None:
    path = f"/films/{SHORT}/unnoticed"
    first = client.get(path).text
    assert client.get(path).text == first
    given = client.post(path, headers=WRITE).json()["details"]
    # What the page showed before anybody asked has been seen as well.
    assert not [d for d in given if str(Markup.escape(d["sentence"])) in first]
    again = client.post(path, headers=WRITE).json()["details"]
    assert given
    assert not {d["key"] for d in given} & {d["key"] for d in again}


# -- adding a film, searching ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "relative.mkv", "/nowhere/film.mkv", "/tmp", 5, "/a\0b"])
def test_a_film_that_is_none_is_told_at_once(client: httpx.Client, path: Any) -> None:
    answer = client.post("/watch", json={"path": path}, headers=WRITE)
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]


def test_a_watch_is_followed_to_its_end(client: httpx.Client, tmp_path: Path) -> None:
    bad = tmp_path / "film.mp4"
    bad.write_bytes(b"no film at all")
    job = client.post("/watch", json={"path": str(bad)}, headers=WRITE).json()
    with client.stream("GET", f"/jobs/{job['id']}/events") as stream:
        events = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    assert events[-1]["state"] == "failed"
    assert "film.mp4" in events[-1]["error"]


def test_a_dropped_file_that_is_no_picture_is_told(client: httpx.Client) -> None:
    told = client.post("/search/still", content=b"\x00hostile", headers=WRITE).json()
    assert told["matches"] == []
    assert told["why"]
    assert "/tmp" not in told["why"]


def test_a_line_is_found(client: httpx.Client, library: Library) -> None:
    text = library.edition(SHORT).spans("lines").label[3]
    page = client.get("/search", params={"q": text}).text
    assert "Said in" in page
    assert f"/films/{SHORT}#t=" in page


def test_a_look_is_found_and_a_word_that_is_none_finds_nothing(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "loud"}).text
    assert "Looks like it" in page
    assert f"/films/{LONG}#t=" in page
    assert "&amp;exact=1" in page  # the moment itself, not what its shot looks like elsewhere
    assert "% sure" not in page  # how much of it, not how sure
    assert "Looks like it" not in client.get("/search", params={"q": "xyzzy"}).text


def test_the_frame_itself_where_the_file_is_at_hand(client: httpx.Client, demo_film: Any) -> None:
    """In the fade-in the frame is dark, the still of its shot is not."""
    light = []
    for exact in ("", "&exact=1"):
        with Image.open(BytesIO(client.get(f"/films/{SHORT}/near?t=0.3{exact}").content)) as image:
            light.append(np.asarray(image.convert("L")).mean())
    assert light[1] < 0.7 * light[0]
