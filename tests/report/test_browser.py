"""The page in a browser: slider, timeline, previews, keyboard, widths; and it asks for nothing.

Skipped where Playwright or Chromium is missing. axe-core is looked for in AXE_PATH (the file
axe.min.js) and in node_modules/axe-core.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from report import read_folder, write_page
from report.comparison import write_comparison

from .conftest import BLANK, FADED, FRAMES, as_demo, undo

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is missing")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing")
ROOT = Path(__file__).parents[2]
SERIOUS = ("serious", "critical")  # of axe-core's impacts
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """visit(file, ...) opens a page; in the end nothing may have been asked for or complained of"""
    problems, contexts = [], []

    def open_page(file, viewport=DESKTOP, **more):
        context = browser.new_context(viewport=viewport, **more)
        contexts.append(context)
        page, folder = context.new_page(), file.parent.parent.as_uri()
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda r: is_own(r.url, folder) or problems.append(r.url))
        page.goto(file.as_uri())
        return page

    def is_own(address, folder):
        return address.startswith(("data:", folder))

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def _wait(page, condition):
    """Wait until a condition holds. (Playwright's own way is forbidden by the page's policy.)"""
    deadline = time.monotonic() + 20
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)


def _wait_for_clips(page):
    _wait(
        page, "[...document.querySelectorAll('video')].every(v => v.readyState >= 2 && !v.seeking)"
    )


def test_the_timeline_shows_each_frame_and_its_reason(made, visit):
    page = visit(made / "run" / "index.html")
    _wait_for_clips(page)
    box = page.locator("#timeline").bounding_box()
    page.mouse.click(box["x"] + box["width"] * (BLANK + 0.5) / FRAMES, box["y"] + 12)
    words = page.locator("#frame-words")
    assert f"Frame {BLANK}," in words.inner_text() and "no face found" in words.inner_text()
    for _ in range(FADED[0] - BLANK):
        page.keyboard.press("ArrowRight")
    assert "the face fades" in page.locator("#frame").get_attribute("aria-valuetext")
    _wait_for_clips(page)
    times = page.eval_on_selector_all("video", "all => all.map(v => v.currentTime)")
    assert times == pytest.approx([(FADED[0] + 0.5) / 25] * 2, abs=0.005)
    page.keyboard.press("Home")
    assert words.inner_text().startswith("Frame 0,")
    page.locator(".spans button.jump").first.click()
    assert f"Frame {BLANK}," in words.inner_text()
    assert page.evaluate("document.activeElement.id") == "frame"


def test_the_slider_cuts_the_swap_on_stills_and_on_the_paused_video(made, run_copy, visit):
    for name in ("target.mp4", "out.mp4"):
        (run_copy.parent / name).write_bytes(b"no clip")
    for file, plays in ((made / "run" / "index.html", True), (run_copy / "index.html", False)):
        page = visit(file)
        shown = "video" if plays else "img"
        page.wait_for_selector(f".pane[data-clip=swap] {shown}:visible")
        page.get_by_text("Slider", exact=True).click()
        wipe = page.locator("#wipe")
        wipe.focus()
        page.keyboard.press("Home")
        for _ in range(30):
            page.keyboard.press("ArrowRight")
        clip = "getComputedStyle(document.querySelector('[data-clip=swap] .picture')).clipPath"
        assert re.search(r"30%", page.evaluate(clip))
        box = page.locator("#viewer").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 50)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 50)
        page.mouse.up()
        assert "75 percent" in wipe.get_attribute("aria-valuetext")
        panes = page.locator(".pane:visible")
        boxes = [panes.nth(i).bounding_box() for i in range(panes.count())]
        assert len(boxes) == 2 and boxes[0]["x"] == boxes[1]["x"]
        assert page.locator("#play").is_enabled() == plays


def test_it_plays_both_clips_together(made, visit):
    page = visit(made / "run" / "index.html")
    _wait_for_clips(page)
    before = page.locator("#frame").input_value()
    page.get_by_role("button", name="Play").click()
    _wait(page, f"document.getElementById('frame').value > {before}")
    page.locator("#play").click()
    _wait_for_clips(page)
    times = page.eval_on_selector_all("video", "all => all.map(v => v.currentTime)")
    assert times[0] == pytest.approx(times[1], abs=0.005)
    assert page.eval_on_selector_all("video", "all => all.every(v => v.paused)")


def test_curves_previews_and_strips(made, visit):
    page = visit(made / "run" / "index.html")
    assert page.locator(".plot svg path").count() > 10
    assert page.locator(".plot text", has_text="seconds of training").is_visible()
    preview = page.locator("#preview")
    count = page.locator("#preview-pictures img").count()
    preview.focus()
    page.keyboard.press("Home")
    assert page.locator("#preview-words").inner_text() == f"1 of {count}"
    assert page.locator("#preview-pictures img:visible").count() == 1
    strip = page.locator(".strip").first
    strip.locator("input").focus()
    page.keyboard.press("End")
    assert strip.locator("output").inner_text() == "+2.5 standard deviations"
    place = "cell => getComputedStyle(cell).backgroundPosition"
    assert strip.locator(".cell").nth(0).evaluate(place) == "100% 0px"
    assert strip.locator(".cell").nth(1).evaluate(place) == "100% 100%"


def test_the_keyboard_reaches_everything_and_shows_where_it_is(made, visit):
    page = visit(made / "run" / "index.html")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert seen[0] == "skip" and {"play", "frame", "preview"} <= set(seen)
    page.locator("#play").focus()
    page.keyboard.press("Tab")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"


def test_a_comparison_shows_the_same_frame_of_each_run(made, run_copy, visit):
    runs = [read_folder(made / "run"), read_folder(run_copy)]
    page = visit(write_comparison(runs, run_copy / "comparison.html"), PHONE)
    first = page.eval_on_selector_all("img[data-run]", "all => all.map(i => i.src)")
    assert len(first) == 3 and first[1] == first[2] and all(first)
    page.locator("#same-frame").focus()
    page.keyboard.press("ArrowRight")
    now = page.eval_on_selector_all("img[data-run]", "all => all.map(i => i.src)")
    assert not set(first) & set(now)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_sticks_out_at_either_width_in_any_state(made, run_copy, visit, viewport):
    files = [made / "run" / "index.html", write_page(read_folder(as_demo(run_copy)))]
    for file in files:
        page = visit(file, viewport)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    undo(run_copy, "write", "train")
    page = visit(write_page(read_folder(run_copy)), viewport)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.locator("progress").is_visible()


def test_a_screenshot_shows_the_page(made, tmp_path):
    picture = tmp_path / "page.png"
    words = [str(made / "run"), str(picture), "--width", "800", "--height", "600", "--dark"]
    command = [sys.executable, "-m", "report.screenshot", *words]  # a browser of its own
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == f"{picture}\n" and ended.stderr == ""
    with Image.open(picture) as image:
        assert image.size == (800, 600) and len(image.getcolors(1 << 24)) > 1000


def _find_axe():
    given = os.environ.get("AXE_PATH")
    places = [Path(given)] if given else []
    places.append(ROOT / "node_modules" / "axe-core" / "axe.min.js")
    return next((place for place in places if place.is_file()), None)


@pytest.mark.skipif(_find_axe() is None, reason="axe-core is missing: set AXE_PATH")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["finished", "demo", "training"])
def test_axe_finds_nothing_serious(run_copy, visit, state, scheme):
    if state == "demo":
        as_demo(run_copy)
    if state == "training":
        undo(run_copy, "write", "train")
    page = visit(write_page(read_folder(run_copy)), PHONE, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.evaluate(_find_axe().read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []
