"""Whatever stands in timestamp.txt: is it a time, or told in a sentence, and nothing else?"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.marking.autograde.obstacles import _bad_timestamp, _wrong_kind
from grader.marking.course.times import EXAMPLE, read_time
from tests.grader.marking.other_account import as_account, as_root, passable

WORDS = (
    "2024-02-29", "25:61", "12:00:00.5", "UTC", "EST5EDT", "+99999999999", "-1", "am", "Jan", "99999999999999999999",
    "T", "Z", ":", ".", ",", "-", "/", "\0", "0x", "1e9", "%", "..", "/etc/passwd", "W53", "10:", "2024-W01",
)  # fmt: skip
texts = st.text(max_size=20) | st.text("0123456789:-+./TZ aJn", max_size=20)
nearly = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=5)
times = st.datetimes().map(str)


def said(content: bytes) -> str:
    """What is said of a file with this content."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "timestamp.txt"
        path.write_bytes(content)
        return _bad_timestamp(path)


def holds(content: bytes) -> None:
    sentence = said(content)
    if sentence:
        assert sentence.startswith(("timestamp.txt: ", "timestamp.txt has "))
        assert len(sentence) < 200
        assert "\n" not in sentence
    else:
        read_time(content.decode("utf-8", "replace").strip() or "2000-01-01 00:00")


@settings(max_examples=300, deadline=None)
@given(texts | nearly.map(" ".join) | nearly.map("".join) | times)
def test_any_text_is_a_time_or_told(text):
    holds(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=30))
def test_any_bytes_are_a_time_or_told(content):
    holds(content)


@pytest.mark.parametrize("text", ["", "2024-02-29 10:30:00.5 UTC", "2024-02-29 10:30:00 Europe/Berlin"])
def test_a_time_is_one(text):
    assert said(text.encode()) == ""


@pytest.mark.parametrize("text", ["25:61" + "9" * 40, "9" * 20, "soon", "10:30", "05/06/2026 11:58 PM"])
def test_what_is_none_is_told(text):
    assert said(text.encode()) == f"timestamp.txt: {text!r} is not a time like {EXAMPLE}; correct it or remove the file"


@pytest.mark.parametrize("zone", ["CST", "PST", "CEST", "PM"])
def test_a_zone_that_is_none_is_told(zone):
    assert f"{zone!r} is no time zone, or more than one" in said(f"2026-05-06 11:58:00 {zone}".encode())


def test_of_megabytes_the_size_is_told_at_once():
    assert said(b"9" * 2_000_000).startswith("timestamp.txt has 2 MB, and is not a time")


def test_a_folder_is_no_time(tmp_path):
    (tmp_path / "timestamp.txt").mkdir()
    assert _bad_timestamp(tmp_path / "timestamp.txt").startswith("timestamp.txt is a folder")


@as_root
def test_a_folder_that_may_not_be_looked_into_is_no_obstacle(tmp_path):
    """It is left out by name, and the lesson's own files are put into its place."""
    (tmp_path / "data").mkdir(mode=0)
    with passable(tmp_path):
        assert as_account(33, lambda: _wrong_kind("01-srn", tmp_path)) == ""
