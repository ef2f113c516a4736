"""Does a slider's picture follow it, and is it stored as an ordinary picture? In a real kernel, without a browser."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

DRAW = """
import matplotlib.pyplot as plt
from ipywidgets import FloatSlider, Widget
from solutions.toolbox.pictures.sliders import slider

def draw(*sizes):
    assert max(sizes) < 1.5, "too large"
    plt.plot([1, 2, 3], [size * 2 for size in (1, 2, *sizes)])
    plt.title(f"size {sizes[0]:.1f}")
    plt.show()

def move(value):
    [bar] = [one for one in Widget.widgets.values() if isinstance(one, FloatSlider)]
    bar.value = value
"""
SLIDER = 'slider({}, "size of U", low=0.2, high=1.6, step=0.1, start={})'


def ran(*cells):
    """The outputs of the second cell, after all have run: what follows a slider is written there."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (DRAW, *cells)])
    NotebookClient(nb, kernel_name="python3", timeout=60).execute()
    return nb.cells[1].outputs


def test_the_picture_is_an_output_of_its_own_with_its_description():
    bar, picture = ran(SLIDER.format("draw", 0.8))
    assert "application/vnd.jupyter.widget-view+json" in bar.data
    assert picture.data["image/png"]
    assert picture.metadata["image/png"]["alt"].startswith("Size 0.8")


def test_it_follows_the_slider():
    _, picture = ran(SLIDER.format("draw", 0.8), "move(1.2)")
    assert picture.metadata["image/png"]["alt"].startswith("Size 1.2")


def test_what_is_printed_follows_as_well():
    _, text = ran(SLIDER.format("lambda size: print(f'size {size:.1f}')", 0.8), "move(1.2)")
    assert text.data == {"text/plain": "size 1.2"}


def test_an_error_at_the_start_is_raised():
    with pytest.raises(CellExecutionError, match="too large"):
        ran(SLIDER.format("draw", 1.6))


def test_an_error_later_is_said_and_gone_when_the_slider_moves_back():
    _, text = ran(SLIDER.format("draw", 0.8), "move(1.6)")
    assert text.data == {"text/plain": "AssertionError at 1.6: too large"}
    _, picture = ran(SLIDER.format("draw", 0.8), "move(1.6)", "move(1.0)")
    assert picture.metadata["image/png"]["alt"].startswith("Size 1.0")
