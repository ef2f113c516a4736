"""The small picture of each notebook, and the README's picture of the whole; all drawn here.

    python -m grader.marking.authoring.lesson_pictures

A picture has the colours of the lessons: blue what is read, orange the state, green what comes out, pink a loss.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from grader.checks.lesson_list import PICTURES
from grader.marking.course.paths import ROOT

INPUT, STATE, OUTPUT, LOSS, GATE, INK = "#0072b2", "#d55e00", "#00805c", "#b8508f", "#6b5bb3", "#333333"
WIDTH, HEIGHT = 1.6, 1.0
"""A picture's size in its own units, and in inches."""
WHOLE = ROOT / "lessons" / "whole.png"


def _box(ax: Axes, x: float, y: float, colour: str, width: float = 0.22, height: float = 0.2) -> None:
    style = f"round,pad=0,rounding_size={height / 5}"
    corner = (x - width / 2, y - height / 2)
    ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle=style, facecolor=colour, edgecolor="none"))


def _arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str = INK,
    bend: float = 0.0,
    lw: float = 1.6,
) -> None:
    style = {"arrowstyle": "-|>", "mutation_scale": 8, "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(
        FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", color=colour, linewidth=lw, **style)  # type: ignore[arg-type]
    )


def srn(ax: Axes) -> None:
    _box(ax, 0.8, 0.5, STATE, 0.34, 0.26)
    _arrow(ax, (0.8, 0.06), (0.8, 0.36), INPUT)
    _arrow(ax, (0.8, 0.64), (0.8, 0.94), OUTPUT)
    _arrow(ax, (0.98, 0.56), (0.98, 0.42), STATE, bend=-2.6)


def bptt(ax: Axes) -> None:
    for x in (0.3, 0.8, 1.3):
        _box(ax, x, 0.5, STATE)
        _arrow(ax, (x, 0.08), (x, 0.38), INPUT)
        _arrow(ax, (x, 0.94), (x, 0.62), LOSS)
    for x in (0.8, 1.3):
        _arrow(ax, (x - 0.13, 0.46), (x - 0.37, 0.46), LOSS)
        _arrow(ax, (x - 0.38, 0.54), (x - 0.13, 0.54), STATE)


def clipping(ax: Axes) -> None:
    x = np.linspace(0.1, 1.5, 200)
    ax.plot(x, 0.2 + 0.55 / (1 + np.exp(-40 * (x - 0.85))) + 0.08 * (x - 0.8) ** 2, color=LOSS, lw=2.4)
    _arrow(ax, (0.85, 0.5), (0.12, 0.9), "#999999", lw=1.2)
    _arrow(ax, (0.85, 0.5), (0.58, 0.65), STATE, lw=2.2)
    ax.add_patch(Circle((0.85, 0.5), 0.31, fill=False, edgecolor=INK, linestyle="--", linewidth=1))


def gru(ax: Axes) -> None:
    _arrow(ax, (0.08, 0.66), (1.52, 0.66), STATE, lw=2.4)
    for x, y in ((0.55, 0.66), (1.05, 0.66)):
        ax.add_patch(Circle((x, y), 0.13, facecolor=GATE, edgecolor="white", linewidth=2, zorder=3))
        _arrow(ax, (x, 0.1), (x, 0.52), INPUT)
    for x, angle in ((0.55, 0.9), (1.05, 0.0)):
        ends = np.array([[-0.09, 0.09]]) * np.array([[np.cos(angle)], [np.sin(angle)]])
        ax.plot(x + ends[0], 0.66 + ends[1], color="white", lw=2.4, zorder=4)


def lstm(ax: Axes) -> None:
    _arrow(ax, (0.08, 0.74), (1.52, 0.74), STATE, lw=4)
    for x, sign in ((0.5, "×"), (0.95, "+")):
        ax.add_patch(Circle((x, 0.74), 0.12, facecolor="white", edgecolor=STATE, linewidth=2, zorder=3))
        ax.text(x, 0.735, sign, ha="center", va="center", color=INK, fontsize=11, zorder=4)
    for x in (0.5, 0.95, 1.32):
        _box(ax, x, 0.26, GATE, 0.2, 0.18)
        _arrow(ax, (x, 0.36), (x, 0.61 if x < 1.2 else 0.7), INK, lw=1.2)


