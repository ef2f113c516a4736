"""A figure in words, read off the figure itself: what it is, its titles and axes, what its lines and maps do."""

from __future__ import annotations

import re

import numpy as np
from matplotlib.category import StrCategoryFormatter
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FuncFormatter

LONGEST = 900
"""Characters of a description; what is beyond is left out at the end of a sentence."""
MOST = 12
"""Names that a list in a description may have."""
ARROWS = {"right": "→", "left": "←"}
"""What stands over a letter is written before it."""


def describe(figure):
    """A figure in words: what it is, and of each panel the title, the axes, and what the lines and maps in it do."""
    panels = [ax for ax in figure.axes if not hasattr(ax, "_colorbar")]
    photographs = [ax for ax in panels if ax.images and not (ax.lines or ax.get_xlabel() or ax.get_ylabel())]
    said = [figure.get_label(), _clean(figure.get_suptitle())]
    if len(photographs) == len(panels) > 1:
        titles = [_clean(ax.get_title()) for ax in photographs if ax.get_title()]
        said.append(f"{len(photographs)} pictures{': ' * bool(titles)}{'; '.join(titles[:MOST])}")
    else:
        said += [part for k, ax in enumerate(panels) for part in _panel(ax, k, len(panels))]
    said += dict.fromkeys(f"colours: {_label(ax)}" for ax in figure.axes if hasattr(ax, "_colorbar") and _label(ax))
    return _shortened([part for part in said if part] or ["A figure without a title, a label or a name"])


def _shortened(parts):
    text, rest = "", [part[0].upper() + part[1:].rstrip(".") + "." for part in parts]
    while rest and (not text or len(text) + len(rest[0]) < LONGEST):
        text += " " * bool(text) + rest.pop(0)
    return text[:LONGEST]


def _panel(ax, k, count):
    """The sentences about one panel."""
    title = next((text for place in ("center", "left") if (text := ax.get_title(loc=place))), "")
    yield ": ".join(part for part in (f"panel {k + 1} of {count}" * (count > 1), _clean(title)) if part)
    if not ax.axison:
        written = list(dict.fromkeys(_clean(text.get_text()) for text in ax.texts if text.get_text().strip()))
        yield f"written in it: {', '.join(written[: 2 * MOST])}" if written else ""
        return
    yield "; ".join(part for part in (_axis(ax, "x", "across"), _axis(ax, "y", "up")) if part)
    yield from _maps(ax)
    series = [part for part in _series(ax) if part]
    yield f"shown: {'; '.join(series[:MOST])}" if series else ""
    noted = [_clean(text.get_text()) for text in ax.texts if re.search(r"[^\W\d]{3}", text.get_text())]
    yield f"noted: {', '.join(noted[:4])}" if noted and not ax.images else ""


def _axis(ax, name, way):
    label, ticks, (low, high) = _clean(getattr(ax, f"get_{name}label")()), _names(ax, name), _limits(ax, name)
    if not label and not ticks:
        return ""
    scale = ", logarithmic" if getattr(ax, f"get_{name}scale")() == "log" else ""
    span = f"{', '.join(ticks[: 4 * MOST])}" if ticks else f"{_number(low)} to {_number(high)}{scale}"
    return f"{way}: {label}{', ' * bool(label)}{span}"


def _limits(ax, name):
    """From where to where an axis goes: as far as it is drawn, and no further than there is anything."""
    drawn, there = getattr(ax, f"get_{name}lim")(), sorted(getattr(ax.dataLim, f"interval{name}"))
    return np.clip(drawn, *there) if np.all(np.isfinite(there)) and there[0] < there[1] else drawn


def _names(ax, name):
    """What is written at the ticks of an axis; [] where that is only where they stand."""
    axis = getattr(ax, f"{name}axis")
    if not isinstance(axis.get_major_formatter(), FixedFormatter | FuncFormatter | StrCategoryFormatter):
        return []
    texts = [_clean(tick.get_text()) for tick in axis.get_ticklabels()]
    return [] if all(_is_place(text, place) for text, place in zip(texts, axis.get_ticklocs(), strict=False)) else texts


