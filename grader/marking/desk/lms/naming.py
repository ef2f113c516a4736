r"""Whose file that is, by the name that an LMS gives it in a download.

Canvas   ottanna_LATE_1001_55_01-srn.ipynb: sortable name in small letters without signs, LATE, user, attachment, file
         (`lib/content_zipper.rb`); `_text.html` and `_link.html` where no file was handed in
Moodle   Anna Ott_204_assignsubmission_file_/01-srn.ipynb, since 4.1 without the last underscore; with "download in
         folders" off Anna Ott_204_assignsubmission_file_01-srn.ipynb (`mod/assign/classes/downloader.php`). The number
         is that of the participant in the assignment, and no user's
another  what ``FileNameCollectorPlugin.named_regexp`` in ``nbgrader_config.py`` says

nbgrader's collector reads a file's name by one regular expression and takes notebooks alone; it serves where a course
configures one. Moodle's and Gradescope's folders it cannot tell apart, and `nbgrader zip_collect` around it unpacks
without limits, takes whatever stands in the name for a student's id, and removes an older submission first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from nbgrader.plugins import FileNameCollectorPlugin

System = Literal["Canvas", "Moodle", "Gradescope", "named", "file"]
CANVAS = re.compile(
    r"(?:(?P<name>\w*?[^\W\d_]\w*?)_)??(?P<late>LATE_)?(?P<user>\d+|anon_[^\W_]+)_"
    r"(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<text>(?:text|link)\.html))"
)
MOODLE = re.compile(
    r"(?P<name>[^/_]*)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_?/(?P<below>.+)|_(?P<file>[^/]+))"
)
BLIND = re.compile(r"(Participant|Teilnehmer/in|Teilnehmer|Participante?) ?", re.IGNORECASE)
"""What Moodle calls everybody where marking is blind."""


@dataclass(frozen=True)
class Person:
    """What a download says of whose file it is; each "" where it does not.

    Attributes:
        name: the name, in whatever spelling and order.
        lms_id: the user's number in the LMS.
        email: the address.
        id: what may be the id itself.
        participant: Moodle's number of the participant in the assignment.
    """

    name: str = ""
    lms_id: str = ""
    email: str = ""
    id: str = ""
    participant: str = ""


@dataclass(frozen=True)
class Named:
    """What the name of a file says.

    Attributes:
        system: whose way of naming it is.
        upload: what the files of one student have in common.
        people: who handed it in.
        file: what the student called the file; "" where it is a text that was typed in place of a file.
        late: does the LMS say that it is late? None: it says nothing of it.
    """

    system: System
    upload: str
    people: tuple[Person, ...]
    file: str
    late: bool | None = None


def named(path: str, collector: FileNameCollectorPlugin | None = None) -> Named | None:
    """What the path of a file in a download says, by the course's own collector, Moodle's or Canvas's way of naming.

    Canvas puts all files side by side: a path with a folder is none of Canvas's.

    Returns:
        None: it is named by neither.
    """
    return (collector and _by_collector(path, collector)) or _by_moodle(path) or _by_canvas(path)


def _by_collector(path: str, collector: FileNameCollectorPlugin) -> Named | None:
    found: dict[str, Any] | None = collector.collect(path)
    if not found:
        return None
    student = str(found.get("student_id") or "")
    name = f"{found.get('first_name') or ''} {found.get('last_name') or ''}".strip()
    person = Person(name, student, str(found.get("email") or ""), student)
    file = str(found.get("file_id") or "").rpartition("/")[2]
    ending = "." + path.rpartition(".")[2]
    return Named("named", student, (person,), file if file.endswith(ending) else file + ending)


def _by_moodle(path: str) -> Named | None:
    parts = path.split("/")
    for at in range(len(parts)):
        if found := MOODLE.fullmatch("/".join(parts[at:])):
            name = "" if BLIND.fullmatch(found["name"]) else found["name"]
            person = Person(name.strip(), participant=found["user"])
            typed = found["kind"] != "file"
            file = "" if typed else found["below"] or found["file"]
            return Named("Moodle", f"{found['name']}_{found['user']}", (person,), file)
    return None


def _by_canvas(path: str) -> Named | None:
    found = CANVAS.fullmatch(path)
    if not found or not (found["name"] or found["user"].startswith("anon_")):
        return None
    anonymous = found["user"].startswith("anon_")
    person = Person(found["name"] or "", "" if anonymous else found["user"])
    upload = "_".join(filter(None, (found["name"], found["user"])))
    return Named("Canvas", upload, (person,), found["file"] or "", bool(found["late"]))
