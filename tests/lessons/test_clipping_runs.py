"""Are lesson 03's stored trainings complete, is each way of training tuned equally, and does its script go on?"""

import importlib.util
import json
from collections import Counter

import pytest

from solutions.toolbox.experiments.seeds import SEEDS
from tests.lessons.conftest import ROOT

LESSON = ROOT / "lessons" / "03-clipping"


@pytest.fixture(scope="module")
def long_run():
    spec = importlib.util.spec_from_file_location("clipping_long_run", LESSON / "long_run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stored(name):
    return json.loads((LESSON / "data" / name).read_text(encoding="utf-8"))["results"]


def test_each_way_has_seven_learning_rates_and_all_seeds():
    rows = stored("optimizers.json")
    assert set(Counter((row["start"], row["optimizer"], row["clipped"]) for row in rows).values()) == {7}
    assert {len(row["test_errors"]) for row in rows} == {len(SEEDS)}


def test_clipped_and_not_clipped_have_the_same_learning_rates():
    rates = {}
    for row in stored("optimizers.json"):
        rates.setdefault((row["start"], row["optimizer"]), {}).setdefault(row["clipped"], []).append(row["lr"])
    assert all(ways[True] == ways.get(False, ways[True]) for ways in rates.values())


def test_what_is_stored_is_what_the_script_runs(long_run):
    settings = list(long_run.optimizers())
    assert [{name: row[name] for name in settings[0]} for row in stored("optimizers.json")] == settings
    assert all(any(row.items() >= each.items() for row in stored("long_run.json")) for each in long_run.lengths())


def test_a_run_that_was_cut_off_goes_on_with_the_seeds_that_are_missing(long_run, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"results": [{"lr": 1, "test_errors": [0.5, None]}]}))
    ran = []
    long_run.complete(path, {}, [{"lr": 1}], lambda setting, seed: ran.append(seed) or {"test_errors": seed})
    assert ran == list(SEEDS[2:])
    assert json.loads(path.read_text())["results"] == [{"lr": 1, "test_errors": [0.5, None, *SEEDS[2:]]}]
