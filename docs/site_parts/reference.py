"""The pages of the reference: one for each room, with all its modules.

They are made anew by each build, so that no module can be missing.
"""

import inspect
from pathlib import Path

import nn

ROOT = Path(__file__).parents[2]
ROOMS = {
    "nn": "autograd, layers, optimisers",
    "mtcnn_np": "the face detector",
    "faces": "alignment, choice, manifest",
    "intracoder": "the paired autoencoders",
    "colorcorrect": "colour",
    "poisson": "blending",
    "video": "decoding and encoding",
    "stages": "the steps of a run",
    "provenance": "marks and records",
    "actors": "rendered people",
    "report": "the page of a run",
    "batch": "data sets of many swaps",
    "files": "files, whatever happens",
}
# Not here: commands; fast forms, whose functions are those of the plain ones; and the inside of the
# renderer of actors.
LEFT_OUT = {"__main__", "fast", "paint", "shape"}


def find_modules(room: str) -> list[str]:
    """The names of a room's public modules, the room itself first."""
    names = [room]
    for path in sorted((ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if not LEFT_OUT & set(parts) and not any(part.startswith("_") for part in parts[:-1]):
            name = ".".join(parts).removesuffix(".__init__")
            names += [] if name == room else [name]
    return names


def write_pages(app) -> None:
    """Write docs/reference/ROOM.rst for each room, where it has changed."""
    folder = Path(app.srcdir) / "reference"
    for room, title in ROOMS.items():
        heading = f"{room}: {title}"
        text = [heading, "=" * len(heading), ""]
        for name in find_modules(room):
            text += [] if name == room else [name, "-" * len(name), ""]
            text += [f".. automodule:: {name}", "   :members:", "   :undoc-members:", ""]
        page, text = folder / f"{room}.rst", "\n".join(text)
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


def skip(app, what: str, name: str, thing, skipped: bool, options) -> bool | None:
    """Leave out ops as classes: the function of the same name says what they do."""
    if inspect.isclass(thing) and issubclass(thing, nn.Function) and thing is not nn.Function:
        return True
    return None


def setup(app) -> dict:
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-skip-member", skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
