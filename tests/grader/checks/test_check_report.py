"""Does the report say what is wrong, where, by how much and what to do, and never what would be right?"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import textwrap
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.answers import Answer
from grader.checks.as_html import html
from grader.checks.as_text import WIDTH, _block, text
from grader.checks.check import public_report
from grader.checks.compare import Finding, compare
from grader.checks.picture import error_picture
from grader.checks.report import Report
from grader.checks.task import all_tasks, find_task
from grader.checks.tasks.bptt import misjudged
from grader.checks.wording import size
from tests.grader.checks.wrong_sequences import batch_first, doubled, forgets, in_place, right, unwritten

SEQUENCE = find_task("srn.sequence")


def said(answer, task=SEQUENCE):
    return text(public_report(task, answer))


def returning(value):
    return lambda **inputs: value


def ruins(x, h0, W, U, b):
    h0 += 1
    return right(x, h0, W, U, b)


@pytest.mark.parametrize(
    ("answer", "says", "advises"),
    [
        (unwritten, "not written yet", "Replace `raise NotImplementedError`"),
        (returning(None), "your code returned None: is a `return` missing?", "end it with `return`"),
        (lambda **inputs: 1 / 0, "your code stopped with ZeroDivisionError: division by zero", "whole traceback"),
        (returning("h"), "not an array of numbers: h: a text (str)", "Return arrays or numbers"),
        (
            in_place,
            "your numbers are right, but your code changed what it was given in place: h0",
            "Make a new array",
        ),
        (
            lambda h, W: h,
            "it cannot be called as the exercise says: your code takes (h, W); the exercise hands over 5, in this "
            "order: x, h0, W, U, b",
            "their names are yours to choose",
        ),
        (returning({"h": 1}), "another form than is wanted: a dictionary with 1 entry (h)", "Compare it with the text"),
        (ruins, "every entry is wrong", "Your code also changed what it was given in place: h0."),
        (
            batch_first,
            "wrong shape: expected (6, 4, 3), got (4, 6, 3); wanted is (time step, row, unit)",
            "right but transposed",
        ),
        (lambda **inputs: right(**inputs).astype("f2"), "wrong dtype: expected float64, got float16", "`dtype=`"),
        (lambda **inputs: right(**inputs) / 0, "NaN or infinity in every entry", "look for a division by 0"),
        (doubled, "every entry is wrong: error up to 0.99, allowed 1e-11", "right but for a factor of 2.00"),
        (forgets, "60 of 72 entries are wrong: error up to", "right up to time step 0, wrong from 1"),
    ],
)
def test_each_mistake_has_its_sentence_and_its_advice(answer, says, advises):
    lines = " ".join(said(answer).split())
    assert says in lines
    assert advises in lines
    assert lines.endswith("public checks failed")


def test_wrong_numbers_of_results_are_told_by_name():
    assert "wrong number of results: a tuple of 2, wanted are 3 results: precision, recall, f1" in said(
        returning((1.0, 1.0)), find_task("srn.f1_score")
    )


def test_an_exact_output_is_told_without_error_size():
    lines = said(lambda losses, rise: losses > rise, find_task("srn.word_starts"))
    assert "✗ ordinary  12 of 40 entries are wrong\n" in lines
    assert "allowed" not in lines
    assert "exact" not in lines


def test_where_it_is_first_wrong_counts_from_0():
    assert "First wrong at time step 1, row 0, unit 0, counting from 0." in said(forgets)


def off_by(share, task=SEQUENCE):
    """What is said where every entry is too large by that share of itself."""
    return " ".join(said(lambda **i: right(**i) * (1 + share), task).split())


def test_a_small_error_is_told_in_digits_from_six_on():
    assert "(close: 6 digits agree)" in off_by(5e-7)
    assert "close" not in off_by(5e-6)


def test_digits_agree_against_the_size_of_the_output():
    """All numbers are below 1e-8, so that an error of 1e-9 leaves not one digit."""
    task, tiny = find_task("bptt.delta_step"), np.full((2, 3), 1e-9)
    (found,) = compare(task, task.cases[0], Answer("ordinary", 0, {"δ_{t,k}": 2 * tiny}), {"δ_{t,k}": tiny}, {})
    assert (found.kind, found.digits) == ("value", 0)


def test_what_passes_says_public_checks_passed_and_names_no_hints():
    lines = said(right)
    assert lines.endswith("\npublic checks passed")
    assert "hint" not in lines.lower()
    assert "hint" not in html(public_report(SEQUENCE, right)).lower()


def test_what_fails_says_once_where_the_hints_stand_and_counts():
    lines = said(forgets)
    assert lines.lower().count("hint") == lines.count("Hints stand in the cell below") == 1
    assert lines.endswith("3 of 4 public checks failed")
    words = Strict(html(public_report(SEQUENCE, forgets))).words
    assert words.lower().count("hint") == words.count("Hints stand in the cell below") == 1


def test_one_problem_in_all_cases_is_told_once():
    assert said(unwritten).count("✗") == 1
    assert "every case" in said(unwritten)


def test_advice_is_given_once_and_where_no_pattern_says_it_better():
    assert said(lambda **i: right(**i)[:, :, :1]).count("Print the shape") == 1
    assert "Print the shape" not in said(batch_first)


def test_outputs_of_a_right_case_share_a_line():
    lines = said(lambda found, true: (0, 0, 0), find_task("srn.f1_score"))
    assert lines.count("✗") == 1
    assert "✗ ordinary  in" not in lines


@pytest.mark.parametrize("answer", [forgets, doubled, batch_first, in_place, lambda **i: right(**i) + 1e-3])
def test_no_expected_value_is_told(answer):
    """No number with more than three decimals stands in the report, so none of the expected ones does."""
    report = public_report(SEQUENCE, answer)
    words = re.sub(r"data:image/png;base64,[^\"]*|style=\"[^\"]*\"", "", html(report))
    assert not re.search(r"\d\.\d{4,}", words + text(report))


class Strict(HTMLParser):
    """Collects tags and attributes, and checks that every tag is closed in order."""

    def __init__(self, source):
        super().__init__()
        self.open, self.seen, self.words = [], [], ""
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data + "\n"


def test_html_is_well_formed_self_contained_and_inline():
    page = Strict(html(public_report(SEQUENCE, forgets)))
    assert {tag for tag, _ in page.seen} <= {"div", "span", "code", "table", "tbody", "tr", "td", "img"}
    for tag, attributes in page.seen:
        assert set(attributes) <= {"style", "src", "alt", "role", "aria-label"}
        assert "url(" not in attributes.get("style", "")
        if tag == "img":
            assert attributes["src"].startswith("data:image/png;base64,")
            assert "wrong from 1" in attributes["alt"]


def test_html_says_right_and_wrong_without_colour():
    page = Strict(html(public_report(SEQUENCE, forgets)))
    assert {attributes["aria-label"] for _, attributes in page.seen if "aria-label" in attributes} == {"wrong"}
    assert "✗ failed" in page.words
    assert page.words.strip().endswith("3 of 4 public checks failed")


CHECKER, BACKWARD = find_task("bptt.check_gradient"), find_task("gru.backward")


@pytest.mark.parametrize(
    ("judges", "says"),
    [
        (lambda wanted: wanted, ""),
        (lambda wanted: np.array([True, True, False]), "twice the right one: accepted"),
        (lambda wanted: np.array([False, False, False]), "the right one: rejected"),
    ],
)
def test_which_gradient_was_misjudged_is_said_in_words(judges, says):
    right = np.array([[1.0, 2.0], [3.0, 4.0]])
    wanted = np.array([True, False, False])
    assert misjudged(np.stack([right, 2 * right]), judges(wanted), wanted) == says


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda g: -g, "minus the right one"),
        (lambda g: 0.5 * g, "half the right one"),
        (lambda g: 1.01 * g, "1.01 times the right one"),
        (lambda g: g.T, "the right one, transposed"),
        (lambda g: g + np.array([[0, 1], [0, 0]]), "the right one but for one entry"),
        (lambda g: g + np.array([[np.nan, 0], [0, 0]]), "the right one but for a nan"),
        (
            lambda g: g + np.array([[0.04, -0.04], [0.04, 0.04]]),
            "one that is off by 1 % of the largest entry everywhere",
        ),
        (lambda g: g + np.array([[1.0, 0.5], [0, 0]]), "one that is off in several entries"),
    ],
)
def test_each_kind_of_gradient_has_its_words(wrong, says):
    right = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert misjudged(np.stack([right, wrong(right)]), np.array([1, 1, 0]), np.array([1, 0, 0])) == f"{says}: accepted"


def test_a_checker_that_accepts_all_is_told_what_it_accepted():
    lines = " ".join(said(lambda loss, theta, gradient: True, CHECKER).split())
    assert "accepted" in lines
    assert "entries are wrong" not in lines
    assert "exact" not in lines


def marked(task, findings, points=0.0):
    return Report(task, findings, True, points, ("A sentence.", "Another."))


def findings_of(task, kind=lambda n: "value", **more):
    """In every case and output something wrong of its own: the pattern and the amount differ."""
    return [
        Finding(
            output.name,
            case.label,
            kind(n + m),
            hint=f"pattern {chr(97 + n)}",
            first=(1,),
            wrong=1 + n,
            entries=9,
            error=n + 1.0,
            **more,
        )
        for m, case in enumerate(task.cases)
        for n, output in enumerate(task.outputs)
    ]


@pytest.mark.parametrize("task", all_tasks().values(), ids=lambda task: task.name)
def test_no_verdict_has_more_than_25_lines_however_much_fails(task):
    kinds = ("value", "shape", "nonfinite", "exception", "dtype")
    for kind in (lambda n: "value", lambda n: kinds[n % len(kinds)]):
        assert len(text(marked(task, findings_of(task, kind))).splitlines()) <= 25


def test_what_is_not_written_is_not_called_wrong():
    stubs = findings_of(SEQUENCE, lambda n: "unwritten")
    assert text(marked(SEQUENCE, stubs)).endswith("points · not written")
    assert text(marked(SEQUENCE, findings_of(SEQUENCE))).endswith("points · wrong")


def test_equal_mistakes_of_several_outputs_and_cases_make_one_line():
    found = [
        Finding(output.name, case.label, "value", first=(0, 0), wrong=6, entries=6, error=n + m + 0.5, tolerance=1e-11)
        for m, case in enumerate(BACKWARD.cases)
        for n, output in enumerate(BACKWARD.outputs)
    ]
    lines = text(marked(BACKWARD, found)).splitlines()
    assert "  ✗ every case  in the case “ordinary”, every entry is wrong: error up to 5.5, allowed 1e-11" in lines
    assert len(lines) == 7


def test_different_exceptions_in_several_cases_make_one_line():
    failures = ("IndexError: tuple index out of range", "ValueError: no such shape")
    found = [
        Finding("h", case.label, "exception", failures[n % 2], gist=failures[n % 2])
        for n, case in enumerate(SEQUENCE.cases)
    ]
    lines = text(marked(SEQUENCE, found))
    assert lines.count("✗") == 1
    assert "in the case “ordinary”, your code stopped with IndexError: tuple index out of range" in lines


def test_counts_of_one_output_are_not_told_of_another():
    found = [
        Finding(
            name,
            "ordinary",
            "value",
            hint="only the last unit is wrong",
            first=(0, 1),
            wrong=wrong,
            entries=9,
            error=1.0,
        )
        for name, wrong in (("W", 3), ("U", 2))
    ]
    words = " ".join(text(marked(BACKWARD, found)).split())
    assert "ordinary, W, U some entries are wrong: error up to 1" in words
    assert "First wrong" not in words


def test_where_it_is_right_is_named_where_that_is_shorter():
    def wrong_from(share):
        cases = [case.label for case in SEQUENCE.cases]
        right = {label: n >= share for n, label in enumerate(cases)}
        return [Finding("h", label, "right" if right[label] else "value", error=1.0) for label in cases]

    assert "Right in: every size 1; D = H." in text(marked(SEQUENCE, wrong_from(6)))
    assert "Wrong in: ordinary; another." in text(marked(SEQUENCE, wrong_from(2)))
    assert "in:" not in text(marked(SEQUENCE, wrong_from(1)))


@pytest.mark.parametrize(
    ("kinds", "points", "says"),
    [
        ({}, 6.0, "all 7 checks passed · 6 of 6 points"),
        (dict.fromkeys(["W", "U", "b", "b_m", "h0", "x"], "value"), 0.0, "0 of 6 points · wrong"),
        ({"U": "value"}, 4.3, "4.3 of 6 points · right: W, b, b_m, h0, x · wrong: U"),
        (
            dict.fromkeys(["W", "U", "b", "b_m", "h0", "x"], "changed"),
            3.0,
            "3 of 6 points · right, but inputs are changed in place",
        ),
    ],
)
def test_the_last_line_of_a_verdict_does_not_contradict_its_points(kinds, points, says):
    found = [
        Finding(output.name, case.label, kinds.get(output.name, "right"), error=0.0)
        for case in BACKWARD.cases
        for output in BACKWARD.outputs
    ]
    assert text(marked(BACKWARD, found, points)).splitlines()[-1] == says


def test_wrong_in_edge_cases_alone_is_said_so():
    found = [Finding("h", case.label, "value" if case.edge else "right", error=0.0) for case in SEQUENCE.cases]
    assert text(marked(SEQUENCE, found, 2.0)).endswith("\n2 of 4 points · right but for edge cases")


def test_an_array_that_is_not_filled_is_thought_of_where_the_inputs_are_finite():
    assert "The inputs hold neither: look for" in " ".join(said(lambda **i: right(**i) * np.nan).split())


def test_where_the_padding_holds_nan_that_is_said():
    lines = " ".join(said(lambda x, lengths: 0 * x, find_task("bidirectional.keep")).split())
    assert "Inputs hold NaN or infinity, too, and 0 · NaN" in lines
    assert "logarithm" not in lines


def test_no_picture_where_nothing_is_right_or_a_sentence_says_it():
    assert "<img" in html(public_report(SEQUENCE, forgets))
    assert "<img" not in html(public_report(SEQUENCE, doubled))
    assert "<img" not in html(replace(public_report(SEQUENCE, forgets), marked=True, points=0.0, remarks=("Why.",)))


def test_what_a_sentence_emphasises_is_set_in_italics_and_code_is_not_touched():
    page = html(Report(SEQUENCE, [], True, 0.0, ("The *old* state, and `a *b* c` = 2*h*x.",)))
    assert '<span style="font-style:italic">old</span>' in page
    assert "2*h*x" in page


def test_everything_from_the_students_side_is_escaped():
    nasty = "<script>alert(1)</script>\"'&"

    def fails(**inputs):
        raise ValueError(nasty)

    findings = [Finding("h", "ordinary", "exception", nasty), Finding("h", "T = 1", "changed", nasty)]
    for page in (
        html(public_report(SEQUENCE, fails)),
        html(Report(SEQUENCE, findings, False, None, (nasty,))),
    ):
        assert "<script" not in page
        assert nasty in Strict(page).words.replace("\n", "") or "alert(1)" in Strict(page).words


def test_wrong_numbers_speak_before_changed_inputs():
    found = [Finding("h", "ordinary", "changed", "h0"), Finding("h", "ordinary", "value", error=1.0)]
    assert "✗ ordinary  wrong: error 1" in text(Report(SEQUENCE, found))


def test_feedback_groups_runs_of_a_case_and_shows_points():
    runs = [
        Finding("h", "ordinary", "right", error=0.0),
        Finding("h", "ordinary", "value", error=0.5, tolerance=1e-11, wrong=2, entries=9),
    ]
    report = Report(SEQUENCE, runs, True, 2.5, ("Your states are not carried on.",))
    lines = text(report)
    assert lines.count("ordinary") == 1
    assert "(with some inputs of this case, not with all)" in " ".join(lines.split())
    assert "! Your states are not carried on." in lines
    assert lines.endswith("\n2.5 of 4 points · wrong")
    assert "2.5 / 4 points" in html(report)


def test_feedback_on_right_answers_never_says_public():
    report = Report(SEQUENCE, [Finding("h", "ordinary", "right", error=0.0)], True, 4.0)
    assert text(report).endswith("all 1 checks passed · 4 of 4 points")
    assert "public" not in html(report)


@pytest.mark.parametrize(("points", "says"), [(0.0, "no answer · 0 of 4 points"), (None, "not marked")])
def test_feedback_without_findings_is_told_as_it_is(points, says):
    report = Report(SEQUENCE, [], True, points, ("The cell stopped.",))
    assert says in text(report)
    assert "The cell stopped." in html(report)
    assert "✓" not in html(report)


@pytest.mark.parametrize(
    ("number", "says"), [(0.0, "0"), (0.38, "0.38"), (2e-11, "2e-11"), (17.2, "17"), (99.7, "1e2"), (1.4e5, "1e5")]
)
def test_a_size_is_short(number, says):
    assert size(number) == says


@pytest.mark.parametrize("shape", [(1, 1), (6, 3), (40, 2, 7), (3, 50), (5, 2, 3, 4)])
def test_a_picture_is_a_png_of_any_shape(shape):
    axes = (*("time step", "row", "head")[: len(shape) - 1], "unit")
    uri = error_picture(np.random.default_rng(1).random(shape) ** 9, axes, 1e-11, "h")
    assert base64.b64decode(uri.removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")
    assert len(uri) < 60_000


def test_a_picture_leaves_matplotlib_as_it_was():
    import matplotlib

    before = dict(matplotlib.rcParams)
    error_picture(np.ones((3, 2)), ("time step", "unit"), 0.0, "h")
    assert dict(matplotlib.rcParams) == before
    script = (
        "import sys, numpy, grader.checks.picture as p\n"
        "assert p.error_picture(numpy.ones((3, 2)), ('time step', 'unit'), 1e-11, 'h')\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_without_matplotlib_there_is_a_report_without_a_picture(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "<img" not in html(public_report(SEQUENCE, forgets))


@given(st.text(alphabet="ab \u00a0\t\n-", max_size=120))
def test_a_sentence_is_wrapped_whether_it_fits_or_not(sentence):
    assert _block("  ! ", (sentence,)) == textwrap.wrap(
        sentence, WIDTH, initial_indent="  ! ", subsequent_indent=" " * 4
    )
