"""Has a term one Chinese name in all lessons?"""

from __future__ import annotations

from collections import defaultdict

import nbformat

from grader.marking.course.paths import LESSON_FOLDER


def rows():
    """Notebook, English term, Chinese terms of every row of every glossary."""
    for path in sorted(LESSON_FOLDER.glob("*/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        for line in text.partition("## Glossary")[2].splitlines():
            parts = [part.strip() for part in line.split("|")]
            if len(parts) == 5 and parts[1] not in ("English", "---"):
                yield path.stem, parts[1].lower(), [term.strip() for term in parts[2].split(",")]


def test_a_term_has_the_same_chinese_name_everywhere():
    """Others may stand behind it."""
    names = defaultdict(dict)
    for notebook, english, chinese in rows():
        names[english].setdefault(chinese[0], []).append(notebook)
    assert {english: found for english, found in names.items() if len(found) > 1} == {}


def test_the_terms_that_students_mix_up_are_the_ones_that_were_agreed_on():
    chinese = {english: found[0] for _, english, found in rows()}
    agreed = {
        "back-propagation through time": "随时间反向传播",
        "lag": "时间间隔",
        "candidate": "候选状态",
        "dropout": "随机失活",
        "embedding": "词嵌入",
        "gradient clipping": "梯度截断",
        "surprise": "意外程度",
    }
    assert {english: chinese[english] for english in agreed} == agreed
