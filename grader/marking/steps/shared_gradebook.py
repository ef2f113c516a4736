"""One open gradebook for a whole run, in place of the many that nbgrader opens for every submission.

Each of nbgrader's steps opens the database, queries, commits and closes, which takes longer than a notebook's code.
Inside `shared_gradebook` all of them get the same open gradebook, and what they save becomes one transaction: a
submission's marks are in the gradebook all together, or not at all.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.orm import scoped_session, sessionmaker

WAIT_SECONDS = 10
"""How long to wait where another program has locked the database."""
NBGRADERS_USERS = (
    "nbgrader.converters.autograde",
    "nbgrader.preprocessors.overwritekernelspec",
)
"""nbgrader's modules whose ``Gradebook`` is replaced during a run; this project's steps call `open_gradebook`."""

_open: list[Gradebook] = []


class SharedGradebook(Gradebook):
    """A gradebook that `close` leaves open, and that commits only in `save`."""

    def __init__(self, db_url: str, course_id: str) -> None:
        super().__init__(db_url, course_id)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _set_busy_timeout)
            self.engine.dispose()  # connections opened before that have no timeout
        self.db: Any
        self.db.remove()
        # a lesson's rows are queried once: without expiry, referenced rows are not read again after each commit
        self.db = scoped_session(sessionmaker(bind=self.engine, future=True, expire_on_commit=False))
        self._commit, self.db.commit = self.db.commit, self.db.flush

    def save(self) -> None:
        """Commit all changes since the last `save`."""
        self._commit()

    def undo(self) -> None:
        """Roll back all changes since the last `save`."""
        self.db.rollback()

    def close(self) -> None:
        """Does nothing: other steps still use it."""

    def finish(self) -> None:
        """Close it at the end of a run."""
        super().close()


def _set_busy_timeout(connection: Any, _: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {1000 * WAIT_SECONDS}")


@contextmanager
def shared_gradebook(db_url: str, course_id: str) -> Iterator[SharedGradebook]:
    """Inside, all steps in this process get this one gradebook. For one thread at a time."""
    shared = SharedGradebook(db_url, course_id)
    modules: list[Any] = [importlib.import_module(name) for name in NBGRADERS_USERS]
    _open.append(shared)
    try:
        for module in modules:
            module.Gradebook = lambda *_, **__: shared
        yield shared
    finally:
        for module in modules:
            module.Gradebook = Gradebook
        _open.remove(shared)
        shared.finish()


def open_gradebook(db_url: str) -> Gradebook:
    """The shared gradebook during a run, otherwise a new one. To be used in a ``with`` statement."""
    return _open[-1] if _open else Gradebook(db_url)
