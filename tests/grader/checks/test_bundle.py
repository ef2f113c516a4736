"""Does the bundle carry every answer, and does the trusted side refuse whatever `pack` does not write?"""

from __future__ import annotations

import base64
import copy
import io
import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.checks.answers import (
    MAX_AXES,
    MAX_BYTES,
    MAX_ENTRIES,
    PROBLEMS,
    Answer,
    Problem,
    collect,
    pack,
    to_npy,
    unpack,
)
from grader.checks.errors import BadAnswers
from grader.checks.failure import Failure, Place
from grader.checks.task import find_task
from tests.grader.checks.wrong_sequences import right, unwritten

SEQUENCE, LOSS = find_task("srn.sequence"), find_task("srn.cross_entropy")
WANTED = [("ordinary", 3), ("T = 1", 4)]
ONE = [("ordinary", 7)]

numbers = hnp.arrays(
    st.sampled_from(["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]),
    hnp.array_shapes(min_dims=0, max_dims=MAX_AXES, min_side=0, max_side=3),
)
"""Of every dtype and number of axes that is read; floats with nan, inf and −0 among them."""
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]))
problems = st.builds(Problem, st.sampled_from(PROBLEMS), words) | st.builds(
    Problem, st.just("exception"), failure=st.builds(Failure, st.just("ValueError"), words)
)


def bundle():
    return pack(SEQUENCE, [collect(SEQUENCE, right, SEQUENCE.case(label), seed) for label, seed in WANTED])


def npy(array, **options):
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def header(text: str, data: bytes = b"\0" * 8, version=(1, 0)):
    raw = b"\x93NUMPY" + bytes(version) + len(text).to_bytes(2, "little") + text.encode() + data
    return base64.b64encode(raw).decode()


def sent(packed):
    return json.loads(json.dumps(packed, allow_nan=False))


def refused(packed, wanted=WANTED):
    with pytest.raises(BadAnswers):
        unpack(SEQUENCE, packed, wanted)
    return True


@given(numbers, numbers)
def test_any_arrays_arrive_as_they_were_sent(loss, losses):
    answer = Answer("ordinary", 7, {"loss": loss, "losses": losses})
    (got,) = unpack(LOSS, sent(pack(LOSS, [answer])), [("ordinary", 7)])
    for name, array in answer.outputs.items():
        assert got.outputs[name].dtype == array.dtype
        assert got.outputs[name].shape == array.shape
        assert got.outputs[name].tobytes() == array.tobytes()
        assert got.outputs[name].flags.c_contiguous
        assert got.outputs[name].flags.writeable


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2"])
def test_nan_inf_and_minus_zero_arrive(dtype):
    sent_array = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0], dtype)
    (got,) = unpack(LOSS, sent(pack(LOSS, [Answer("ordinary", 7, {"loss": sent_array, "losses": sent_array})])), ONE)
    assert got.outputs["loss"].tobytes() == sent_array.tobytes()


@given(problems, st.dictionaries(st.sampled_from(["x", "h0"]), st.floats(-1e300, 1e300)))
def test_any_problem_arrives_in_its_words(problem, sums):
    (got,) = unpack(LOSS, sent(pack(LOSS, [Answer("ordinary", 7, {}, problem, sums)])), [["ordinary", 7]])
    assert (got.problem.kind, got.problem.text) == (problem.kind, problem.text)
    assert (got.case, got.seed, got.outputs, got.sums) == ("ordinary", 7, {}, sums)


def test_an_exception_arrives_with_its_type_and_place():
    failure = Failure("KeyError", "'h0'", Place(3, "step", 'h["h0"]'))
    answer = Answer("ordinary", 7, problem=Problem("exception", failure=failure), sums={})
    assert unpack(LOSS, sent(pack(LOSS, [answer])), [("ordinary", 7)]) == [answer]


def test_a_run_of_the_students_code_arrives():
    got = unpack(SEQUENCE, sent(bundle()), WANTED)
    assert [(answer.case, answer.seed) for answer in got] == WANTED
    assert unpack(SEQUENCE, sent(pack(SEQUENCE, [collect(SEQUENCE, unwritten, SEQUENCE.case("T = 1"), 4)])), WANTED[1:])


