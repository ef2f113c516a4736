"""A slider with a picture that follows it.

The picture is an ordinary output of the cell, so it is stored with the notebook and stays where no kernel runs: on a
page, on paper. Beside the slider stands a field with its number: it has the slider's name, and takes keys.
"""

from __future__ import annotations

from IPython.display import display
from IPython.utils.capture import capture_output
from ipywidgets import BoundedFloatText, FloatSlider, HBox, jslink


def slider(draw, name, low, high, step, start):
    """A slider, and below it what ``draw`` shows or prints for its value: a picture, or else what was printed.

    Args:
        draw: takes the slider's value. An error at the start is raised; one at a later value is written in its place.
        name: what the value is, in words.
        low, high, step, start: the slider's values.
    """
    shown = _made_by(draw, start)
    limits = {"min": low, "max": high, "step": step, "value": start}
    look = {"style": {"description_width": "initial"}, "layout": {"width": "26em"}}
    field = BoundedFloatText(description=name, tooltip=name, **limits, **look)
    bar = FloatSlider(readout=False, tooltip=name, continuous_update=False, **limits)
    jslink((bar, "value"), (field, "value"))
    display(HBox([field, bar]))
    below = display(*shown[:1], raw=True, metadata=shown[1], display_id=True)
    bar.observe(lambda change: _follow(below, draw, change.new), "value")


def _follow(below, draw, value):
    try:
        data, about = _made_by(draw, value)
    except Exception as wrong:
        data, about = {"text/plain": f"{type(wrong).__name__} at {value:g}: {wrong}"}, {}
    below.update(data, raw=True, metadata=about)


def _made_by(draw, value):
    """What ``draw`` shows for a value, as Jupyter stores it: data by type, and what is said about them."""
    with capture_output() as made:
        draw(value)
    if made.outputs:
        return made.outputs[0].data, made.outputs[0].metadata or {}
    return {"text/plain": made.stdout.rstrip("\n")}, {}
