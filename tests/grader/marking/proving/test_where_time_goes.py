"""Do table and picture say where the time goes, and can the picture be read?"""

from __future__ import annotations

import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from grader.marking.proving.where_time_goes import COLOURS, Bar, draw, in_words, mean, table
from grader.marking.sandbox.stage_times import STAGES

RIGHT = {"queue": (0.0, 0.5), "cells": (0.06, 0.08), "referee": (0.01, 0.02)}
MIXED = RIGHT | {"naming": (0.2, 0.3)}


def test_a_stage_that_some_go_through_is_shared_by_all():
    assert mean([RIGHT, MIXED])["naming"] == (0.1, 0.15)
    assert mean([RIGHT, RIGHT]) == RIGHT
    assert mean([]) == {}


def test_the_table_has_a_row_for_every_stage_and_their_sum():
    lines = [line.split() for line in table({"right": RIGHT, "mistakes": MIXED}).splitlines()]
    assert lines[0] == ["right", "mistakes"]
    assert [" ".join(line[:-4]) for line in lines[1:]] == [*STAGES, "together"]
    assert lines[1 + STAGES.index("naming")][-4:] == ["0", "(0)", "200", "(300)"]
    assert lines[-1] == ["together", "70", "(600)", "270", "(900)"]


def test_every_stage_that_takes_processors_time_has_a_colour_that_stands_out_from_white():
    def luminance(colour):
        parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    assert [*COLOURS] == [stage for stage in STAGES if stage != "queue"]
    assert len(set(COLOURS.values())) == len(COLOURS)
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour in COLOURS.values())


def test_the_picture_is_drawn_and_carries_its_words(tmp_path):
    bars = [Bar("01: all right", RIGHT, 0.04), Bar("01: as classes are", MIXED, 0.04)]
    path = tmp_path / "new" / "stages.png"
    draw(bars, path)
    with Image.open(path) as picture:
        words = picture.text["Description"]
    assert words == in_words(bars)
    assert "01: as classes are 270 ms, most of it naming" in words
    assert "01: all right 70 ms, most of it cells" in words


@pytest.mark.parametrize("stage", COLOURS)
def test_each_stage_is_seen_in_the_picture(tmp_path, stage):
    draw([Bar("a class", {stage: (0.5, 0.5)}, 0.1)], tmp_path / "one.png")
    with Image.open(tmp_path / "one.png") as picture:
        found = picture.convert("RGB").getcolors(2**24)
    wanted = tuple(round(255 * part) for part in to_rgb(COLOURS[stage]))
    assert max(count for count, colour in found if colour == wanted) > 5000
