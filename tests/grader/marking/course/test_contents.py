"""Is everything in a folder listed or named, whatever lies there, without a file being opened?"""

from __future__ import annotations

import os

import pytest

from grader.marking.course.contents import CLOSED, DEEPEST, MOST_FILES, contents, in_bytes, is_below_a_link, printable
from tests.grader.marking.deep_folders import deep_folders
from tests.grader.marking.other_account import as_account, as_root, passable

TERABYTE = 10**12


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "submitted"
    write(folder / "mine.py", 10)
    write(folder / "data" / "big.txt", 1000)
    return folder


def write(path, size):
    """A file of so many bytes, of which the disk has none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.truncate(path, size)


def left_out(folder, **options):
    return {one.name: one.why for one in contents(folder, **options).left_out}


def names(found):
    return [file.name for file in found.files]


def test_plain_files_are_found_with_their_sizes(folder):
    found = contents(folder)
    assert [(file.name, file.size) for file in found.files] == [("data/big.txt", 1000), ("mine.py", 10)]
    assert found.left_out == []


def test_what_is_no_plain_file_is_named_and_nothing_behind_it_is_found(folder, tmp_path):
    write(tmp_path / "gradebook.db", 5)
    (folder / "marks").symlink_to(tmp_path / "gradebook.db")
    (folder / "all").symlink_to(tmp_path)
    os.link(tmp_path / "gradebook.db", folder / "data" / "mine.db")
    os.mkfifo(folder / "pipe")
    write(folder / "sparse.bin", TERABYTE)
    said = left_out(folder)
    for name, what in {"marks": "link", "all": "link", "data/mine.db": "hard link", "pipe": "pipe"}.items():
        assert what in said[name]
    assert said["sparse.bin"] == "1 TB; a file may have 100 MB"
    assert names(contents(folder)) == ["data/big.txt", "mine.py"]


def test_a_link_in_place_of_the_folder_is_empty(folder, tmp_path):
    (tmp_path / "eve").symlink_to(folder)
    assert names(contents(tmp_path / "eve")) == []


def test_names_that_are_no_text_and_endless_depth_are_named(folder):
    os.makedirs(os.fsencode(folder) + b"/d\xfft\x1b[31ma")
    with deep_folders(folder, 1500, "d" * 50):
        said = left_out(folder)
    assert said[r"d\xfft\x1b[31ma"] == "its name is not UTF-8"
    assert [why for name, why in said.items() if name.startswith("ddd")] == ["its path has more than 1000 bytes"]
    assert len(said) == 2


def test_a_tree_of_short_names_ends_too(tmp_path):
    with deep_folders(tmp_path, 1500, "d"):
        said = left_out(tmp_path)
    assert list(said.values()) == [f"{DEEPEST} folders deep; what lies deeper is not taken"]


def test_what_editors_leave_behind_is_neither_taken_nor_named(folder):
    write(folder / ".ipynb_checkpoints" / "x.ipynb", 3)
    assert names(contents(folder)) == ["data/big.txt", "mine.py"]
    assert left_out(folder) == {}


def test_the_smallest_are_taken_where_all_are_too_large_together(folder):
    write(folder / "model.pt", 70_000_000)
    found = contents(folder).within(64_000_000)
    assert names(found) == ["data/big.txt", "mine.py"]
    assert [str(one) for one in found.left_out] == [
        "model.pt: 70 MB; of all files together 64 MB are taken, the smallest first"
    ]


def test_of_very_many_some_are_taken_and_the_rest_is_one_line(folder):
    for number in range(MOST_FILES + 500):
        write(folder / "many" / f"{number:05}", 20)
    found = contents(folder).within(TERABYTE)
    assert len(found.files) == MOST_FILES
    [line] = found.left_out
    assert line.why == f"502 files more than the {MOST_FILES} that are taken"


def test_anothers_file_is_not_the_students(folder):
    assert left_out(folder, owners={os.getuid()}) == {}
    assert left_out(folder, owners={os.getuid() + 1}) == dict.fromkeys(
        ("data/big.txt", "mine.py"), "belongs to another account"
    )


@as_root
@pytest.mark.parametrize("rights", [0, 0o100, 0o200, 0o400])
def test_a_folder_inside_that_cannot_be_read_is_left_out(folder, tmp_path, rights):
    (folder / "data").chmod(rights)
    os.chown(folder / "data", 33, 33)
    with passable(tmp_path):
        found = as_account(33, lambda: contents(folder))
    assert [file.name for file in found.files] == ["mine.py"]
    assert {one.name: one.why for one in found.left_out}["data"] == CLOSED


@as_root
def test_a_file_that_cannot_be_read_is_left_out(folder, tmp_path):
    (folder / "data" / "big.txt").chmod(0)
    with passable(tmp_path):
        found = as_account(33, lambda: contents(folder))
    assert [file.name for file in found.files] == ["mine.py"]
    assert {one.name: one.why for one in found.left_out}["data/big.txt"] == CLOSED


@as_root
@pytest.mark.parametrize("rights", [0, 0o444])
def test_the_folder_itself_that_cannot_be_read_is_an_error(folder, tmp_path, rights):
    folder.chmod(rights)
    with passable(tmp_path):
        assert isinstance(as_account(33, lambda: contents(folder)), PermissionError)


@pytest.mark.parametrize(
    ("size", "words"), [(7, "7 bytes"), (1234, "1.23 kB"), (70 * 10**6, "70 MB"), (TERABYTE, "1 TB")]
)
def test_sizes_are_told_in_words(size, words):
    assert in_bytes(size) == words


def test_a_name_is_printed_without_control_characters_and_not_at_length():
    assert printable("a\x1b]8;;http://x\x07b\n") == r"a\x1b]8;;http://x\x07b\n"
    assert printable("日本.txt") == "日本.txt"
    assert len(printable("x" * 5000)) < 120


def test_a_link_above_a_path_is_seen(folder, tmp_path):
    (tmp_path / "eve").symlink_to(folder)
    assert is_below_a_link(tmp_path / "eve" / "mine.py", tmp_path)
    assert not is_below_a_link(folder / "mine.py", tmp_path)
