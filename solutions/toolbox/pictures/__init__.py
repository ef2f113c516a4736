"""What the lessons draw: `diagrams` and `plots` for all of them, `gates` for gated cells, one module for each lesson.

May import: `experiments`, for the levels that its problems define (`clipping` draws those of the adding problem).

Once it is imported, every figure that a notebook shows carries its description: `alt_text`.
"""

from solutions.toolbox.pictures.alt_text import describe_figures

describe_figures()
