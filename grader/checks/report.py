"""The report of a check, as text and as HTML; the same for the public check and for the instructor's feedback."""

from grader.checks.as_html import html
from grader.checks.as_text import text
from grader.checks.rows import Report, conclusion, passed, tally

__all__ = ["Report", "conclusion", "html", "passed", "tally", "text"]
