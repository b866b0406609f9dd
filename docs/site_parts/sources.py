"""The source files that the pages link to, as pages of the site with numbered lines.

On a code host the link `[text](../../nn/conv.py#L65)` opens the file at this line. Here it opens
the page `source/nn/conv.py.html`, at the same line.
"""

import re
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

ROOT = Path(__file__).parents[2]
LINK = re.compile(
    r"\[(?P<text>`[^`\n]+`|[^\]\n]+)\]"  # code may hold brackets, other text may not
    r"\((?P<path>[\w./-]+\.py)(?:#L(?P<line>\d+))?\)"
)


def link_sources(app, docname: str, source: list[str]) -> None:
    """Make links to source files links to their pages, and remember the files."""
    folder = (Path(app.srcdir) / docname).parent
    up = "../" * docname.count("/")

    def replace(match: re.Match) -> str:
        path = (folder / match["path"]).resolve().relative_to(ROOT).as_posix()
        app.env.linked_sources.add(path)
        line = f"#L-{match['line']}" if match["line"] else ""
        text = re.sub(r"`([^`]+)`", lambda code: f"<code>{escape(code[1])}</code>", match["text"])
        return f'<a class="source" href="{up}source/{path}.html{line}">{text}</a>'

    source[0] = LINK.sub(replace, source[0])


def escape(text: str) -> str:
    """Code as HTML that Markdown leaves alone: what could mean emphasis is written as a number."""
    return "".join(c if c.isalnum() or c in " .,()" else f"&#{ord(c)};" for c in text)


def make_pages(app):
    """A page for each linked file, as (name, context, template)."""
    formatter = HtmlFormatter(linenos="inline", lineanchors="L", anchorlinenos=True)
    for path in sorted(app.env.linked_sources):
        body = highlight((ROOT / path).read_text(encoding="utf-8"), PythonLexer(), formatter)
        yield f"source/{path}", {"title": path, "body": f"<h1>{path}</h1>{body}"}, "page.html"


def start(app) -> None:
    if not hasattr(app.env, "linked_sources"):
        app.env.linked_sources = set()


def setup(app) -> dict:
    app.connect("builder-inited", start)
    app.connect("source-read", link_sources)
    app.connect("html-collect-pages", make_pages)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
