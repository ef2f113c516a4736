"""Does every picture that the notebooks store say what it shows, as a reader finds it? And is no slider stored dead?"""

import ast
import base64
import io

import matplotlib.image
import pytest
from nbformat import v4

from grader.marking.authoring.stored_pictures import CAPTION, NUMBER, SLIDER, pictures
from tests.lessons.test_notebook_style import tags

HTML_FIGURES = {"01-srn": {"Figure 1.14"}, "tagging": {"Figure 8C.6"}}
"""Chinese characters, which the fonts of pictures lack; sentences with lines under names, which are text."""


def alt_texts(notebook):
    """Each stored picture's name, or "", and its alternative text."""
    return [(name, output.metadata.get("image/png", {}).get("alt", "")) for _, output, name in pictures(notebook)]


def test_a_picture_has_an_alternative_text(notebook):
    texts = [text for _, text in alt_texts(notebook)]
    assert len(texts) >= 5
    assert [
        text for text in texts if len(NUMBER.sub("", text)) < 20 or text.startswith(("<", "A figure without"))
    ] == []


def test_no_other_kind_of_picture_is_stored(code_cells):
    kinds = {kind for cell in code_cells for output in cell.outputs for kind in output.get("data", {})}
    assert {kind for kind in kinds if kind.startswith("image/")} == {"image/png"}


def test_it_begins_with_the_number_of_the_caption_below(notebook):
    assert [(name, text) for name, text in alt_texts(notebook) if name and not text.startswith(f"{name}. ")] == []
    assert [text for name, text in alt_texts(notebook) if not name and NUMBER.match(text)] == []


def test_a_caption_has_a_picture(path, notebook, markdown):
    named = {name.partition(",")[0] for name, _ in alt_texts(notebook)}
    without = {f"Figure {number}" for number in CAPTION.findall(markdown)} - named
    assert without == HTML_FIGURES.get(path.stem, set())


def test_two_pictures_of_a_notebook_say_different_things(notebook):
    texts = [text for _, text in alt_texts(notebook)]
    assert len(set(texts)) == len(texts)


def test_a_picture_has_a_background_of_its_own(code_cells):
    """JupyterLab's dark theme would else put black letters on black."""
    for cell in code_cells:
        for output in cell.outputs:
            if data := output.get("data", {}).get("image/png"):
                pixels = matplotlib.image.imread(io.BytesIO(base64.b64decode(data)))
                assert pixels.shape[2] == 3 or pixels[..., 3].min() == 1, cell.source


def test_a_slider_stores_its_picture_and_not_itself(code_cells):
    assert not [cell.source for cell in code_cells for output in cell.outputs if SLIDER in output.get("data", {})]
    for cell in code_cells:
        if any(is_call_of_slider(node) for node in ast.walk(ast.parse(cell.source))):
            [shown] = cell.outputs
            assert {"image/png", "text/plain"} & set(shown.data)
            assert "nbval-ignore-output" in tags(cell)


def is_call_of_slider(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "slider"


@pytest.mark.parametrize("widget", ["interact", "FloatSlider", "IntSlider", "interactive"])
def test_sliders_are_made_in_one_way(code_cells, widget):
    names = {node.id for cell in code_cells for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
    assert widget not in names


def test_these_would_be_found():
    said_nothing = v4.new_output("display_data", data={"image/png": "AAAA"}, metadata={})
    nb = v4.new_notebook(cells=[v4.new_code_cell("", outputs=[said_nothing]), v4.new_markdown_cell("**Figure 1.1.**")])
    assert alt_texts(nb) == [("Figure 1.1", "")]


def test_no_later_cell_changes_what_a_slider_draws(code_cells):
    """Its function is called whenever the slider moves, with what its names mean then."""
    sources = [ast.parse(cell.source) for cell in code_cells]
    for place, source in enumerate(sources):
        for call in (node for node in ast.walk(source) if is_call_of_slider(node)):
            wanted = names_behind(
                {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)}, sources[: place + 1]
            )
            later = {name for below in sources[place + 1 :] for name in assigned(below)}
            assert wanted & later == set()


def names_behind(names, sources):
    """Names, and all that the functions of those names use, as far as cells define them."""
    functions = {node.name: node for source in sources for node in source.body if isinstance(node, ast.FunctionDef)}
    found, waiting = set(), set(names)
    while waiting:
        found.add(name := waiting.pop())
        if name in functions:
            waiting |= used_by(functions[name]) - found
    return found


def used_by(function):
    """Names that a function looks up when it is called: not its own, and not those of its defaults."""
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    own |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names} - own


def assigned(source):
    """Names that a cell gives a value at its top level, or defines as functions."""
    for statement in source.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement.name
        else:
            yield from (
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            )
