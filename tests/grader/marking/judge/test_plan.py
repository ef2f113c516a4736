"""Are hidden seeds the same for the same submission, and unknown otherwise?"""

from grader.checks.task import all_tasks
from grader.marking.answers.references import recording
from grader.marking.judge.plan import DRAWS, drawn_seed, make_plan, submission_key

TASKS = list(all_tasks().values())


def test_the_same_submission_gets_the_same_cases():
    assert make_plan(b"s", "key", TASKS) == make_plan(b"s", "key", TASKS)


def test_another_submission_or_course_or_draw_gets_another_seed():
    seeds = {
        drawn_seed(secret, key, TASKS[0], "ordinary", number)
        for secret in (b"s", b"t")
        for key in ("a", "b")
        for number in range(DRAWS)
    }
    assert len(seeds) == 4 * DRAWS
    assert all(seed < 2**48 for seed in seeds)


def test_every_case_is_tried_with_a_recorded_seed_and_two_drawn_ones():
    for task in TASKS:
        plan = make_plan(b"s", "key", [task])[task.name]
        assert sorted(label for label, _ in plan) == sorted(3 * [case.label for case in task.cases])
        assert plan[::3] == list(recording(task.module).seeds[task.name].items())
        assert len({seed for _, seed in plan}) == len(plan)


def test_changed_code_is_another_submission():
    assert submission_key("01", ["x = 1"]) != submission_key("01", ["x = 2"])
    assert submission_key("01", ["x", "y"]) != submission_key("02", ["x", "y"]) != submission_key("02", ["xy"])
