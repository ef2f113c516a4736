"""nbgrader's API on this course, with this project's configuration."""

from __future__ import annotations

import os
import re
import sysconfig
import warnings
from collections.abc import Mapping

from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from grader.checks.errors import GraderError
from grader.marking.course.paths import ROOT
from grader.marking.sandbox.bubblewrap import Limits


def course_config() -> Config:
    """What ``nbgrader_config.py`` says."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()


def course_api(limits: Limits | None = None, gpu: bool | None = None) -> NbGraderAPI:
    """nbgrader's API, configured by ``nbgrader_config.py`` whatever the working directory is.

    Args:
        limits: what a submission may use, in place of the configuration's.
        gpu: run notebooks where there is a GPU, in place of the configuration's.

    nbgrader starts ``alembic`` by its name, so the environment's programs are put on the path of this process.
    """
    programs = sysconfig.get_path("scripts")
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join((programs, os.environ.get("PATH", os.defpath)))
    warnings.filterwarnings("ignore", "Object of type", SAWarning)  # nbgrader's own queries, harmless
    config = course_config()
    if limits is not None:
        config.RunInSandbox.limits = limits
    if gpu is not None:
        config.RunInSandbox.gpu = gpu
    return NbGraderAPI(config=config)


def course_gradebook(api: NbGraderAPI) -> Gradebook:
    """The course's gradebook, to be used in a ``with`` statement."""
    return Gradebook(api.coursedir.db_url, api.coursedir.course_id)


def finished(result: Mapping, what: str) -> Mapping:
    """The result of an API call that succeeded.

    Raises:
        GraderError: it did not; the message says what, and the last line that nbgrader said about it.
    """
    if result["success"]:
        return result
    raise GraderError(f"{what}: {last_line(result)}")


def last_line(result: Mapping) -> str:
    """Why an API call failed, in a line: the exception that nbgrader logged, else the last line that it left."""
    logged = [line.strip() for line in (result.get("log") or "").splitlines() if re.match(r" {4}\w[\w.]*:? ", line)]
    left = (result.get("error") or result.get("log") or "").strip().splitlines()
    return (logged or left or ["nbgrader gave no reason"])[-1]
