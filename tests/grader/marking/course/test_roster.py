"""Is a class read as lists of it are written, kept whole, and each student found by what an LMS knows of them?"""

from __future__ import annotations

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.roster import Roster, roster_of, roster_with, write_roster
from grader.marking.course.student_table import read_students
from grader.marking.course.students import Student

JORG = Student("jorg", "Jörg Müller", "jorg@example.org", "1001", "Müller")


@pytest.fixture
def read(tmp_path):
    def of(text):
        path = tmp_path / "students.csv"
        path.write_text(text, encoding="utf-8")
        return read_students(path)

    return of


@pytest.mark.parametrize(
    "text",
    [
        'id,name,email,lms_id\njorg,"Müller, Jörg",jorg@example.org,1001\n',
        "LMS ID;E-Mail;Nachname;Vorname;Student-ID\n1001;jorg@example.org;Müller;Jörg;jorg\n",
        "First name\tSurname\tUsername\tEmail address\tMoodle ID\nJörg\tMüller\tjorg\tjorg@example.org\t1001\n",
        "Student,ID,SIS User ID,SIS Login ID,Email\n    Points Possible,,,,\n"
        '"Müller, Jörg",1001,S1,jorg,jorg@example.org\n"Student, Test",9,,x,\n',
    ],
)
def test_heads_in_any_spelling_and_order_and_the_lists_of_an_lms(read, text):
    assert read(text).students == [JORG]


def test_gradescopes_list(read):
    found = read("First Name,Last Name,SID,Email,Role,Sections\nJörg,Müller,jorg,jorg@example.org,Student,A\n")
    assert found.students == [Student("jorg", "Jörg Müller", "jorg@example.org", "", "Müller")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,email\nA,a@b.c\n", "line 1: no column is called id"),
        ("id,name\n../x,A\n", "line 2, column “id”: '../x' cannot name a student's folder"),
        ("id,name\nok,A\n,B\n", "line 3, column “id”: '' cannot name a student's folder: it is empty"),
        ("id,name\na/b,A\n", "has a /"),
        ("id,name\na*,A\n", r"has a \*"),
        ("id,name\na\u202eb,A\n", "has a sign that cannot be seen"),
        ("id,E-mail\na,nobody\n", "line 2, column “E-mail”: 'nobody' is no e-mail address"),
        ("id,name\na,A\nb,B\na,C\n", "line 4: the id a is on line 2 too, with other entries"),
        ("id,name\na,A\nA,A\n", "with other capitals"),
        ("id,email\na,x@y\nb,X@y\n", "line 3: the e-mail X@y is that of the student on line 2 too"),
        ("id,lms_id\na,7\nb,7\n", "line 3: the number in the LMS 7 is that of the student on line 2 too"),
        ("id,name\nanna,Ott, Anna\n", "line 2, after column “name”: 1 more than there are columns"),
    ],
)
def test_a_fault_names_line_and_column(read, text, said):
    with pytest.raises(GraderError, match=said):
        read(text)


def test_the_same_line_twice_counts_once(read):
    found = read("id,name\na,A\na,A\n")
    assert [one.id for one in found.students] == ["a"]
    assert "taken once" in found.remarks[0]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Marie Curie", "Marie", "Curie"),
        ("Eva van der Berg", "Eva", "van der Berg"),
        ("李小龙", "", "李小龙"),
        ("", "", ""),
        ("de Boer", "de", "Boer"),
    ],
)
def test_first_and_last_name_where_only_one_is_told(name, first, last):
    one = Student("x", name)
    assert (one.first_name, one.last_name) == (first, last)


def test_a_last_name_that_is_written_first():
    one = Student("li", "李 小龙", last="李")
    assert (one.first_name, one.last_name, one.listed_name) == ("小龙", "李", "李, 小龙")


def test_the_list_is_kept_whole_and_for_its_owner_alone(tmp_path):
    course = Course(tmp_path / "course")
    assert roster_of(course) == Roster()
    there = roster_with([JORG, Student("eve", "=1+1", "", "", "=1+1"), Student("sam")])
    write_roster(course, there)
    assert roster_of(course) == there
    assert "'=1+1" in course.roster.read_text("utf-8-sig")
    assert course.roster.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in course.root.iterdir()] == ["roster.csv"]


def test_a_student_is_found_by_number_address_id_and_name():
    there = roster_with([JORG, Student("eva", "Eva van der Berg"), Student("eva2", "Berg Eva Van Der")])
    assert there.by_lms_id("1001") == there.by_email("JORG@example.org") == there.by_id("Jorg") == "jorg"
    assert there.by_name("Mueller, Joerg") == ["jorg"]
    assert there.by_name("van der Berg Eva") == ["eva", "eva2"]
    assert (there.name_of("jorg"), there.name_of("nobody"), there.by_email("")) == ("Jörg Müller", "", "")
