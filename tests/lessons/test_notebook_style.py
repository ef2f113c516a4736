"""Do the lessons' notebooks keep the rules of the house: walls, short cells, tags, stored outputs, a full glossary?"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import fields

import pytest

from grader.checks.task import BETWEEN, LESSONS, Task
from grader.marking.authoring.claims import HEADER
from grader.marking.authoring.heads import parts
from solutions.toolbox.experiments.verdicts import FAILS, HOLDS, OPEN

PACKAGES = {"numpy", "torch", "matplotlib", "sympy", "IPython", "ipywidgets", "tqdm"}
CHINESE = r"[\u4e00-\u9fff]"
BRACKETS = rf"\(([^()\n]*{CHINESE}[^()\n]*)\)"


def imported(source):
    """Full names of the modules that a piece of code imports, and of what it takes from packages."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name, modules):
    return any(name == module or name.startswith(module + ".") for module in modules)


def allowed(folder):
    earlier = [module for module, lesson in LESSONS.items() if lesson < folder]
    earlier += [module for module, first in BETWEEN.items() if first <= folder]
    rooms = ["nets", "text", "experiments", "pictures", *["applications"] * (folder == "08-applications")]
    ours = [*earlier, *(f"toolbox.{room}" for room in rooms)]
    return [*PACKAGES, "grader.checks", *(f"solutions.{module}" for module in ours)]


def is_marked(cell):
    return "nbgrader" in cell.metadata


def tags(cell):
    return cell.metadata.get("tags", [])


def chinese(text):
    return set(re.findall(rf"(?:[A-Z]\d? )?{CHINESE}+", text))


def test_a_notebook_imports_the_toolbox_earlier_solutions_and_known_packages_only(path, code_cells):
    """Wall 2: a lesson sees only earlier lessons."""
    names = {name for cell in code_cells for name in imported(cell.source)}
    outside = {name for name in names if not within(name, allowed(path.parent.name))}
    assert {name for name in outside if name.partition(".")[0] not in sys.stdlib_module_names} == set()


@pytest.mark.parametrize(
    "name",
    [
        "solutions.srn",
        "solutions.gru.step",
        "solutions.toolbox.applications.speech.data",
        "grader.marking.authoring.sync",
        "scipy",
    ],
)
def test_the_wall_of_lesson_01_lets_none_of_these_through(name):
    assert not within(name, allowed("01-srn"))


def test_a_code_cell_has_at_most_20_lines(code_cells):
    long = [cell.source for cell in code_cells if not is_marked(cell) and len(_lines(cell.source)) > 20]
    assert long == []


def _lines(source):
    return [line for line in source.splitlines() if line.strip()]


def test_all_code_but_imports_answers_and_checks_is_tagged_experiment(code_cells):
    """Marking runs what is not tagged: it must stay short."""
    first, *rest = code_cells
    assert "from grader.checks import check" in first.source
    assert "experiment" not in tags(first)
    assert all(("experiment" in tags(cell)) != is_marked(cell) for cell in rest)


def test_the_rules_of_all_exercises_stand_at_the_head(notebook):
    head = " ".join(notebook.cells[0].source.split())
    for rule in ("their order counts", "keep half their points", "Program yourself what is asked"):
        assert head.count(rule) == 1


def test_outputs_are_stored_and_none_is_an_error(code_cells):
    assert all(cell.execution_count for cell in code_cells)
    outputs = [output for cell in code_cells for output in cell.outputs]
    assert len(outputs) > 10
    assert not [out for out in outputs if out.output_type == "error" or out.get("name") == "stderr"]


