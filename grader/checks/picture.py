"""A picture of the error over time and unit. Matplotlib is imported when one is drawn, and pyplot never."""

from __future__ import annotations

import base64
import io
import math
from typing import TYPE_CHECKING

import numpy as np

from grader.checks.wording import size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

INK, FINE = "#1f2937", "#e5e7eb"
"""Colour of text and lines; colour of entries within the tolerance."""

LARGEST = 1e12
"""Larger errors, ∞ among them, are drawn like this one."""


def error_picture(errors: np.ndarray, axes: tuple[str, ...], tolerance: float, title: str) -> str | None:
    """The error over the first axis (to the right) and the last (downwards), the largest over those between.

    Grey is within the tolerance; above it the colour grows with the logarithm of the error.

    Args:
        errors: relative error of every entry, two axes or more.
        axes: what each axis is.
        tolerance: the largest error that is still right.
        title: what is drawn.

    Returns:
        a PNG as data URI, or None where Matplotlib is missing.
    """
    try:
        import matplotlib
    except ImportError:
        return None
    grid = np.minimum(errors.max(axis=tuple(range(1, errors.ndim - 1))).T, LARGEST)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"font.size": 8, "axes.edgecolor": INK, "text.color": INK, "axes.labelcolor": INK})
        return _png(_draw(grid, axes, max(tolerance, np.finfo(float).tiny), title))


def _draw(grid: np.ndarray, axes: tuple[str, ...], tolerance: float, title: str) -> Figure:
    from matplotlib import colormaps
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(4.8, min(3.2, 1.25 + 0.16 * len(grid))), dpi=144, layout="constrained")
    plot = figure.add_subplot()
    colours = colormaps["cividis_r"].with_extremes(under=FINE, bad=FINE)
    largest = max(float(grid.max()), 10 * tolerance)
    norm = LogNorm(tolerance, largest)
    image = plot.imshow(
        np.maximum(grid, tolerance * 1e-3), cmap=colours, norm=norm, aspect="auto", interpolation="nearest"
    )
    plot.set_xticks(np.arange(grid.shape[1] + 1) - 0.5, minor=True)
    plot.set_yticks(np.arange(len(grid) + 1) - 0.5, minor=True)
    plot.grid(which="minor", color="white", linewidth=0.6)
    plot.tick_params(which="minor", length=0)
    plot.set_xlabel(axes[0])
    plot.set_ylabel(axes[-1])
    plot.xaxis.set_major_locator(MaxNLocator(integer=True))
    plot.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    between = "".join(f", largest over {axis}s" for axis in axes[1:-1])
    plot.set_title(f"relative error of {title}{between}", fontsize=8, loc="left")
    _scale(figure, plot, image, tolerance, largest)
    return figure


def _scale(figure: Figure, plot: Axes, image: AxesImage, tolerance: float, largest: float) -> None:
    """The colour scale, with the tolerance at its foot."""
    lowest, highest = np.log10([tolerance, largest])
    exponents = [e for e in range(math.ceil(lowest), math.floor(highest) + 1) if e > lowest + 0.1 * (highest - lowest)]
    ticks = [10.0**e for e in exponents[:: -max(1, len(exponents) // 3)]]
    bar = figure.colorbar(image, ax=plot, extend="min", pad=0.02, fraction=0.08)
    bar.set_ticks([tolerance, *ticks], labels=[f"allowed: {size(tolerance)}", *map(size, ticks)])
    bar.ax.minorticks_off()


def _png(figure: Figure) -> str:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
