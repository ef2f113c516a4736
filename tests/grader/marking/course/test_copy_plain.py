"""Is nothing copied but what was listed, though the student exchanges it meanwhile, and put in place in one step?"""

from __future__ import annotations

import errno
import os

import pytest

from grader.marking.course import copy_plain as copying
from grader.marking.course import swap_folders
from grader.marking.course.copy_plain import copy_plain
from grader.marking.course.swap_folders import put_in_place, remove_folder
from tests.grader.marking.deep_folders import deep_folders
from tests.grader.marking.other_account import as_root


@pytest.fixture
def source(tmp_path):
    source = tmp_path / "handed-in"
    source.mkdir()
    (source / "mine.txt").write_text("mine")
    return source


@pytest.fixture
def copied(source, tmp_path):
    """copied(): copy it; returns what was copied, and the draft."""

    def copy():
        draft = tmp_path / "draft"
        draft.mkdir()
        return copy_plain(source, draft, os.getuid(), wanted=lambda _: True, largest=1000, most=1500), draft

    return copy


def test_what_is_small_and_plain_is_copied_with_rights_of_its_own(source, copied):
    (source / "mine.txt").chmod(0o4755)
    (source / "large").write_bytes(b"x" * 1001)
    found, draft = copied()
    assert ([path.name for path in draft.iterdir()], (draft / "mine.txt").read_text()) == (["mine.txt"], "mine")
    assert (draft / "mine.txt").stat().st_mode & 0o7777 == 0o600
    assert draft.stat().st_mode & 0o7777 == 0o700
    assert [left.name for left in found.left_out] == ["large"]


def swap_for_a_link(path, secret):
    path.unlink()
    path.symlink_to(secret)


def swap_for_a_hard_link(path, secret):
    path.unlink()
    os.link(secret, path)


def grow(path, secret):
    path.write_text("much longer than it was")


@pytest.mark.parametrize("swap", [swap_for_a_link, swap_for_a_hard_link, grow])
def test_what_is_exchanged_after_it_was_listed_is_not_copied(source, copied, tmp_path, monkeypatch, swap):
    secret = tmp_path / "secret.key"
    secret.write_text("abcd")
    listed = copying.contents

    def list_then_swap(*given, **options):
        found = listed(*given, **options)
        swap(source / "mine.txt", secret)
        return found

    monkeypatch.setattr(copying, "contents", list_then_swap)
    with pytest.raises(OSError, match=r"changed while it was copied|Too many levels of symbolic links"):
        copied()


@as_root
def test_a_folder_exchanged_for_a_link_leads_to_nothing_of_anothers(source, copied, tmp_path, monkeypatch):
    """The instructor's own files behind it do not belong to the student."""
    (source / "data").mkdir()
    (source / "data" / "mine.txt").write_text("abcd")
    for path in (source, *source.rglob("*")):
        os.chown(path, 33, 33)
    (tmp_path / "instructors").mkdir()
    (tmp_path / "instructors" / "mine.txt").write_text("efgh")
    listed = copying.contents

    def list_then_swap(*given, **options):
        found = listed(*given, **options)
        os.rename(source / "data", tmp_path / "away")
        (source / "data").symlink_to(tmp_path / "instructors")
        return found

    monkeypatch.setattr(copying, "contents", list_then_swap)
    (tmp_path / "draft").mkdir()
    with pytest.raises(OSError, match="changed while it was copied"):
        copy_plain(source, tmp_path / "draft", 33, wanted=lambda _: True, largest=1000, most=1500)


@pytest.mark.parametrize("without", [False, True], ids=["exchanged", "renamed"])
def test_a_folder_takes_anothers_place(tmp_path, monkeypatch, without):
    """Also where the system cannot exchange two."""
    if without:
        monkeypatch.setattr(swap_folders.ctypes, "CDLL", lambda *_, **__: None)
    for name in ("draft", "place"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "text").write_text(name)
    put_in_place(tmp_path / "draft", tmp_path / "place")
    assert (tmp_path / "place" / "text").read_text() == "draft"
    assert (tmp_path / "draft" / "text").read_text() == "place"
    put_in_place(tmp_path / "draft", tmp_path / "new")
    assert (tmp_path / "new" / "text").read_text() == "place"


@pytest.mark.parametrize("without", [False, True], ids=["exchanged", "renamed"])
def test_what_cannot_be_put_in_place_leaves_it_as_it_was(tmp_path, monkeypatch, without):
    if without:
        monkeypatch.setattr(swap_folders.ctypes, "CDLL", lambda *_, **__: None)
    (tmp_path / "place").mkdir()
    with pytest.raises(OSError, match=os.strerror(errno.ENOENT)):
        put_in_place(tmp_path / "missing", tmp_path / "place")
    assert (tmp_path / "place").is_dir()


def test_folders_deeper_than_python_calls_itself_are_removed(tmp_path):
    (tmp_path / "old").mkdir()
    with deep_folders(tmp_path / "old", 1500, "deep"):
        remove_folder(tmp_path / "old")
        assert not (tmp_path / "old").exists()
        (tmp_path / "old").mkdir()