def test_nothing_of_the_machine_or_the_moment_is_stored(notebook):
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec == {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    assert not [cell.id for cell in notebook.cells if set(cell.metadata) - {"tags", "nbgrader"}]


APPLICATIONS = ("language-model", "sentiment", "tagging", "translation", "speech", "captioning", "forecasting")
"""The notebooks of lesson 08 in their order: 8A, 8B, …"""


def number_of(notebook_path):
    """What its equations, figures and exercises begin with: "1" of 01-srn, "8C" of tagging."""
    name = notebook_path.stem
    return f"8{'ABCDEFG'[APPLICATIONS.index(name)]}" if name in APPLICATIONS else str(int(name[:2]))


def test_equations_figures_and_exercises_are_numbered_without_a_gap(markdown, path):
    number = number_of(path)
    equations = [int(n) for n in re.findall(rf"qquad\({number}\.(\d+)\)", markdown)]
    figures = [int(n) for n in re.findall(rf"\*\*Figure {number}\.(\d+)\.\*\*", markdown)]
    exercises = [int(n) for n in re.findall(rf"^### Exercise {number}\.(\d+) · ", markdown, re.MULTILINE)]
    assert equations == list(range(1, len(equations) + 1))
    assert figures == list(range(1, len(figures) + 1))
    assert exercises == list(range(1, len(exercises) + 1))
    assert min(len(equations), len(figures), len(exercises)) > 3


def test_an_equation_that_is_mentioned_exists(markdown):
    defined = set(re.findall(r"qquad\((\d+[A-G]?\.\d+)\)", markdown))
    assert set(re.findall(r"\((\d+[A-G]?\.\d+)\)", markdown)) <= defined


def test_every_exercise_has_two_to_four_hints_under_its_check(notebook):
    """`grader.checks.first_look.ON_THE_EXERCISE` sends students there."""
    checks = [n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code" and _is_graded(cell)]
    assert len(checks) >= 4
    for number in checks:
        under = notebook.cells[number + 1].source
        hints = re.findall(r"<details>\n<summary>Hint (\d): \w[^<]*</summary>\n\n[^<\n]", under)
        assert hints in (["1", "2"], ["1", "2", "3"], ["1", "2", "3", "4"]), notebook.cells[number].source
        ends = "\n\n".join(["</details>"] * len(hints))
        assert under.endswith(f"\n\n{ends}"), "the next hint opens within the one before"
        assert under.count("details>") == 2 * len(hints)


def _is_graded(cell):
    return cell.metadata.get("nbgrader", {}).get("grade", False)


def test_no_task_declares_hints_besides_those_of_the_notebook():
    assert "hints" not in {field.name for field in fields(Task)}


def test_the_glossary_holds_every_chinese_term_of_the_text_and_no_other(path, markdown):
    text, _, glossary = markdown.partition("## Glossary")
    column = "\n".join(line.split("|")[2] for line in glossary.splitlines() if line.count("|") == 4)
    in_text = chinese("\n".join(re.findall(BRACKETS, text)))
    assert in_text == chinese(column) - {"中文"}
    assert len(in_text) > (5 if path.parent.name == "08-applications" else 20)


def test_the_glossary_is_in_alphabetical_order(markdown):
    rows = [line.split("|")[1].strip() for line in markdown.partition("## Glossary")[2].splitlines() if "|" in line][2:]
    assert rows == sorted(rows, key=str.lower)


def test_claims_stand_in_one_table_with_number_and_verdict(code_cells):
    (cell,) = [cell for cell in code_cells if "claims" in tags(cell)]
    header, _, *rows = cell.outputs[0].data["text/markdown"].splitlines()
    assert header == HEADER
    assert all(row.count("|") == 7 and re.search(r"\d", row) for row in rows)
    assert all(row.split("|")[6].strip().startswith((HOLDS, FAILS, OPEN)) for row in rows)


def test_the_contents_number_the_parts_as_the_table_at_the_head_does(notebook):
    """JupyterLab's contents show the headings: number, title and star are those of the table."""
    rows = [(part.number, part.title.partition(": ")[0], part.essential) for part in parts(notebook) if part.number]
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heads = re.findall(r"^## Part (\d+)( ★)? · (.+)$", text, re.MULTILINE)
    assert [number for number, _, _ in heads] == [number for number, _, _ in rows]
    for (_, star, heading), (_, title, essential) in zip(heads, rows, strict=True):
        assert title.startswith(heading.partition(": ")[0])
        assert bool(star) == essential


def test_exercises_stand_in_the_part_that_the_table_says(markdown, notebook):
    sections = re.split(r"^## Part \d+(?: ★)? · .*$", markdown, flags=re.MULTILINE)[1:]
    for part, section in zip([part for part in parts(notebook) if part.number], sections, strict=True):
        under = re.findall(r"^### Exercise (\d+[A-G]?\.\d+) · ", section, re.MULTILINE)
        named = re.findall(r"\d+[A-G]?\.\d+", part.exercises)
        assert [under[0], under[-1]] == [named[0], named[-1]] if under else not named


def test_every_reference_has_a_link(markdown):
    """A DOI or arXiv where there is one, else the authors' or publisher's own page."""
    (section,) = re.findall(r"^## What to read\n\n((?:- .+\n?)+)", markdown, re.MULTILINE)
    assert [line for line in section.splitlines() if not re.search(r"\]\(https?://[^)\s]+\)", line)] == []
    assert not re.findall(r"(?<!\[)arXiv:\d", section)


def test_a_notebook_ends_with_the_picture_of_what_was_earned(path, notebook):
    """Marking runs of it the import alone; the picture differs from machine to machine."""
    text, picture, _ = notebook.cells[-3:]
    assert text.source.startswith("## What you have earned\n")
    assert picture.source.endswith(f'\n\nearned("{path.stem}")')
    assert set(tags(picture)) == {"experiment", "nbval-ignore-output"}
    assert [output.metadata["image/png"]["alt"] for output in picture.outputs]
