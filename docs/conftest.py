"""Runs the book: each `python` block, in order; the `text` block below is what it prints."""

import io
from contextlib import redirect_stdout

import numpy as np
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser


def run_block(example: Example) -> None:
    """Run a block of code among the names of the blocks before it, and keep what it prints."""
    start = example.document.text.count("\n", 0, example.start) + 1  # of the block, in the file
    code = compile("\n" * start + example.parsed, example.path, "exec")
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code, example.namespace)
    example.namespace["_printed"] = printed.getvalue()


def compare_output(example: Example) -> None:
    """Hold the text on the page against what the block above has just printed."""
    printed = example.namespace.pop("_printed", None)
    assert printed is not None, "no block of code stands above this output"
    assert [line.rstrip() for line in printed.splitlines()] == [
        line.rstrip() for line in example.parsed.rstrip().splitlines()
    ]


def begin(namespace: dict) -> None:
    """Each chapter starts with nothing but the same printing of arrays."""
    namespace["_print_options"] = np.get_printoptions()
    np.set_printoptions(precision=3, suppress=True)


def end(namespace: dict) -> None:
    np.set_printoptions(**namespace["_print_options"])


pytest_collect_file = Sybil(
    parsers=[CodeBlockParser("python", run_block), CodeBlockParser("text", compare_output)],
    patterns=["learn/*.md"],
    setup=begin,
    teardown=end,
    document_types={".md": Document},
).pytest()
