"""Is a guess compared with what came out, and is nothing said of one that was not made?"""

from solutions.toolbox.experiments.guesses import compared


def test_numbers_are_compared_by_a_factor_and_words_by_being_right():
    guessed = {"size 0.5": 0.1, "size 1": "fades", "size 1.4": "grows", "size 2": None}
    measured = {"size 0.5": 0.025, "size 1": "stays", "size 1.4": "Grows", "size 2": 3.0}
    assert compared(guessed, measured).splitlines() == [
        "size 0.5: you guessed 0.1; it is 0.025 (4.0 times too much)",
        "size 1: you guessed fades; it is stays",
        "size 1.4: you guessed grows; it is Grows: right",
        "size 2: not guessed; it is 3",
    ]


def test_too_little_and_units_and_what_has_no_factor():
    assert compared({"a": 2, "b": 0, "c": 5}, {"a": 6, "b": 1, "c": 5}, "steps").splitlines() == [
        "a: you guessed 2 steps; it is 6 steps (3.0 times too little)",
        "b: you guessed 0 steps; it is 1 steps",
        "c: you guessed 5 steps; it is 5 steps: right",
    ]


def test_without_a_guess_it_is_said_how_to_make_one():
    assert "in place of None" in compared({"a": None}, {"a": 3.0, "b": 4.0})
