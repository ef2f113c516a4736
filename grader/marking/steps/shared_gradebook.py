"""One open gradebook for a whole run, in place of the many that nbgrader opens for every submission.

nbgrader's steps each open the database, ask, save and close; that costs more time than a notebook's
code. During `shared_gradebook` all of them are given the same open one, and what they save becomes one
transaction: a submission's marks are in the gradebook all together, or not at all.
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
"""How long to wait where another program holds the database."""
NBGRADERS_USERS = (
    "nbgrader.converters.autograde",
    "nbgrader.preprocessors.overwritekernelspec",
    "nbgrader.preprocessors.latesubmissions",
)
"""nbgrader's modules whose ``Gradebook`` is the shared one during a run; this project's own ask `open_gradebook`."""

_open: list[Gradebook] = []


class SharedGradebook(Gradebook):
    """A gradebook that stays open when it is closed, and saves when `save` says so."""

    def __init__(self, db_url: str, course_id: str) -> None:
        super().__init__(db_url, course_id)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _be_patient)
            self.engine.dispose()  # what is open was opened before that
        self.db: Any
        self.db.remove()
        # what a lesson consists of is asked for once: objects that are in use are not read anew after each commit
        self.db = scoped_session(sessionmaker(bind=self.engine, future=True, expire_on_commit=False))
        self._commit, self.db.commit = self.db.commit, self.db.flush

    def save(self) -> None:
        """Make what was changed since the last time permanent, all together."""
        self._commit()

    def undo(self) -> None:
        """Forget what was changed since the last time."""
        self.db.rollback()

    def close(self) -> None:
        """Nothing: others still use it."""

    def finish(self) -> None:
        """Close it."""
        super().close()


def _be_patient(connection: Any, _: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {1000 * WAIT_SECONDS}")


@contextmanager
def shared_gradebook(db_url: str, course_id: str) -> Iterator[SharedGradebook]:
    """The gradebook that everybody in this process gets meanwhile. For one thread at a time."""
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
    """The shared gradebook during a run, otherwise one of one's own. To be used in a ``with`` statement."""
    return _open[-1] if _open else Gradebook(db_url)