def test_arrays_that_are_too_many_cost_only_their_own_case():
    large = Answer("ordinary", 3, {"h": np.zeros(MAX_ENTRIES)})
    packed = sent(pack(SEQUENCE, [large, large, large]))
    got = unpack(SEQUENCE, packed, [("ordinary", 3)] * 3)
    assert [answer.problem is None for answer in got] == [True, False, False]
    assert len(json.dumps(packed)) < MAX_BYTES


@pytest.mark.parametrize(
    "wrong",
    [None, 3, "bundle", [], {}, float("nan"), {"format": 1}, {"format": 2, "task": "srn.sequence", "cases": []}],
    ids=repr,
)
def test_something_else_is_refused(wrong):
    assert refused(wrong)


@pytest.mark.parametrize(
    "path_and_value",
    [
        (["format"], 2),
        (["task"], "srn.step"),
        (["cases"], {}),
        (["cases"], "ordinary"),
        (["cases"], None),
        (["cases", 0], None),
        (["cases", 0], []),
        (["cases", 0, "case"], "another"),
        (["cases", 0, "seed"], 5),
        (["cases", 0, "seed"], float("nan")),
        (["cases", 0, "outputs"], None),
        (["cases", 0, "outputs"], {}),
        (["cases", 0, "outputs"], []),
        (["cases", 0, "outputs", "points"], npy(np.ones(1))),
        (["cases", 0, "outputs", "h"], None),
        (["cases", 0, "outputs", "h"], ["a"]),
        (["cases", 0, "outputs", "h"], "not base64!"),
        (["cases", 0, "outputs", "h"], ""),
        (["cases", 0, "outputs", "h"], "A" * (MAX_BYTES + 4)),
        (["cases", 0, "problem"], ["right", ""]),
        (["cases", 0, "problem"], ["none", ""]),
        (["cases", 0, "problem"], ["none", 3]),
        (["cases", 0, "problem"], [["none"], ""]),
        (["cases", 0, "problem"], 1),
        (["cases", 0, "sums"], "h0"),
        (["cases", 0, "sums"], {"h0": True}),
        (["cases", 0, "sums"], {"h0": float("nan")}),
        (["cases", 0, "sums"], {"h0": 10**400}),
        (["cases", 0, "sums"], None),
    ],
    ids=str,
)
def test_a_changed_bundle_is_refused(path_and_value):
    (*path, last), value = path_and_value
    packed = bundle()
    place = packed
    for key in path:
        place = place[key]
    place[last] = value
    assert refused(packed)


@pytest.mark.parametrize("key", ["case", "seed", "outputs", "problem", "sums"])
def test_a_missing_part_is_refused(key):
    packed = bundle()
    del packed["cases"][1][key]
    assert refused(packed)


def test_another_order_or_number_of_cases_is_refused():
    packed = bundle()
    assert refused(packed, WANTED[::-1])
    assert refused(packed, WANTED[:1])
    assert refused(packed, [*WANTED, ("ordinary", 9)])


HEADER = "{'descr': %s, 'fortran_order': False, 'shape': %s, }"


@pytest.mark.parametrize(
    "text",
    [
        npy(np.array([{"a": 1}], dtype=object), allow_pickle=True),
        npy(np.array(["text"])),
        npy(np.ones(2, complex)),
        npy(np.ones(2, np.longdouble)),
        npy(np.zeros(2, [("a", "f8")])),
        npy(np.zeros(2, "M8[s]")),
        npy(np.zeros((1,) * 7)),
        npy(np.ones((2, 3), order="F")),
        npy(np.zeros(MAX_ENTRIES + 1, "i1")),
        header(HEADER % ("'<f8'", "(1000000000000,)")),
        header(HEADER % ("'<f8'", f"({10**30}, 0)")),
        header(HEADER % ("'<f8'", "(-1,)")),
        header(HEADER % ("'<f8'", "(-1, -1)")),
        header(HEADER % ("'<f8'", "(2,)")),
        header(HEADER % ("'<f8'", "(1,)"), b"\0" * 9),
        header(HEADER % ("'|O'", "(1,)")),
        header(HEADER % ("('<f8', (9,))", "(1,)")),
        header(HEADER % ("'<f8'", "(" * 400)),
        header(HEADER % ("'<f8'", "(1,)") + " " * 2000),
        header("{'descr': '<f8' 'shape"),
        header("{'descr': '''"),
        header("((((((" * 100),
        header("  x\n y"),
        header("__import__('os').abort()"),
        header(HEADER % ("'<f8'", "(1,)"), version=(3, 0)),
        base64.b64encode(b"PK\x03\x04").decode(),
    ],
)
def test_an_array_that_is_not_modest_plain_numbers_is_refused(text):
    packed = bundle()
    packed["cases"][0]["outputs"]["h"] = text
    assert refused(packed)


