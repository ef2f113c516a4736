"""Whatever a kernel sends: is each message taken or refused, and is what was taken a notebook's outputs?"""

from __future__ import annotations

from contextlib import suppress

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.marking.sandbox.cell_outputs import DEEPEST, OUTPUTS, CellOutputs, depth_of

ODD = (None, True, 0, -1, 7, 1.5, float("nan"), "", "a", "ä\0", [], ["a"], [[0]], {}, {"a": []}, {"display_id": [1]})
KINDS = ("text/plain", "application/json", "application/x+json", "x+json", "application/a\n+json", "")
odd = st.sampled_from(ODD)
mostly = {
    "name": st.sampled_from(["stdout", "stderr"]),
    "text": st.sampled_from(["", "a"]),
    "data": st.dictionaries(st.sampled_from(KINDS), odd | st.just("a"), max_size=2),
    "metadata": st.dictionaries(st.just("a"), odd, max_size=1),
    "execution_count": st.sampled_from([None, -1, 0, 7]),
    "ename": st.just("E"),
    "evalue": st.just("a"),
    "traceback": st.lists(st.just("a"), max_size=2),
    "wait": st.booleans(),
    "transient": st.just({"display_id": "a"}),
}
names = st.sampled_from([*OUTPUTS, "clear_output", "update_display_data"])
messages = st.fixed_dictionaries({"msg_type": names, "content": st.fixed_dictionaries(mostly)})


def spoiled(message, part, value):
    """The message with one part of its content, or all of it, replaced; without it, where the value is None."""
    content = {name: old for name, old in message["content"].items() if name != part}
    if part == "all":
        return {**message, "content": value}
    return {**message, "content": content if value is None else {**content, part: value}}


any_messages = messages | st.builds(spoiled, messages, st.sampled_from([*mostly, "all"]), odd)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(any_messages, min_size=3, max_size=8), min_size=1, max_size=2))
def test_any_message_is_taken_or_refused_and_the_outputs_are_a_notebooks(sent):
    cells, shown = [], {}
    for of_one_cell in sent:
        cell = CellOutputs(shown)
        for message in of_one_cell:
            with suppress(ValueError):
                cell.add(message)
        cell.finish()
        cells.append(nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(output) for output in cell.outputs]))
    nbformat.validate(nbformat.v4.new_notebook(cells=cells))


def message(kind, **content):
    return {"msg_type": kind, "content": content}


@pytest.mark.parametrize(
    "message",
    [
        message("display_data", data={"text/x+json": None}, metadata={}),
        message("display_data", data={"x+json": {}}, metadata={}),
    ],
)
def test_what_no_notebook_may_hold_is_refused(message):
    with pytest.raises(ValueError, match="not of Jupyter's form"):
        CellOutputs({}).add(message)


def test_a_number_of_before_the_first_cell_is_dropped():
    """A cell may set ``get_ipython().execution_count``; a notebook holds no such number."""
    outputs = CellOutputs({})
    outputs.add(message("execute_result", data={"text/plain": "3"}, metadata={}, execution_count=-1))
    assert outputs.outputs[0]["execution_count"] is None


def test_a_stream_that_calls_itself_a_display_is_not_updated():
    cell = CellOutputs({})
    cell.add(message("stream", name="stdout", text="a", transient={"display_id": "a"}))
    cell.add(message("update_display_data", data={"text/plain": "b"}, metadata={}, transient={"display_id": "a"}))
    cell.finish()
    assert cell.outputs == [{"output_type": "stream", "name": "stdout", "text": "a"}]


def test_a_display_is_updated_in_every_cell_that_shows_it():
    shown = {}
    first, second = CellOutputs(shown), CellOutputs(shown)
    for cell in (first, second):
        cell.add(message("display_data", data={"text/plain": "old"}, metadata={}, transient={"display_id": "a"}))
    second.add(message("update_display_data", data={"text/plain": "new"}, metadata={}, transient={"display_id": "a"}))
    assert [cell.outputs[0]["data"] for cell in (first, second)] == [{"text/plain": "new"}] * 2


def nested(depth):
    value = "a"
    for level in range(depth):
        value = {"a": value} if level % 2 else [value]
    return value


@pytest.mark.parametrize("depth", [0, 1, 2, 7, 5000])
def test_depth_is_counted_without_recursion(depth):
    assert depth_of(nested(depth)) == depth


def test_lists_that_nest_too_deeply_are_refused():
    """As JSON they can be read; what nbformat does with them afterwards recurses once a level, and breaks off."""
    in_data = DEEPEST - 2  # the content and its data are two
    for depth, is_taken in ((in_data, True), (in_data + 1, False)):
        cell = CellOutputs({})
        with suppress(ValueError):
            cell.add(message("display_data", data={"application/json": nested(depth)}, metadata={}))
        assert len(cell.outputs) == is_taken
