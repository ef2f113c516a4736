"""What the site needs of Sphinx beyond myst-nb: formulas as MathML, and the words that stand for pictures.

MathML is shown by browsers themselves, without a script: screen readers read it aloud, and a page with five hundred
formulas does not jump while it loads.
"""

from __future__ import annotations

import re

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from grader.marking.authoring.site_notebook import ALTS

logger = logging.getLogger(__name__)
_CONVERTER = LatexToMathML()
_PRIME = re.compile(r"<msup>((?:(?!<msup>).)*?)<mo>([′″‴])</mo></msup>")


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    app.connect("doctree-read", _name_pictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(mathml(node, display=False))
    raise nodes.SkipNode


def _block(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="formula">{mathml(node, display=True)}</div>\n')
    raise nodes.SkipNode


def mathml(node: nodes.Element, *, display: bool) -> str:
    """A formula as a ``<math>`` element; one that cannot be read is a warning, and so the end of the build."""
    latex = node.astext().strip()
    try:
        return _raised_once(_CONVERTER.convert_with_local_state(latex, displaystyle=display))
    except LatexError as why:
        logger.warning("a formula cannot be read: %s (%s)", latex, why, location=node)
        return ""


def _raised_once(formula: str) -> str:
    """Primes stand high in a mathematical font already; as superscripts they would be raised twice."""
    return _PRIME.sub(r"<mrow>\1<mo>\2</mo></mrow>", formula)


def _name_pictures(_: Sphinx, doctree: nodes.document) -> None:
    """Give every picture of a cell its words, which `site_notebook` wrote into the cell's metadata."""
    for cell in doctree.findall(_is_cell_with_pictures):
        for picture, alt in zip(cell.findall(nodes.image), cell["cell_metadata"][ALTS], strict=True):
            picture["alt"] = alt


def _is_cell_with_pictures(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and ALTS in node.get("cell_metadata", ())
