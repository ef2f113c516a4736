"""Is a table read as Excel and others write it, and is what cannot be one named?"""

from __future__ import annotations

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.csv_table import guarded, plain_head, read_table, unguarded

ROWS = [["id", "name"], ["jorg", "Müller, Jörg"], ["ana", "Peña; Ana"]]


def written(delimiter):
    quoted = [[f'"{cell}"' if {",", ";"} & set(cell) else cell for cell in row] for row in ROWS]
    return "\r\n".join(delimiter.join(row) for row in quoted) + "\r\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_delimiters_and_encodings_are_found(tmp_path, delimiter, encoding):
    path = tmp_path / "class.csv"
    path.write_bytes(written(delimiter).encode(encoding))
    table = read_table(path, known=["id", "name"])
    assert [table.heads, *(cells for _, cells in table.rows)] == ROWS
    assert [line for line, _ in table.rows] == [2, 3]


def test_excel_says_the_delimiter_in_the_first_line_and_lines_are_counted_as_an_editor_does(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text('sep=;\nid;name\n\nann;"two\nlines"\nbob;x\n')
    assert read_table(path).rows == [(4, ["ann", "two\nlines"]), (6, ["bob", "x"])]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"\n\n", "is empty"), (b"PK\x03\x04xlsx", "Save As"), (b"a\0\0\0\xff\xfe\0", "is no text")],
)
def test_what_is_no_table_is_named(tmp_path, content, said):
    path = tmp_path / "class.csv"
    path.write_bytes(content)
    with pytest.raises(GraderError, match=said):
        read_table(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(GraderError, match="cannot be read"):
        read_table(tmp_path / "class.csv")


def test_heads_are_compared_without_case_accents_and_signs():
    assert [plain_head(head) for head in (" E-Mail Address", "Prénom", "LMS_ID")] == ["emailaddress", "prenom", "lmsid"]


@pytest.mark.parametrize("text", ["=1+1", "-x", "+1", "@me", "Anna", "'s Gravenhage", "O'Neil"])
def test_what_would_be_a_formula_is_guarded_and_read_back(text):
    assert guarded(text)[0] not in "=+-@"
    assert unguarded(guarded(text)) == text