def deep(ax: Axes) -> None:
    for row, y in enumerate((0.2, 0.5, 0.8)):
        for x in (0.35, 0.8, 1.25):
            _box(ax, x, y, (INPUT, STATE, OUTPUT)[row], 0.2, 0.15)
            if row:
                _arrow(ax, (x, y - 0.22), (x, y - 0.08), INK, lw=1)
            if x > 0.4:
                _arrow(ax, (x - 0.34, y), (x - 0.11, y), INK, lw=1)


def bidirectional(ax: Axes) -> None:
    for y, colour, way in ((0.66, STATE, 1), (0.34, OUTPUT, -1)):
        for x in (0.35, 0.8, 1.25):
            _box(ax, x, y, colour, 0.2, 0.16)
        for x in (0.35, 0.8):
            ends = ((x + 0.11, y), (x + 0.34, y))
            _arrow(ax, *(ends if way > 0 else ends[::-1]), INK, lw=1.2)
    for x in (0.35, 0.8, 1.25):
        _arrow(ax, (x, 0.04), (x, 0.24), INPUT, lw=1.2)
        _arrow(ax, (x, 0.76), (x, 0.96), INK, lw=1.2)


def language_model(ax: Axes) -> None:
    for x, letter in zip((0.2, 0.42, 0.64), "THE", strict=True):
        ax.text(x, 0.5, letter, ha="center", va="center", color=INPUT, fontsize=15, family="monospace")
    for y, long, letter in zip((0.78, 0.5, 0.22), (0.46, 0.24, 0.12), "YRN", strict=True):
        ax.add_patch(Rectangle((0.98, y - 0.08), long, 0.16, facecolor=OUTPUT))
        ax.text(0.88, y, letter, ha="center", va="center", color=INK, fontsize=10, family="monospace")


def sentiment(ax: Axes) -> None:
    for x, colour, bend in ((0.45, OUTPUT, 0.5), (1.15, STATE, -0.5)):
        ax.add_patch(Circle((x, 0.5), 0.3, facecolor="white", edgecolor=colour, linewidth=2.4))
        ax.plot([x - 0.1, x + 0.1], [0.6, 0.6], "o", color=colour, markersize=3.6)
        mouth = FancyArrowPatch((x - 0.15, 0.4), (x + 0.15, 0.4), connectionstyle=f"arc3,rad={bend}", arrowstyle="-")
        mouth.set(color=colour, linewidth=2)
        ax.add_patch(mouth)


def tagging(ax: Axes) -> None:
    for x, width, colour in zip((0.28, 0.62, 0.98, 1.34), (0.26, 0.3, 0.3, 0.24), "abac", strict=True):
        _box(ax, x, 0.7, "#8c8c8c", width, 0.2)
        _box(ax, x, 0.32, {"a": INPUT, "b": STATE, "c": OUTPUT}[colour], 0.22, 0.2)
        _arrow(ax, (x, 0.58), (x, 0.44), INK, lw=1)


def translation(ax: Axes) -> None:
    order = (0, 2, 1, 3, 4)
    for row, at in enumerate(order):
        for column in range(5):
            strength = np.exp(-1.4 * abs(column - at))
            place = (0.42 + 0.155 * column, 0.78 - 0.155 * row)
            ax.add_patch(Rectangle(place, 0.145, 0.145, facecolor=INPUT, alpha=0.08 + 0.92 * strength))


def speech(ax: Axes) -> None:
    x = np.linspace(0.08, 1.52, 61)
    high = 0.4 * np.abs(np.sin(7 * x) * np.sin(2.1 * x)) + 0.03
    ax.vlines(x, 0.5 - high, 0.5 + high, color=INPUT, linewidth=1.5)


