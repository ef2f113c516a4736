"""The alternative text of figures: what they show, in words, for those who do not see them; never written twice.

`describe_figures` makes every figure that a notebook shows carry its description: as ``alt`` in the metadata of the
stored picture, where pages made of a notebook find it, and as the plain text beside the picture. Importing
`solutions.toolbox.pictures` calls it. `says_what_it_shows` lets a function that draws say what no title says.
"""

from __future__ import annotations

import functools
import inspect
from itertools import takewhile

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from solutions.toolbox.pictures.description import describe

LAYOUT = ("columns", "lines", "most", "shown")
"""Arguments that say how a picture is laid out, not what it shows."""


def says_what_it_shows(draw):
    """Gives the figures that a function draws its docstring's first sentences, and the numbers that it is called with.

    From the first sentence with code in it (``so``) the docstring is about arguments, not about the picture.
    """

    @functools.wraps(draw)
    def drawn(*args, **kwargs):
        before = set(plt.get_fignums())
        result = draw(*args, **kwargs)
        for number in sorted(set(plt.get_fignums()) - before):
            plt.figure(number).set_label(_sentence(draw, args, kwargs))
        return result

    return drawn


def _sentence(draw, args, kwargs):
    sentences = " ".join(inspect.getdoc(draw).split("\n\n")[0].split()).rstrip(".").split(". ")
    said = ". ".join([sentences[0], *takewhile(lambda sentence: "``" not in sentence, sentences[1:])]).replace("`", "")
    given = inspect.signature(draw).bind(*args, **kwargs).arguments
    drawn = {name: value for name, value in given.items() if _is_number(value) and name not in LAYOUT}
    numbers = [name if value is True else f"{name} {value}" for name, value in drawn.items()]
    return said + (f" (here: {', '.join(numbers)})" if numbers else "")


def _is_number(value):
    return value is True or (isinstance(value, int) and not isinstance(value, bool))


def describe_figures():
    """From now on, the figures that this notebook shows carry their descriptions; elsewhere nothing is done."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return
    import matplotlib_inline.backend_inline  # noqa: F401  (sets how figures are drawn, once, and would undo what follows)

    pictures, words = (shell.display_formatter.formatters[kind] for kind in ("image/png", "text/plain"))
    draw = pictures.type_printers.get(Figure)  # None: figures open in windows, or are drawn as something else
    if draw is not None and not hasattr(draw, "describes"):
        pictures.for_type(Figure, _describing(draw))
        words.for_type(Figure, lambda figure, page, cycle: page.text(f"Picture. {_in_words(figure)}"))


def _in_words(figure):
    """The description; a figure is shown whatever it holds, even what no description was thought of for."""
    try:
        return describe(figure)
    except Exception:
        return figure.get_label() or f"A figure with {len(figure.axes)} panels, which has no description"


def _describing(draw):
    """The function that makes a PNG of a figure, with its description in the picture's metadata."""

    def described(figure):
        drawn = draw(figure)
        data, about = drawn if isinstance(drawn, tuple) else (drawn, {})
        return data, {**about, "alt": _in_words(figure)}

    described.describes = True
    return described
