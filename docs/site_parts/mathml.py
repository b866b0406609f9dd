"""Formulas as MathML, which browsers draw by themselves: no script, no fonts, no request."""

import re

from docutils import nodes
from latex2mathml.converter import convert

# MathML has no equation numbers; the site's own style sheet puts them at the right.
TAG = re.compile(r"\\tag\{([^}]*)\}")


def visit_math(translator, node: nodes.math) -> None:
    """A formula within a line."""
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def visit_math_block(translator, node: nodes.math_block) -> None:
    """A formula on a line of its own, with its number if it has one."""
    text = node.astext()
    formula = convert(TAG.sub("", text).strip(), display="block")
    number = "".join(f'<span class="number">({tag})</span>' for tag in TAG.findall(text))
    translator.body.append(f'<div class="formula">{formula}{number}</div>')
    raise nodes.SkipNode


def setup(app) -> dict:
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