def captioning(ax: Axes) -> None:
    ax.add_patch(Rectangle((0.18, 0.2), 0.66, 0.6, facecolor="#eaf4fb", edgecolor=INK, linewidth=1.4))
    ax.fill([0.2, 0.42, 0.55, 0.66, 0.82], [0.22, 0.56, 0.38, 0.5, 0.22], color=OUTPUT)
    ax.add_patch(Circle((0.68, 0.66), 0.07, facecolor="#e69f00"))
    for y, long in ((0.68, 0.44), (0.5, 0.36), (0.32, 0.22)):
        ax.add_patch(Rectangle((0.98, y - 0.035), long, 0.07, facecolor=STATE))


def forecasting(ax: Axes) -> None:
    x = np.linspace(0.08, 0.9, 60)
    ax.plot(x, 0.5 + 0.2 * np.sin(9 * x) + 0.05 * np.sin(31 * x), color=INPUT, lw=2)
    ahead = np.linspace(0.9, 1.52, 40)
    middle = 0.5 + 0.2 * np.sin(9 * ahead) + 0.05 * np.sin(31 * 0.9)
    for width, alpha in ((0.5, 0.2), (0.3, 0.3), (0.14, 0.5)):
        ax.fill_between(
            ahead, middle - width * (ahead - 0.9), middle + width * (ahead - 0.9), color=STATE, alpha=alpha, lw=0
        )
    ax.plot(ahead, middle, color=STATE, lw=2)


def own_lesson(ax: Axes) -> None:
    """A lesson that has no picture of its own yet: a state that keeps a share of itself."""
    srn(ax)
    ax.add_patch(Circle((0.8, 0.5), 0.07, facecolor="white", edgecolor="none"))


DRAWN: dict[str, Callable[[Axes], None]] = {
    "01-srn": srn,
    "02-bptt": bptt,
    "03-clipping": clipping,
    "04-gru": gru,
    "05-lstm": lstm,
    "06-deep": deep,
    "07-bidirectional": bidirectional,
    "language-model": language_model,
    "sentiment": sentiment,
    "tagging": tagging,
    "translation": translation,
    "speech": speech,
    "captioning": captioning,
    "forecasting": forecasting,
}
"""Name of a notebook → what draws its picture."""


def draw_lesson(name: str, path: Path) -> None:
    """Write a notebook's picture."""
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=150, facecolor="white")
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        DRAWN[name](_frame(figure, (0, 0, 1, 1)))
        FigureCanvasAgg(figure).print_png(str(path), metadata={"Software": None})


def _frame(figure: Figure, place: tuple[float, float, float, float]) -> Axes:
    ax = figure.add_axes(place, xlim=(0, WIDTH), ylim=(0, HEIGHT))
    ax.set_axis_off()
    return ax


def draw_missing() -> list[str]:
    """Draw the pictures that are not there; their names."""
    drawn = [name for name in DRAWN if not (PICTURES / f"{name}.png").exists()]
    for name in drawn:
        draw_lesson(name, PICTURES / f"{name}.png")
    return drawn


WAY = (
    ("You write a function", "in a notebook, beside\nequation and picture", INPUT),
    ("check(…) answers", "at once: what is wrong,\nwhere first, by how much", STATE),
    ("You hand it in", "through JupyterLab,\nor as one file", STATE),
    ("It runs in a sandbox", "on inputs it never saw;\narrays come out", GATE),
    ("A trusted process", "compares them\nwith the reference", GATE),
    ("Points come back", "and the sentence\nthat helps", OUTPUT),
)
"""How an answer travels: a step, what is said of it, its colour."""
GROUND, PALE = "white", "#f2f4f7"
SAYS = (
    "The lessons as a path: 01 SRN, 02 BPTT, 03 Clipping, 04 GRU, 05 LSTM, 06 Deep, 07 Bidirectional, then 08 in seven "
    "notebooks: language model, sentiment, tagging, translation, speech, captions, forecasting. "
    "Below, how an answer travels: " + "; ".join(f"{head} {' '.join(text.split())}" for head, text, _ in WAY) + "."
)
"""The picture of the whole in words: its alt text."""


def draw_whole(path: Path) -> None:
    """Write the picture of the whole: the path of lessons, and how an answer travels."""
    figure = Figure(figsize=(10.8, 6.3), dpi=130, facecolor=GROUND)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        page = figure.add_axes((0, 0, 1, 1), xlim=(0, 10.8), ylim=(0, 6.3))
        page.set_axis_off()
        _draw_path(page, figure)
        _draw_way(page)
        FigureCanvasAgg(figure).print_png(str(path), metadata={"Software": None})