def test_deep_nesting_is_refused():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for key in ("outputs", "problem", "sums"):
        packed = bundle()
        packed["cases"][0][key] = deep
        assert refused(packed)


def test_a_bundle_that_is_too_long_is_refused():
    """Each array is modest, and all of them together are not."""
    packed = pack(SEQUENCE, [Answer("ordinary", 3, {"h": np.zeros(MAX_ENTRIES)})])
    assert unpack(SEQUENCE, packed, WANTED[:1])
    packed["cases"] *= 2
    assert refused(packed, WANTED[:1] * 2)


def test_long_words_are_cut():
    packed = pack(SEQUENCE, [Answer("ordinary", 3, {}, Problem("exception", "x" * 10**6))])
    (got,) = unpack(SEQUENCE, packed, WANTED[:1])
    assert len(got.problem.text) < 1000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_no_json_in_place_of_a_bundle_does_anything_but_be_refused(value):
    assert refused(value)


@given(json_values, st.sampled_from(["format", "task", "cases"]))
def test_no_other_json_in_a_bundle_is_read(value, key):
    with suppress(BadAnswers):
        unpack(SEQUENCE, {**BUNDLE, key: value}, WANTED)
        assert value == BUNDLE[key]


@given(st.lists(json_values, max_size=3))
def test_no_json_in_place_of_the_cases_is_read(cases):
    assert refused({**BUNDLE, "cases": cases})


@given(json_values, st.sampled_from(["case", "seed", "outputs", "problem", "sums"]))
def test_no_json_does_anything_but_be_read_or_refused(value, key):
    packed = copy.deepcopy(BUNDLE)
    packed["cases"][0][key] = value
    with suppress(BadAnswers):
        unpack(SEQUENCE, packed, WANTED)


@settings(max_examples=200)
@given(st.binary(max_size=60), st.integers(0, 130))
def test_no_bytes_in_an_array_do_anything_but_be_read_or_refused(noise, at):
    packed = copy.deepcopy(BUNDLE)
    raw = base64.b64decode(packed["cases"][0]["outputs"]["h"])
    packed["cases"][0]["outputs"]["h"] = base64.b64encode(raw[:at] + noise + raw[at + len(noise) :]).decode()
    with suppress(BadAnswers):
        unpack(SEQUENCE, packed, WANTED)


BUNDLE = bundle()


def only_the_loss():
    """A bundle in which one of two outputs is missing."""
    given = collect(LOSS, lambda o, targets: 1.0, LOSS.case("ordinary"), 7)
    return json.loads(json.dumps(pack(LOSS, [given])))


def test_why_an_output_is_missing_travels_with_the_others():
    (answer,) = unpack(LOSS, only_the_loss(), ONE)
    assert list(answer.outputs) == ["loss"]
    assert answer.missing["losses"].kind == "count"
    assert answer.missing["losses"].text.startswith("only one came, a single float")


@pytest.mark.parametrize("missing", [{}, {"losses": None}, {"loss": ["count", ""]}, {"losses": ["right", ""]}, [1]])
def test_an_output_that_is_missing_without_a_reason_is_refused(missing):
    packed = only_the_loss()
    packed["cases"][0]["missing"] = missing
    with pytest.raises(BadAnswers):
        unpack(LOSS, packed, ONE)


@given(numbers)
def test_an_array_is_written_as_numpy_writes_it(array):
    assert to_npy(array) == npy(array)
