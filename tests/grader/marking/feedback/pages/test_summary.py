"""Does the first screen tell every exercise by name, points, mark and the sentence that helps, and what waits?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.marking.feedback.pages.lesson_text import lesson_text
from grader.marking.feedback.pages.marks import Mark, Marks, Said, Sum
from grader.marking.feedback.pages.summary import LONGEST, SIGNS, WORDS, prose, summary, sums

LESSON = "01-srn"


def summed(marks, *grade_ids, lesson=LESSON, notebook=LESSON):
    cells = [new_code_cell(metadata={"nbgrader": {"grade_id": name}}) for name in grade_ids]
    about = {"assignment": lesson, "student": "alice", "notebook": notebook}
    return summary(new_notebook(cells=cells), about, marks, lesson_text(lesson))


def line(mark, **comments):
    said = {f"srn-step{end}": comment for end, comment in comments.items()}
    [found] = summed(Marks({"srn-step": mark}, {name.replace("_", "-"): each for name, each in said.items()})).lines
    return found


def test_exercises_have_the_lessons_names_in_the_notebooks_order():
    marks = Marks({name: Mark(0, 1) for name in ("srn-written", "srn-step", "srn-sequence", "my-own")})
    found = summed(marks, "srn-step-answer", "srn-step", "srn-sequence", "srn-written", "my-own")
    assert found.title == "01 · SRN: the simple recurrent network"
    names = ["Exercise 1.1 · One step", "Exercise 1.2 · A whole sequence", "A written question", "my-own"]
    assert [each.name for each in found.lines] == names
    assert found.lines[0].short == "Exercise 1.1"
    assert found.of("srn-step-answer") is found.of("srn-step") is found.lines[0]
    assert found.of("elsewhere") is None


def test_of_an_unknown_lesson_the_grade_ids_are_told():
    found = summed(Marks({"sum-it": Mark(1, 2)}), "sum-it", lesson="another", notebook="hw")
    assert (found.title, found.lines[0].name, found.lines[0].points) == ("hw", "sum-it", "1 of 2 points")


def test_cells_without_points_are_no_exercises():
    assert summed(Marks({"srn-written-question": Mark(0, 0)}), "srn-written-question").lines == ()


@pytest.mark.parametrize(
    ("mark", "verdict", "points"),
    [
        (Mark(3, 3), "right", "3 of 3 points"),
        (Mark(1.3333, 3), "part", "1.33 of 3 points"),
        (Mark(0, 1), "none", "0 of 1 point"),
        (Mark(0, 4, waits=True), "waits", "4 points wait"),
        (Mark(0, 1, waits=True), "waits", "1 point waits"),
    ],
)
def test_marks_are_told_apart_without_colour(mark, verdict, points):
    found = line(mark)
    assert (found.verdict, found.points) == (verdict, points)
    assert (found.sign, found.word) == (SIGNS[verdict], WORDS[verdict])
    assert len(set(SIGNS.values())) == len(set(WORDS.values())) == 4


def test_unmarked_work_waits_for_a_person_and_is_never_0():
    found = line(Mark(0, 4, waits=True))
    assert (found.full, found.says) == ("waits for a person", "Waits for a person.")
    assert line(Mark(0, 4, waits=True), _answer=Said("Its cell is untouched.")).says == "Its cell is untouched."
    assert sums(Sum(21.5, 28, 4)) == ["21.5 of 28 points", "4 points wait for a person"]


def test_a_penalty_is_told():
    assert sums(Sum(21.5, 28), 1.5) == ["21.5 of 28 points", "1.5 points less for handing in late"]


def test_the_reports_sentence_comes_before_a_comment_and_of_what_is_right_none_is_needed():
    comment = Said("See **page 3**: $x_1 < 2$ <script>alert(1)</script>", by_person=True)
    assert line(Mark(0, 3, says="`U` is *transposed*.")).says == "<code>U</code> is <em>transposed</em>."
    with_both = line(Mark(0, 3, says="It is late."), _answer=comment)
    assert (with_both.says, with_both.comment) == ("It is late.", "srn-step-answer")
    only_comment = line(Mark(1, 3), _answer=comment)
    assert only_comment.says.startswith("Your instructor: “See <strong>page 3</strong>: <math>")
    assert "script" not in only_comment.says
    assert line(Mark(0, 3), _answer=Said("No response.")).says == "No response."
    assert line(Mark(3, 3), _answer=Said("No response.")).says == ""
    assert line(Mark(3, 3, says="Right, if your step were right.")).says == "Right, if your step were right."


def test_a_sentence_is_text_and_not_long():
    assert prose("<b>`x<y`</b>") == "&lt;b&gt;<code>x&lt;y</code>&lt;/b&gt;"
    assert len(line(Mark(0, 3, says="far too long " * 100)).says) <= LONGEST + 2


def test_of_several_notebooks_all_sums_are_told():
    notebooks = {"language-model": Sum(6, 18, 4), "speech": Sum(10, 18), "tagging": Sum(0, 18, has_page=False)}
    marks = Marks({"speech-dtw": Mark(4, 4)}, notebooks=notebooks)
    found = summed(marks, "speech-dtw", lesson="08-applications", notebook="speech")
    assert found.all_sums == ("16 of 54 points", "4 points wait for a person")
    told = [(each.name, each.page, each.points, each.here) for each in found.notebooks]
    assert told == [
        ("Language model", "language-model.html", "6 of 18, 4 wait", False),
        ("Speech", "speech.html", "10 of 18", True),
        ("Tagging", "", "0 of 18", False),
    ]


def test_who_and_when():
    marks = Marks(student="Ada L", handed_in="1 May 2026, 09:00 UTC", due="30 April 2026, 22:00 UTC", late="11 hours")
    found = summed(marks)
    assert found.student == "Ada L (alice)"
    assert found.when == ("handed in 1 May 2026, 09:00 UTC, 11 hours late", "due 30 April 2026, 22:00 UTC")
    assert summed(replace(marks, rule="10 % a day")).when[2:] == ("handing in late: 10 % a day",)
    assert summed(Marks()).student == "alice"