def _is_place(text, place):
    return not text or (re.fullmatch(r"[−-]?\d*\.?\d+", text) and np.isclose(float(text.replace("−", "-")), place))


def _maps(ax):
    """Heat maps and photographs."""
    for image in ax.images:
        if image.get_array().ndim == 3:
            yield "a photograph"
        else:
            yield _map("map", *image.get_array().shape, image.get_array())
    for mesh in ax.collections:
        if hasattr(mesh, "get_coordinates"):
            rows, columns = (n - 1 for n in mesh.get_coordinates().shape[:2])
            yield _map("map", rows, columns, mesh.get_array())


def _map(kind, rows, columns, values):
    found = np.ma.masked_invalid(values).compressed().astype(float)
    span = f", {_number(found.min())} to {_number(found.max())}" if len(found) else ""
    return f"{kind} of {rows} × {columns} values{span}"


def _series(ax):
    """What each named line, and each set of bars, does."""
    handles, names = ax.get_legend_handles_labels()
    for handle, name in zip(handles, names, strict=True):
        course = _course(ax, handle) if isinstance(handle, Line2D) else ""
        yield f"{_clean(name)}{': ' * bool(course)}{course}"
    if not names:
        lines = {_look(line): line for line in ax.lines if len(line.get_xdata()) > 2}
        yield from (f"a line: {_course(ax, line)}" for line in list(lines.values())[:3])
    for bars in (group for group in ax.containers if hasattr(group, "patches")):
        yield _bars(ax, bars.patches)


def _course(ax, line):
    """A line's first and last value and its extremes between; of dots their span, or the mean at each named place."""
    alike = [other for other in ax.lines if _look(other) == _look(line)]
    x, y = np.concatenate([one.get_xydata() for one in alike]).T
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    if not len(y):
        return ""
    if len(y) == 1:
        return f"{_number(y[0])} at {_number(x[0])}"
    if np.ptp(y) == 0:
        return f"{len(y)} marks" if line.get_linestyle() == "None" else f"{_number(y[0])} throughout"
    for axis, places, values in (("x", x, y), ("y", y, x)):
        if 0 < len(names := _names(ax, axis)) <= MOST:
            at = zip(names, getattr(ax, f"get_{axis}ticks")(), strict=False)
            means = [(name, values[np.round(places) == place]) for name, place in at]
            return ", ".join(f"{name} {_number(found.mean())}" for name, found in means if len(found))
    if len(alike) > 1 or line.get_linestyle() == "None":
        return f"{len(y)} values, {_number(y.min())} to {_number(y.max())}"
    return _way(x, y)


def _way(x, y):
    at = [0, *(k for k in (int(y.argmin()), int(y.argmax())) if k not in (0, len(y) - 1)), len(y) - 1]
    return ", ".join(f"{_number(y[k])} at {_number(x[k])}" for k in dict.fromkeys(sorted(at)))


def _bars(ax, bars):
    heights, names = [bar.get_height() for bar in bars], _names(ax, "x")
    if len(names) == len(heights) <= MOST:
        return ", ".join(f"{name} {_number(height)}" for name, height in zip(names, heights, strict=True))
    highest = int(np.argmax(heights))
    middle = bars[highest].get_x() + bars[highest].get_width() / 2
    return f"{len(heights)} bars, the highest {_number(heights[highest])} at {_number(middle)}"


def _look(line):
    return line.get_color(), line.get_marker(), line.get_markerfacecolor(), line.get_linestyle()


def _label(ax):
    return _clean(ax.get_ylabel() or ax.get_xlabel())


def _number(value):
    return f"{float(f'{value:.3g}'):g}".replace("e-0", "e-").replace("e+0", "e")


def _clean(text):
    """Text without the marks of formulas."""
    text = re.sub(r"\\over(right|left)arrow\{(\w)\}", lambda found: ARROWS[found[1]] + found[2], text)
    return " ".join(
        re.sub(
            r"\\(?:mathdefault|mathrm|quad|,)|[$\\{}]", "", text.replace(r"\Vert", "‖").replace(r"\partial ", "∂")
        ).split()
    )
