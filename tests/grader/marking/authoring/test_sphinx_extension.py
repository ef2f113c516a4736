"""Does the site show formulas as MathML?"""

from __future__ import annotations

from docutils import nodes

from grader.marking.authoring.sphinx_extension import mathml


def test_a_formula_becomes_mathml():
    assert mathml(nodes.math(text="h_t"), display=False).startswith("<math")
    assert 'display="block"' in mathml(nodes.math_block(text="h_t"), display=True)


def test_a_prime_is_raised_once():
    """A mathematical font draws it high already."""
    assert "<mrow><mi>f</mi><mo>′</mo></mrow>" in mathml(nodes.math(text="f'(z)"), display=False)
    assert "<msup><mi>ε</mi><mn>2</mn></msup>" in mathml(nodes.math(text=r"\varepsilon^2 f''"), display=False)