def _draw_path(page: Axes, figure: Figure) -> None:
    """Lessons 01 to 07 in a row, the notebooks of 08 in the next, on one line that turns at its end; no others."""
    page.text(0.34, 5.95, "Eight lessons, fourteen notebooks", fontsize=12, color=INK, fontweight="bold", va="center")
    x = np.array([0.98 + 1.46 * k for k in range(7)])
    page.plot([x[0], x[-1]], [5.15, 5.15], color="#c4cad3", lw=7, solid_capstyle="round", zorder=0)
    turn = np.linspace(np.pi / 2, -np.pi / 2, 60)
    page.plot(x[-1] + 0.7 * np.cos(turn), 4.375 + 0.775 * np.sin(turn), color="#c4cad3", lw=7, zorder=0)
    page.plot([x[0], x[-1]], [3.6, 3.6], color="#c4cad3", lw=7, solid_capstyle="round", zorder=0)
    for k, (name, place) in enumerate(
        zip(DRAWN, [(at, 5.15) for at in x] + [(at, 3.6) for at in x[::-1]], strict=False)
    ):
        _card(page, figure, name, *place, number="" if k > 7 else f"0{k + 1}")


def _card(page: Axes, figure: Figure, name: str, x: float, y: float, number: str) -> None:
    """A lesson on the path: its picture, its name under it."""
    corner = (x - 0.64, y - 0.4)
    page.add_patch(
        FancyBboxPatch(
            corner, 1.28, 0.8, boxstyle="round,pad=0,rounding_size=0.08", facecolor=GROUND, edgecolor="#8c95a3"
        )
    )
    drawing = _frame(figure, (corner[0] / 10.8 + 0.003, (corner[1] + 0.02) / 6.3, 1.22 / 10.8, 0.7625 / 6.3))
    drawing.patch.set_alpha(0)
    DRAWN[name](drawing)
    title = TITLES.get(name, name.partition("-")[2].upper())
    page.text(
        x, y - 0.56, f"{number} {title}".strip(), ha="center", va="center", fontsize=10, color=INK, fontweight="bold"
    )


TITLES = {
    "03-clipping": "Clipping",
    "06-deep": "Deep",
    "07-bidirectional": "Bidirectional",
    "language-model": "Language model",
    "sentiment": "Sentiment",
    "tagging": "Tagging",
    "translation": "Translation",
    "speech": "Speech",
    "captioning": "Captions",
    "forecasting": "Forecasting",
}
"""What a card is called where that is not the folder's name in capitals."""


def _draw_way(page: Axes) -> None:
    """How an answer travels: six boxes in a row, and an arrow from each to the next."""
    page.text(0.34, 2.46, "How an answer travels", fontsize=12, color=INK, fontweight="bold", va="center")
    width, gap = 1.54, 0.18
    for k, (head, text, colour) in enumerate(WAY):
        left = 0.34 + k * (width + gap)
        page.add_patch(
            FancyBboxPatch(
                (left, 0.72), width, 1.4, boxstyle="round,pad=0,rounding_size=0.08", facecolor=PALE, edgecolor="none"
            )
        )
        page.add_patch(Rectangle((left + 0.1, 1.98), width - 0.2, 0.06, facecolor=colour))
        page.text(left + width / 2, 1.72, head, ha="center", va="center", fontsize=8.8, color=INK, fontweight="bold")
        page.text(left + width / 2, 1.18, text, ha="center", va="center", fontsize=8.2, color=INK, linespacing=1.4)
        if k:
            _arrow(page, (left - gap + 0.02, 1.42), (left - 0.02, 1.42), INK, lw=1.8)
    note = "The lessons' answers never enter your notebook, and your code never runs where points are decided."
    page.text(0.34, 0.4, note, fontsize=9, color=INK, va="center")


if __name__ == "__main__":
    for name in DRAWN:
        draw_lesson(name, PICTURES / f"{name}.png")
    draw_whole(WHOLE)
