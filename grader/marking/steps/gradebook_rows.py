"""The gradebook's rows of one lesson: read, copied to another gradebook, and changed all together or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nbgrader.api import Base
from sqlalchemy import Connection, Table, create_engine, select
from sqlalchemy.exc import DatabaseError

from grader.checks.errors import GraderError
from grader.marking.steps.shared_gradebook import WAIT_SECONDS

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]
"""Name of a table → primary key → the row."""
DEFINITIONS = (
    *("course", "assignment", "notebook", "base_cell"),
    *("grade_cells", "solution_cells", "task_cells", "source_cell"),
)
"""What a release writes, of all lessons."""
MARKS = ("student", "submitted_assignment", "submitted_notebook", "grade", "comment")
"""What marking writes; each table comes after those that it refers to."""
Edit = tuple[str, str]
"""The table and the primary key of a row that is added, changed or removed."""


def _table(name: str) -> Table:
    table: Table = Base.metadata.tables[name]
    return table


@contextmanager
def opened(db_url: str, *, to_write: bool = False) -> Iterator[Connection]:
    """A connection in one transaction, in which others change nothing; what was written counts after `commit`.

    Raises:
        GraderError: the gradebook cannot be used, as where another program has locked it.
    """
    is_sqlite = db_url.startswith("sqlite")
    options: dict[str, Any] = (
        {"connect_args": {"timeout": WAIT_SECONDS}} if is_sqlite else {"isolation_level": "SERIALIZABLE"}
    )
    engine = create_engine(db_url, **options)
    try:
        with engine.connect() as connection:
            if is_sqlite:  # its driver begins a transaction with the first change only
                connection.exec_driver_sql("BEGIN IMMEDIATE" if to_write else "BEGIN")
            yield connection
    except DatabaseError as failure:
        raise GraderError(f"the gradebook cannot be used: {failure.orig}; is another program using it?") from None
    finally:
        engine.dispose()


def rows_of(connection: Connection, lesson: str) -> Rows:
    """What a gradebook has of a lesson: its cells and its marks, all students; and all lessons' cells."""
    found = {name: _rows(connection, _table(name)) for name in (*DEFINITIONS, "student")}
    assignment = [key for key, row in found["assignment"].items() if row["name"] == lesson]
    submissions = _rows(connection, _table("submitted_assignment"), assignment_id=assignment)
    notebooks = _rows(connection, _table("submitted_notebook"), assignment_id=submissions)
    found |= {"submitted_assignment": submissions, "submitted_notebook": notebooks}
    return found | {name: _rows(connection, _table(name), notebook_id=notebooks) for name in ("grade", "comment")}


def _rows(connection: Connection, table: Table, **where: Any) -> dict[str, Row]:
    """The rows of a table whose column is one of these values; all, where none is named."""
    [key] = table.primary_key.columns
    rows = (dict(row) for row in connection.execute(select(table)).mappings())
    for column, values in where.items():
        values = set(values)
        rows = (row for row in rows if row[column] in values)  # SQLite takes no list of thousands
    return {str(row[key.name]): row for row in rows}


def copy_rows(rows: Rows, db_url: str) -> None:
    """Make a new gradebook with these rows."""
    engine = create_engine(db_url)
    try:
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            for name in (*DEFINITIONS, *MARKS):
                if rows[name]:
                    connection.execute(_table(name).insert(), list(rows[name].values()))
    finally:
        engine.dispose()


def edits(before: Rows, after: Rows) -> list[Edit]:
    """The marks' rows that differ."""
    return [
        (name, key)
        for name in MARKS
        for key in {**before[name], **after[name]}
        if before[name].get(key) != after[name].get(key)
    ]


def differ(one: Rows, other: Rows) -> bool:
    """Does anything of the lesson differ? Another student's row does not matter, nor do other lessons' cells."""
    return any(_of_lesson(one, name) != _of_lesson(other, name) for name in (*DEFINITIONS, *MARKS))


def _of_lesson(rows: Rows, name: str) -> Mapping[str, Row]:
    """The rows of a table on which marks of the lesson depend."""
    if name == "student":
        return {key: {} for key in {row["student_id"] for row in rows["submitted_assignment"].values()}}
    return rows[name]


def apply(connection: Connection, before: Rows, after: Rows) -> None:
    """Write the marks' rows that differ; whoever calls commits."""
    changed = edits(before, after)
    for name, key in reversed(changed):
        if key not in after[name]:
            connection.execute(_table(name).delete().where(_key(name) == key))
    for name, key in changed:
        if key in before[name] and key in after[name]:
            connection.execute(_table(name).update().where(_key(name) == key).values(after[name][key]))
        elif key in after[name]:
            connection.execute(_table(name).insert(), after[name][key])


def _key(name: str) -> Any:
    [key] = _table(name).primary_key.columns
    return key


def are_applied(connection: Connection, changed: list[Edit], after: Rows) -> bool:
    """Are those rows there as they should be?"""
    now = {name: _rows(connection, _table(name)) for name in {name for name, _ in changed}}
    return all(now[name].get(key) == after[name].get(key) for name, key in changed)
