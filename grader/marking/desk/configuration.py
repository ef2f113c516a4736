"""What this course changes in nbgrader: its steps, its pages, where its folders lie.

``nbgrader_config.py`` in the clone calls it, so that `nbgrader autograde`, its API and Formgrader's button all mark
with this grader.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import cast

from nbgrader.preprocessors import ClearOutput, IgnorePattern, LimitOutput, OverwriteKernelspec
from nbgrader.server_extensions.formgrader.handlers import template_path
from traitlets.config import Config

from grader.checks.errors import GraderError
from grader.checks.visible import visible
from grader.marking.course.course import Course
from grader.marking.course.paths import LESSON_FOLDER, ROOT
from grader.marking.course.rights import protect
from grader.marking.course.version import LEFT_BEHIND
from grader.marking.desk.course_generate import CourseGenerate
from grader.marking.feedback.pages import TEMPLATES
from grader.marking.feedback.pages.exporter import LimitedExporter, PageExporter, highlight_code, safe_ansi
from grader.marking.feedback.pages.files import leave_only_pages
from grader.marking.feedback.pages.markdown import safe_markdown
from grader.marking.feedback.pages.notebook import SafeNotebook
from grader.marking.steps.add_due_date import add_due_date
from grader.marking.steps.add_earlier_solutions import add_earlier_solutions
from grader.marking.steps.course_autograde import CourseAutograde
from grader.marking.steps.find_near_work import FindNearWork
from grader.marking.steps.follow_through import FollowThrough
from grader.marking.steps.keep_journal import keep_journal
from grader.marking.steps.late_penalty import AssignCoursePenalties, CourseLateRule, ExportWithPenalties
from grader.marking.steps.mark import Mark
from grader.marking.steps.name_other_files import NameOtherFiles
from grader.marking.steps.nbgrader_adapter import (
    configured_course,
    generate_with,
    is_ours,
    mark_with,
    may_touch,
    show_submissions_with,
    steps_of_release,
)
from grader.marking.steps.plain_collect import PlainCollect
from grader.marking.steps.release_each_page import ReleaseEachPage
from grader.marking.steps.restore_cells import RestoreCells
from grader.marking.steps.run_in_sandbox import RunInSandbox
from grader.marking.steps.save_verdicts import SaveVerdicts
from grader.marking.steps.seal_reports import SealReports
from grader.marking.steps.set_links_aside import set_links_aside
from grader.marking.steps.strict_notebook_exporter import StrictNotebookExporter

_last: dict[Course, Config] = {}
"""The configuration of a course as it was made last in this process."""


def configure(c: Config) -> None:
    """Put this course's configuration into nbgrader's.

    Where the course's settings cannot be used, nbgrader would log that and go on without this configuration: with
    another gradebook, and without the sandbox. So its commands end; a server that runs keeps what it had, and marks
    nothing.

    Raises:
        GraderError: the settings cannot be used, as our own commands tell it.
        SystemExit: the same, for nbgrader.
    """
    course = configured_course()
    try:
        _configure(c, course)
    except GraderError as why:
        if is_ours():
            raise
        if course not in _last:
            raise SystemExit(f"✗ {visible(str(why))}") from None
        logging.getLogger("grader.settings").error("%s", visible(str(why)))
        c.merge(_last[course])
    else:
        _last[course] = cast(Config, c.copy())


def _configure(c: Config, course: Course) -> None:
    if may_touch():
        course.root.mkdir(parents=True, exist_ok=True)
        protect(course)

    c.CourseDirectory.course_id = course.id
    c.CourseDirectory.root = str(ROOT)
    c.CourseDirectory.source_directory = str(LESSON_FOLDER)
    c.CourseDirectory.release_directory = str(course.release)
    c.CourseDirectory.submitted_directory = str(course.submitted)
    c.CourseDirectory.autograded_directory = str(course.autograded)
    c.CourseDirectory.feedback_directory = str(course.feedback)
    # nbgrader's defaults, macOS's copies, and editors' backups: those of a notebook hold its answers
    c.CourseDirectory.ignore = [*LEFT_BEHIND, "*.pyc", "feedback", "._*", "*~", ".*.sw?", "#*#"]
    c.CourseDirectory.db_url = course.db_url
    keep_journal(course, c)
    c.Exchange.root = str(course.exchange)
    c.NbGraderAPI.timezone = course.settings.timezone if course.settings else "UTC"
    c.ExchangeFactory.collect = PlainCollect
    downloaded = str(course.downloaded).replace("{", "{{").replace("}", "}}")
    c.ZipCollectApp.collect_directory_structure = downloaded + "/{assignment_id}/{collect_step}"
    c.ExchangeFactory.release_feedback = ReleaseEachPage
    c.ReleaseEachPage.course = course

    generate_with(CourseGenerate)
    c.GenerateAssignment.preprocessors = steps_of_release()
    c.GenerateAssignment.post_convert_hook = partial(complete_release, course)

    mark_with(CourseAutograde)
    c.CourseAutograde.course = course
    c.Autograde.pre_convert_hook = set_links_aside
    c.Autograde.exporter_class = StrictNotebookExporter
    c.StrictNotebookExporter.course = course
    # no CheckCellMetadata: RestoreCells writes these metadata itself, from the gradebook
    c.Autograde.sanitize_preprocessors = [ClearOutput, NameOtherFiles, RestoreCells, OverwriteKernelspec]
    c.Autograde.autograde_preprocessors = [
        RunInSandbox,
        FollowThrough,
        Mark,
        SealReports,
        IgnorePattern,
        LimitOutput,
        FindNearWork,
        SaveVerdicts,
        AssignCoursePenalties,
    ]
    c.CourseStep.course = course
    c.AssignLatePenalties.plugin_class = CourseLateRule
    c.CourseLateRule.course = course
    c.ExportApp.plugin_class = ExportWithPenalties

    # Both pages that show a submission, feedback and Formgrader's, made safe to open: see feedback/pages.
    c.HTMLExporter.preprocessors = [SafeNotebook]
    c.SafeNotebook.course = course
    c.HTMLExporter.filters = {"markdown2html": safe_markdown, "highlight_code": highlight_code, "ansi2html": safe_ansi}
    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), template_path]
    c.HTMLExporter.template_file = "safe_page.html.j2"
    show_submissions_with(LimitedExporter)
    c.GenerateFeedback.exporter_class = PageExporter
    c.GenerateFeedback.post_convert_hook = leave_only_pages


def complete_release(course: Course, **about: str) -> None:
    """Add to a release what nbgrader does not: earlier solutions, and when it is due."""
    add_earlier_solutions(course, **about)
    add_due_date(course, **about)
