"""Does a figure that a notebook shows carry its description, in a real kernel?"""

import nbformat
import pytest
from nbclient import NotebookClient

from solutions.toolbox.pictures.description import describe

TOOLBOX = "import matplotlib.pyplot as plt\nfrom solutions.toolbox.pictures import srn\n"


@pytest.fixture
def ran():
    """ran(code, …): the outputs of each cell, run in one kernel."""

    def outputs(*cells):
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
        NotebookClient(nb, kernel_name="python3", timeout=60).execute()
        return [cell.outputs for cell in nb.cells]

    return outputs


def test_it_is_the_alternative_text_and_the_plain_text(ran):
    [[shown]] = ran(TOOLBOX + "srn.folded()\nplt.show()")
    said = shown.metadata["image/png"]["alt"]
    assert said.startswith("Elman's own drawing")
    assert shown.data["text/plain"] == f"Picture. {said}"


def test_so_have_figures_that_no_function_of_ours_draws_and_those_shown_by_name(ran):
    _, [named], [last] = ran(
        TOOLBOX,
        "plt.plot([1, 2, 3])\nplt.title('Up')\nplt.show()",
        "figure, ax = plt.subplots()\nax.set_title('Empty')\nplt.close()\nfigure",
    )
    assert named.metadata["image/png"]["alt"] == "Up. Shown: a line: 1 at 0, 3 at 2."
    assert last.metadata["image/png"]["alt"].startswith("Empty")


def test_a_figure_is_shown_though_it_cannot_be_described(ran):
    broken = "from solutions.toolbox.pictures import alt_text\nalt_text.describe = lambda figure: 1 / 0\n"
    [[shown]] = ran(TOOLBOX + broken + "plt.plot([1, 2])\nplt.show()")
    assert len(shown.data["image/png"]) > 1000
    assert "1 panels" in shown.metadata["image/png"]["alt"]


def test_outside_of_a_notebook_nothing_happens():
    import matplotlib.pyplot as plt

    plt.figure()
    assert describe(plt.gcf())
