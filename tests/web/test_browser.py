"""The page in Chromium: play, seek, step by frames, zoom, notes with undo, a dropped still; no error on its console.

Debian's `chromium` and `chromium-driver` are driven (CHROMIUM and CHROMEDRIVER name others); without them these tests
are skipped, and say so.
"""

from __future__ import annotations

import base64
import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

SHORT, LONG = "5a" * 16, "10" * 16
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = os.environ.get("CHROMEDRIVER") or shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no browser to drive: apt-get install chromium chromium-driver"
)


@pytest.fixture(scope="module")
def browser(server: str) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
                     "--autoplay-policy=no-user-gesture-required", "--window-size=1400,1000"):  # fmt: skip
        options.add_argument(argument)
    options.binary_location = CHROMIUM or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(30)
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Callable[..., Any]]:
    """Opens a page and waits until it is drawn; at the end the console must be empty."""

    def go(path: str, ready: str = "!!window.rewatch?.score?.first") -> Any:
        browser.get("about:blank")
        browser.get(server + path)
        until(browser, ready)
        return browser

    yield go
    faults = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert not faults, faults


def until(browser: Any, condition: str, seconds: float = 40) -> Any:
    """Wait for a line of JavaScript to be true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = browser.execute_script(f"return {condition}")
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"never: {condition}")


def keys(browser: Any, *pressed: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    chain = ActionChains(browser)
    for key in pressed:
        chain.send_keys(key)
    chain.perform()


def test_the_film_plays_is_sought_and_stepped_by_frames(page: Callable[..., Any]) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = page(
        f"/films/{SHORT}#t=10.01", "window.rewatch?.score?.first && window.rewatch.player.video.readyState > 1"
    )
    number = "document.getElementById('now-frame').textContent"
    until(browser, f"{number} === 'frame 240'")
    # Right seven times, left three: each frame is shown, and it is the one that is told.
    for _ in range(7):
        keys(browser, Keys.ARROW_RIGHT)
    until(browser, f"{number} === 'frame 247'")
    for _ in range(3):
        keys(browser, Keys.ARROW_LEFT)
    until(browser, f"{number} === 'frame 244'")
    # The browser says which frame it shows a moment after the seek has ended.
    until(browser, f"!window.rewatch.player.video.seeking && Math.abs(window.rewatch.player.shown - {244 / 24}) < 1e-3")
    assert abs(browser.execute_script("return window.rewatch.player.video.currentTime") - 244.5 / 24) < 1e-3
    # Down goes to the next shot's first frame.
    until(browser, "window.rewatch.player.shots?.length > 0")
    wanted = browser.execute_script("return window.rewatch.player.shots.find((s) => s.at > 10.3).frame")
    keys(browser, Keys.ARROW_DOWN)
    until(browser, f"{number} === 'frame {wanted}'")
    before = browser.execute_script("return window.rewatch.player.time")
    keys(browser, " ")
    until(browser, f"window.rewatch.player.time > {before + 0.3}")
    keys(browser, "k")
    until(browser, "window.rewatch.player.video.paused")
    assert "t=" in until(browser, "location.hash.includes('t=') && location.hash")
    # A click on the score seeks there.
    box = browser.find_element("id", "canvases")
    browser.execute_script("document.getElementById('sheet').scrollIntoView({block: 'center'})")
    box.click()
    half = browser.execute_script("return window.rewatch.film.duration / 2")
    until(browser, f"Math.abs(window.rewatch.player.time - {half}) < 0.2")


def test_the_score_zooms_to_single_frames_and_the_view_is_a_link(page: Callable[..., Any], server: str) -> None:
    browser = page(f"/films/{LONG}#t=5000")
    assert (
        browser.execute_script("return document.getElementById('cannot').textContent").count("/nowhere/long.mkv") == 1
    )
    # Stills stand in for it, on a clock that stops where it was stopped, whatever its speed.
    keys(browser, "l")
    until(browser, "window.rewatch.player.time > 5000.5")
    keys(browser, "l")
    begin = browser.execute_script("return window.rewatch.player.time")
    assert begin < 5030
    until(browser, f"window.rewatch.player.time > {begin + 1}")
    keys(browser, "k")
    assert browser.execute_script("return window.rewatch.player.time") > begin + 1
    for _ in range(40):
        keys(browser, "+")
    length = browser.execute_script("return window.rewatch.score.end - window.rewatch.score.begin")
    assert length == pytest.approx(6 / 24)
    # The sharpest tiles come, and every pixel of the motion's lane is drawn from them.
    deepest = browser.execute_script("return window.rewatch.film.levels - 1")
    held = "[...window.rewatch.score.tiles.held.keys()].map((k) => parseInt(k))"
    until(browser, f"{held}.some((level) => level >= {deepest - 1})")
    link = until(browser, "location.hash.includes('z=') && location.href")
    begin = browser.execute_script("return window.rewatch.score.begin")
    again = page(link.removeprefix(server))
    assert again.execute_script("return window.rewatch.score.begin") == pytest.approx(begin, abs=0.02)
    keys(again, "0")
    until(again, "window.rewatch.score.end - window.rewatch.score.begin === window.rewatch.film.duration")


def test_a_note_is_written_deleted_and_brought_back(page: Callable[..., Any]) -> None:
    browser = page(f"/films/{SHORT}#t=20")
    keys(browser, "i")
    browser.execute_script("window.rewatch.player.seek(25)")
    keys(browser, "o", "n")
    until(browser, "document.activeElement.id === 'note-text'")
    keys(browser, "A **red** hat <script>document.title='hacked'</script>")
    browser.find_element("css selector", "#note-form .strong").click()
    item = "document.querySelector('#notes-list .note-text strong')"
    until(browser, item)
    text = browser.find_element("css selector", "#notes-list .note").text
    assert "0:20.0 – 0:25.0" in text
    assert "<script>" in text
    assert "hacked" not in browser.title
    assert browser.execute_script("return window.rewatch.score.notes.length") == 1
    browser.find_element("xpath", "//ol[@id='notes-list']//button[text()='delete']").click()
    until(browser, f"!{item}")
    until(browser, "document.querySelector('.toast button')").click()
    until(browser, item)


def test_words_stay_on_the_page_when_they_cannot_be_saved(
    page: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rewatch.errors import NotSaved
    from rewatch.study.notes import Notes

    def full(self: Any, edition: Any, begin: float, text: str, **more: Any) -> None:
        raise NotSaved("the disk is full", text)

    monkeypatch.setattr(Notes, "add", full)
    browser = page(f"/films/{SHORT}#t=30")
    keys(browser, "n")
    until(browser, "document.activeElement.id === 'note-text'")
    keys(browser, "dear words")
    browser.find_element("css selector", "#note-form .strong").click()
    until(browser, "document.getElementById('note-error').textContent.startsWith('the disk is full')")
    assert browser.find_element("id", "note-text").get_attribute("value") == "dear words"
    # Even a closed tab keeps them.
    again = page(f"/films/{SHORT}", "document.getElementById('note-text')?.value === 'dear words'")
    again.find_element("id", "note-cancel").click()
    browser.get_log("browser")  # the refused request stands there: it is what was asked for


def test_what_is_being_edited_outlives_all_else(page: Callable[..., Any], library: Any) -> None:
    """Two notes are edited at once, one of them is deleted elsewhere, the tab is closed: no word is lost."""
    from rewatch.study.notes import Notes

    notes, edition = Notes(library), library.edition(SHORT)
    one, two = (notes.add(edition, at, f"note at {at}") for at in (40.0, 41.0))
    browser = page(f"/films/{SHORT}", f"document.querySelector('[data-id=\"{two.id}\"]')")

    def edit(note: Any, words: str) -> None:
        item = browser.find_element("css selector", f"[data-id='{note.id}']")
        item.find_element("xpath", ".//button[text()='edit']").click()
        item = browser.find_element("css selector", f"[data-id='{note.id}']")
        item.find_element("tag name", "textarea").send_keys(words)

    area = "document.querySelector('#notes-list textarea')"
    edit(one, " and dear words")
    edit(two, " and more")
    # The one is saved: the other's form stays open with what was typed, under the same cursor.
    browser.find_element("css selector", f"[data-id='{two.id}'] button.strong").click()
    until(browser, f"document.querySelectorAll('#notes-list textarea').length === 1 && {area}")
    assert browser.execute_script(f"return {area}.value") == "note at 40.0 and dear words"
    assert notes.get(two.id).text == "note at 41.0 and more"
    # Closed and opened again it is still there; deleted elsewhere, too; saved, the note comes back.
    notes.delete(one.id)
    browser = page(f"/films/{SHORT}", area)
    assert browser.execute_script(f"return {area}.value") == "note at 40.0 and dear words"
    assert "deleted meanwhile" in browser.find_element("id", "notes-list").text
    browser.find_element("css selector", "#notes-list form button.strong").click()
    until(browser, f"!{area}")
    assert (notes.get(one.id).text, notes.get(one.id).deleted) == ("note at 40.0 and dear words", False)
    # Another tab's words stand beside ours.
    browser = page(f"/films/{SHORT}", f"document.querySelector('[data-id=\"{two.id}\"]')")
    edit(two, " of mine")
    notes.change(two.id, text="of another")
    browser.find_element("css selector", "#notes-list form button.strong").click()
    until(browser, f"!{area}")
    assert {n.text for n in notes.find(SHORT)} >= {"of another", "note at 41.0 and more of mine"}
    for note in notes.find(SHORT):
        notes.delete(note.id)
    browser.get_log("browser")  # the conflict stands there: it is what was asked for


def test_two_films_are_played_in_step(page: Callable[..., Any], library: Any) -> None:
    """B is the same file, known to begin five seconds later and to lack two seconds of A."""
    from dataclasses import replace

    from rewatch.library.edition import EditionRecord
    from rewatch.web.comparing import Kept

    a, other = library.edition(SHORT), "b0" * 16
    facts = replace(a.facts, identity=other)
    b = library.place(other)
    b.save(EditionRecord(other, "The Lamp, cut", 2026, facts, played={"pictures": facts.duration}))
    library.enter(b, watched=False)

    def segment(kind: str, on_a: Any, on_b: Any) -> dict[str, Any]:
        def side(ends: Any) -> Any:
            return None if ends is None else {"start": ends[0], "end": ends[1]}

        return {"kind": kind, "a": side(on_a), "b": side(on_b), "changes": [], "speed": 1}

    segments = [
        segment("same", (0.5, 30.0), (5.5, 35.0)), segment("removed", (30.0, 32.0), None),
        segment("same", (32.0, 60.0), (35.0, 63.0)),
    ]  # fmt: skip
    answer = {"segments": segments, "summary": "B lacks 2 s", "notes": [], "related": True}
    Kept.compare(library, SHORT, other).write(answer)
    both = "[...document.querySelectorAll('.pair video')]"
    browser = page(
        f"/films/{SHORT}/compare/{other}", f"window.rewatch?.players && {both}.every((v) => v.readyState > 1)"
    )
    # It begins where both are there, though the first frames were laid beside nothing.
    assert browser.execute_script("return [...document.querySelectorAll('.absent')].every((p) => p.hidden)")
    keys(browser, " ")
    until(browser, f"{both}[0].currentTime > 2")
    until(browser, f"{both}.every((v) => !v.paused)")
    until(browser, f"Math.abs({both}[1].currentTime - {both}[0].currentTime - 5) < 0.1")
    keys(browser, "k")
    until(browser, f"{both}.every((v) => v.paused && !v.seeking)")
    until(browser, f"Math.abs({both}[1].currentTime - {both}[0].currentTime - 5) < 0.02")
    # The place that the list names: there is nothing of it in B.
    browser.find_element("css selector", "[data-go='1']").click()
    until(browser, f"Math.abs({both}[0].currentTime - 30) < 0.1 && !document.querySelectorAll('.absent')[1].hidden")
    keys(browser, "s")
    assert browser.find_element("id", "lead").text == "B leads"


def test_a_dropped_still_leads_to_its_second(
    page: Callable[..., Any], library: Any, demo_library: Any, tmp_path: Any
) -> None:
    """A frame of the watched demo film, dropped on the page as a person would drop it."""
    from rewatch.film.still import read_frame

    (entry,) = demo_library.entries()
    shutil.copytree(demo_library.place(entry.id).folder, library.place(entry.id).folder)
    film = library.edition(entry.id)
    library.enter(film, watched=True)
    assert film.times is not None
    picture = tmp_path / "frame.png"
    Image.fromarray(read_frame(film.facts, 400, film.times, 640)).save(picture)
    browser = page("/", "document.readyState === 'complete'")
    drop = """
        const [name, bytes, done] = arguments, carried = new DataTransfer();
        const plain = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
        carried.items.add(new File([plain], name, { type: "image/png" }));
        for (const kind of ["dragenter", "dragover", "drop"])
          document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
        done();
    """
    browser.execute_async_script(drop, picture.name, base64.b64encode(picture.read_bytes()).decode())
    until(browser, "document.querySelector('#found .lead, #found .matches')")
    link = browser.find_element("css selector", "#found .matches a").get_attribute("href")
    assert entry.id in link
    assert abs(float(link.rpartition("t=")[2]) - 400 / 24) < 2.5


def test_the_other_pages_are_whole(page: Callable[..., Any], tmp_path: Any) -> None:
    browser = page(f"/films/{LONG}/minutes/90")
    assert "Minute 90" in browser.find_element("tag name", "h1").text
    shots = browser.find_elements("css selector", ".happens .shot img")
    assert shots
    # On paper the whole minute stands on a page, on white; then all is as it was.
    width = browser.execute_script("return document.getElementById('canvases').clientWidth")
    corner = (
        "const c = document.getElementById('lanes'); return [c.clientWidth, "
        "...c.getContext('2d').getImageData(c.width - 2, c.height - 2, 1, 1).data]"
    )
    assert browser.execute_script("dispatchEvent(new Event('beforeprint'));" + corner) == [640, 255, 255, 255, 255]
    assert browser.execute_script("dispatchEvent(new Event('afterprint'));" + corner)[0] == width > 700
    browser.find_element("css selector", "a[rel=next]").click()
    until(browser, "document.querySelector('h1').textContent.includes('91')")
    # A figure opens its explanation; the dialogue is closed again.
    browser = page(f"/films/{SHORT}")
    browser.find_element("xpath", "//div[@id='gutter']//a[text()='Loudness']").click()
    until(browser, "document.getElementById('explained').open")
    assert "BS.1770" in browser.find_element("id", "explained").text
    keys(browser, "\ue00c")
    until(browser, "!document.getElementById('explained').open")
    # A still that is dropped is searched for; that nothing is like it is said.
    picture = tmp_path / "still.png"
    Image.effect_noise((320, 180), 60).save(picture)
    browser = page("/", "document.readyState === 'complete'")
    browser.find_element("id", "bring").send_keys(str(picture))
    until(browser, "document.querySelector('#found .lead')?.textContent.length > 5")
    # On a phone nothing is wider than the page.
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        for path in ("/", f"/films/{SHORT}", f"/films/{SHORT}/minutes/1", "/viewings"):
            browser = page(path, "document.readyState === 'complete'")
            assert browser.execute_script("return document.documentElement.scrollWidth") <= 390, path
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
