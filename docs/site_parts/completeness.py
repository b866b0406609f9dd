"""What a public docstring has to say. Where one says less, the build of the site fails.

- Every public class, function and method has a docstring. A method that replaces one of the same
  name may leave it to that one.
- A function that takes or gives arrays says their shapes.
- A function that raises an error names it; for a method the docstring of its class may.
- A module that implements a published method names the source.
"""

import ast
import inspect
import re
import textwrap

# "(N, H, W, C)", "(3,)", or words that say that any shape will do
SHAPE = re.compile(r"\([A-Za-z0-9.][\w /*+.-]*,[^)]*\)|shape|elementwise|scalar")
ARRAYS = re.compile(r"ndarray|Tensor")
SOURCE = re.compile(r"\b(19|20)\d\d\b|arXiv")
# Modules that implement something published.
PUBLISHED = {
    "nn": "activations conv init losses norm optim",
    "mtcnn_np": "cascade nets",
    "faces": "align smooth",
    "intracoder": "augment start train",
    "colorcorrect": "light monge_kantorovich reinhard unet",
    "poisson": "domain guidance rim",
    "provenance": "pattern significance viterbi",
}


def find_faults(what: str, name: str, thing, text: str) -> list[str]:
    """What is missing in the docstring `text` of a module, class, function or method."""
    if what == "module":
        return _find_module_faults(name, thing)
    if what not in ("class", "exception", "function", "method", "property"):
        return []
    if not text.strip():
        return ["has no docstring"]
    function = inspect.unwrap(getattr(thing, "__func__", thing))
    if what not in ("function", "method") or not inspect.isfunction(function):
        return []
    known = text
    if what == "method":
        known += _owner_docstring(function) or ""
    faults = [
        f"raises {error}, and its docstring does not say so"
        for error in sorted(find_raised(function))
        if error not in known
    ]
    if _has_arrays(function) and not SHAPE.search(known):
        faults.append("takes or gives arrays, and its docstring has no shape")
    return faults


def find_raised(function) -> set[str]:
    """The names of the errors that a function raises itself, and does not catch."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    raised, caught = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            caught |= {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
        if isinstance(node, ast.Raise) and node.exc is not None:
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = error.attr if isinstance(error, ast.Attribute) else getattr(error, "id", "")
            if name[:1].isupper():  # a variable is an error that was caught before
                raised.add(name)
    return raised - caught - {"NotImplementedError"}


def _find_module_faults(name: str, module) -> list[str]:
    faults = [] if (module.__doc__ or "").strip() else ["has no docstring"]
    room, _, rest = name.partition(".")
    if rest in PUBLISHED.get(room, "").split() and not SOURCE.search(inspect.getsource(module)):
        faults.append("implements something published, and does not name the source")
    return faults


def _has_arrays(function) -> bool:
    annotations = inspect.get_annotations(function).values()
    return any(ARRAYS.search(str(annotation)) for annotation in annotations)


def _owner_docstring(method) -> str | None:
    """The docstring of the class in which a method is defined."""
    owner = inspect.getmodule(method)
    for name in method.__qualname__.split(".")[:-1]:
        owner = getattr(owner, name, None)
    return getattr(owner, "__doc__", None)
