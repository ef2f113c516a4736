"""Pages that show a submission, safe to open: the feedback page, and Formgrader's view of a marked notebook.

A submission may hold anything. Two walls keep it from running, loading or imitating anything in the reader's browser:

1. **Only harmless content gets into the page.** `notebook.SafeNotebook` builds every cell and output anew from kinds
   known to be harmless; `html.harmless` keeps what is on its lists; `markdown.safe_markdown` takes the place of
   nbconvert's own filter. Formulas become MathML here, so that the page needs no script of its own.
2. **The page forbids the rest.** The templates begin with a Content-Security-Policy: a feedback page runs no script,
   loads nothing from anywhere and has one style sheet, named by its digest; Formgrader's runs only nbgrader's scripts,
   which carry a nonce.

Some of it computes without end: brackets left open in a formula, elements inside each other. So `exporter` computes
each page in a process with limits (`page_process`): the cell that ends it is shown as plain text, and said to be
(`plainly`), and the rest as ever. A page that cannot be made so either fails alone.

A feedback page opens with one screen, `summary`: each exercise by the name that `lesson_text` finds, its points, and
the sentence that helps most; `layout` says what of the notebook stands below, and where. The same notebook and the same
`marks` give the same page, byte for byte.

A report keeps its style because it is sealed when it is made (`steps.seal_reports`): what has no valid seal is the
submission's own, has no style, and is framed. Files beside the notebook do not go into feedback; Formgrader hands them
out in a sandbox (`files`).

``nbgrader_config.py`` puts this in place for ``grader feedback``, ``nbgrader generate_feedback`` and Formgrader alike.
"""

from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")
"""Templates with the names of nbgrader's; they are found first, and extend nbgrader's."""
