"""The site, built as the README says: no warning, no broken link, nothing from outside."""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

pytest.importorskip("sphinx")

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
# Pages that Sphinx and its theme make, whose links are not ours.
MADE = ("genindex.html", "search.html", "py-modindex.html", "sg_execution_times.html")


class Page(HTMLParser):
    """What a page loads, where its links lead, and the places in it that a link may name."""

    def __init__(self, path: Path):
        super().__init__()
        self.path, self.loaded, self.links, self.places = path, [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.places |= {values[name] for name in ("id", "name") if values.get(name)}
        if tag == "link" and values.get("rel") in ("canonical", "author", "index", "search"):
            return
        if address := values.get(LOADED.get(tag, "")):
            self.loaded.append(address)
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the built site. Building writes docs/gallery and docs/reference anew."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-E", "-b", "html", "docs", str(folder)]
    environment = os.environ | {"MPLBACKEND": "agg"}
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path) for path in sorted(site.rglob("*.html")) if path.name not in MADE}


def test_the_site_has_every_chapter_and_example(site):
    chapters = [path.stem for path in sorted((ROOT / "docs" / "learn").glob("[0-9]*.md"))]
    assert [path.stem for path in sorted((site / "learn").glob("[0-9]*.html"))] == chapters
    for example in (ROOT / "examples").glob("plot_*.py"):
        assert (site / "gallery" / f"{example.stem}.html").is_file()


def test_nothing_is_loaded_from_outside(pages):
    addresses = {address for page in pages.values() for address in page.loaded}
    assert addresses
    assert [address for address in addresses if re.match(r"(https?:)?//", address)] == []


def test_every_link_within_the_site_leads_somewhere(pages):
    broken = []
    for page in pages.values():
        for link in page.links:
            address, place = urldefrag(link)
            if re.match(r"[a-z]+:", address):
                continue
            target = (page.path.parent / unquote(address)).resolve() if address else page.path
            if not target.is_file():
                broken.append(f"{page.path.name}: {link}")
            elif place and target in pages and unquote(place) not in pages[target].places:
                broken.append(f"{page.path.name}: {link}")
    assert broken == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_the_screen_and_ask_nothing_of_the_outside(site, width, scheme):
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    chapters = [f"learn/{path.name}" for path in sorted((site / "learn").glob("*.html"))]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = {"width": width, "height": 900}
        page = browser.new_page(viewport=view, color_scheme=scheme)
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        for name in ["index.html", "quality.html", "gallery/index.html", "reference/poisson.html"]:
            page.goto(f"file://{site}/{name}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        for name in chapters:
            page.goto(f"file://{site}/{name}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        browser.close()
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
