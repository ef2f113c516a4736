"""Is one gradebook open during a run, for nbgrader's steps as for ours, and is it saved all at once?"""

from __future__ import annotations

import importlib
import inspect
from types import CodeType

import pytest
from nbgrader.api import Gradebook

from grader.marking.course.course import COURSE_ID
from grader.marking.steps.nbgrader_adapter import AutogradeInParts, course_config
from grader.marking.steps.shared_gradebook import NBGRADERS_USERS, open_gradebook, shared_gradebook

LESSON = "01-srn"


@pytest.fixture
def shared(released):
    with shared_gradebook(released.db_url, COURSE_ID) as gradebook:
        yield gradebook


# --- nbgrader's side ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NBGRADERS_USERS)
def test_nbgraders_module_looks_its_gradebook_up_under_that_name(name):
    module = importlib.import_module(name)
    assert getattr(module, "Gradebook", None) is Gradebook, f"{name} has no Gradebook any more: mend shared_gradebook"


def test_no_other_code_of_nbgraders_would_open_a_gradebook_of_its_own(course):
    """What the converter and the configured steps run, their own or inherited: who names `Gradebook` there?"""
    config = course_config(course).Autograde
    kinds = [AutogradeInParts, *config.sanitize_preprocessors, *config.autograde_preprocessors]
    found = {function.__module__ for kind in kinds for function in functions_of(kind) if names(function, "Gradebook")}
    assert {module for module in found if module.startswith("nbgrader.")} == set(NBGRADERS_USERS)


def functions_of(kind):
    """The functions that objects of a class run: of each name the nearest; where it asks `super`, the next one too."""
    for name in dir(kind):
        for owner in kind.__mro__:
            function = inspect.unwrap(getattr(vars(owner).get(name), "__func__", vars(owner).get(name)))
            if inspect.isfunction(function):
                yield function
                if not names(function, "super"):
                    break


def names(function, name):
    """Does a function's code, or that of a function inside it, use this name?"""

    def inside(code):
        return name in code.co_names or any(inside(part) for part in code.co_consts if isinstance(part, CodeType))

    return inside(function.__code__)


@pytest.mark.parametrize("name", NBGRADERS_USERS)
def test_during_a_run_nbgraders_module_gets_the_shared_one(released, name):
    module = importlib.import_module(name)
    with shared_gradebook(released.db_url, COURSE_ID) as shared:
        assert module.Gradebook("sqlite:///another.db") is shared
    assert module.Gradebook is Gradebook


def test_a_run_that_breaks_off_gives_everybody_their_own_again(released):
    def broken():
        with shared_gradebook(released.db_url, COURSE_ID):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert all(importlib.import_module(name).Gradebook is Gradebook for name in NBGRADERS_USERS)
    with open_gradebook(released.db_url) as gradebook:
        assert type(gradebook) is Gradebook


# --- ours -----------------------------------------------------------------------------------------------------------


def test_our_own_steps_get_the_shared_one_too_and_leave_it_open(released, shared):
    with open_gradebook(released.db_url) as first:
        assert first is shared
    with open_gradebook(released.db_url) as second:
        assert second is shared
        assert second.find_assignment(LESSON)


def test_outside_a_run_each_opens_its_own(released):
    with open_gradebook(released.db_url) as gradebook:
        assert type(gradebook) is Gradebook
        assert gradebook.find_assignment(LESSON)


def students(released):
    """Who is in the gradebook, as another program sees it."""
    with Gradebook(released.db_url) as gradebook:
        return {student.id for student in gradebook.students}


def test_what_steps_save_is_there_for_others_when_the_run_saves(released, shared):
    shared.add_student("alice")
    shared.db.commit()  # as nbgrader's steps do, each for itself
    assert students(released) == set()
    shared.save()
    assert students(released) == {"alice"}


def test_what_is_undone_was_never_there(released, shared):
    shared.add_student("alice")
    shared.db.commit()
    shared.undo()
    shared.add_student("bob")
    shared.save()
    assert students(released) == {"bob"}


def test_what_was_not_saved_is_lost_with_the_run(released):
    with shared_gradebook(released.db_url, COURSE_ID) as shared:
        shared.add_student("alice")
        shared.db.commit()
    assert students(released) == set()
