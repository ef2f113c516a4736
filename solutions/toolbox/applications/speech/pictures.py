"""Pictures of speech: waves and spectrograms, frames of features, alignments, and what CTC reads when."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.plots import BASELINE, FAINT, INK, MARKERS, NETWORK, SERIES, STYLES, axes


@says_what_it_shows
def spectrograms(panels, hop, rate):
    """One column for each word: its wave above, its spectrogram below.

    Args:
        panels: word → samples (n,), and levels in dB (frequencies, frames), 0 to half of ``rate``.
        hop: samples from one frame to the next.
        rate: samples in a second.
    """
    figure, grid = plt.subplots(
        2, len(panels), figsize=(10, 4.2), dpi=100, layout="constrained", sharey="row", height_ratios=(1, 2.4)
    )
    for column, (word, (samples, levels)) in enumerate(panels.items()):
        wave, image = grid[:, column]
        wave.plot(np.arange(len(samples)) / rate, samples, color=BASELINE, linewidth=0.4)
        wave.set(title=f"“{word}”", xlim=(0, len(samples) / rate), xticklabels=[])
        extent = (0, levels.shape[1] * hop / rate, 0, rate / 2000)
        shown = image.imshow(levels, origin="lower", aspect="auto", extent=extent, cmap="viridis", vmin=-60, vmax=20)
        image.set_xlabel("time (s)")
    grid[0, 0].set_ylabel("pressure")
    grid[1, 0].set_ylabel("frequency (kHz)")
    figure.colorbar(shown, ax=grid[1, :], label="level (dB)", pad=0.01)
    return grid


@says_what_it_shows
def features(recordings, titles):
    """Frames of several recordings, side by side on one scale of time. Each is (T, 13)."""
    widths = [len(x) for x in recordings]
    figure, panels = plt.subplots(
        1, len(widths), figsize=(10, 2.9), dpi=100, layout="constrained", width_ratios=widths, sharey=True
    )
    for ax, x, title in zip(panels, recordings, titles, strict=True):
        shown = ax.imshow(x.T, origin="lower", aspect="auto", cmap="cividis", vmin=-2.5, vmax=2.5, interpolation="none")
        ax.set_title(title, fontsize=10)
        ax.set(xlabel="frame", xticks=range(0, len(x), 5))
    panels[0].set(ylabel="feature", yticks=range(0, 13, 3))
    figure.colorbar(shown, ax=panels, label="value / spread", pad=0.01)
    return panels


def cheapest_way(D):
    """The alignment that a table of accumulated costs (N, M) stands for: pairs (i, j), from the start to the end."""
    i, j = D.shape[0] - 1, D.shape[1] - 1
    way = [(i, j)]
    while i or j:
        steps = [(a, b) for a, b in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if a >= 0 and b >= 0]
        i, j = min(steps, key=lambda at: D[at])
        way.append((i, j))
    return way[::-1]


@says_what_it_shows
def alignment(local, tables, names):
    """Local costs of each pair, and on them the cheapest way of its table. ``names`` are the axes' words."""
    figure, panels = plt.subplots(1, len(local), figsize=(9, 3.6), dpi=100, layout="constrained")
    top = max(costs.max() for costs in local)
    for ax, costs, D, (one, other) in zip(panels, local, tables, names, strict=True):
        shown = ax.imshow(costs, origin="lower", aspect="auto", cmap="cividis", vmin=0, vmax=top)
        i, j = np.array(cheapest_way(D)).T
        ax.plot(j, i, "o-", color="white", markeredgecolor=INK, markersize=5, linewidth=1.6)
        ax.set(xlabel=f"frame of {other}", ylabel=f"frame of {one}")
        ax.set_title(f"{D[-1, -1]:.1f} in all, {D[-1, -1] / sum(D.shape):.2f} per frame", fontsize=10)
    figure.colorbar(shown, ax=panels, label="local cost", pad=0.01)
    return panels


@says_what_it_shows
def lattice(states, T, jumps, title=""):
    """The states of CTC over T frames, and every step a path may take. ``jumps`` says which states are jumped to."""
    ax = axes(width=8.0, height=0.42 * len(states) + 0.9)
    ax.grid(visible=False)
    S = len(states)
    reached = {0: {0, 1}}
    for t in range(1, T):
        ways = [(s, e) for s in reached[t - 1] for e in (s, s + 1, s + 2) if e < S and (e < s + 2 or jumps[e])]
        reached[t] = {end for _, end in ways}
        for start, end in ways:
            colour = {0: FAINT, 1: BASELINE, 2: NETWORK}[end - start]
            ax.annotate("", (t - 0.08, end), (t - 0.92, start), arrowprops={"arrowstyle": "->", "color": colour})
    for t, ends in reached.items():
        for s in ends:
            face = "white" if s % 2 == 0 else SERIES[2]
            ax.plot(t, s, "o", color=SERIES[2], markerfacecolor=face, markersize=9, zorder=3)
    ax.plot([T - 1] * 2, [S - 1, S - 2], "o", color=NETWORK, markerfacecolor="none", markersize=16)
    ax.set_yticks(range(S), [f"{k}   s = {s + 1}" for s, k in enumerate(states)])
    ax.set_xticks(range(T), range(1, T + 1))
    ax.set(xlabel="frame t", xlim=(-0.4, T - 0.4), ylim=(S - 0.4, -0.6), title=title)
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax


@says_what_it_shows
def accuracy_by_number(rows, methods, limits=(0.5, 1.01)):
    """Accuracy against recordings a digit: a dot for each draw, a line through the means.

    Args:
        rows: dicts with "recordings a digit" and, for each of ``methods``, a list of accuracies.
    """
    ax = axes(width=8.0, height=3.4)
    x = np.arange(len(rows))
    for k, name in enumerate(methods):
        values = [row[name] for row in rows]
        ax.plot(x, [np.mean(v) for v in values], "-", color=SERIES[k], linewidth=1.4)
        for at, some in enumerate(values):
            label = name if at == 0 else None
            places = np.full(len(some), at + 0.06 * (k - 1))
            ax.plot(places, some, MARKERS[k], color=SERIES[k], alpha=0.8, markersize=6, label=label)
    ax.set_xticks(x, [row["recordings a digit"] for row in rows])
    ax.set(xlabel="recordings of each digit to learn from", ylabel="share recognised", ylim=limits)
    ax.legend(loc="lower right", frameon=False)
    return ax


@says_what_it_shows
def accuracy_by_voice(rows, methods):
    """One group for each voice that was left out: a mark for each method."""
    ax = axes(width=8.0, height=3.0)
    for k, name in enumerate(methods):
        for at, row in enumerate(rows):
            places = np.full(len(row[name]), at + 0.15 * (k - 1))
            ax.plot(places, row[name], MARKERS[k], color=SERIES[k], markersize=8, label=name if at == 0 else None)
    ax.set_xticks(range(len(rows)), [f"voice {row['voice']}" for row in rows])
    ax.set(ylabel="share recognised", ylim=(0.3, 1.02), xlabel="the voice that was not in training")
    ax.axhline(1, color=FAINT, linewidth=0.8)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return ax


@says_what_it_shows
def confusions(said, answers, title=""):
    """How often each digit (row) was taken for each other (column); what is right is left out of the colours."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (said, answers), 1)
    wrong = np.where(np.eye(10, dtype=bool), 0, counts)
    figure, ax = plt.subplots(figsize=(4.8, 4.2), dpi=100, layout="constrained")
    shown = ax.imshow(wrong, cmap="Oranges", vmin=0, vmax=2 * max(1, wrong.max()))
    for i, j in np.argwhere(counts):
        ax.text(j, i, counts[i, j], ha="center", va="center", fontsize=9, color=FAINT if i == j else INK)
    ax.set(xticks=range(10), yticks=range(10), xlabel="taken for", ylabel="said", title=title)
    figure.colorbar(shown, ax=ax, label="mistakes", shrink=0.8, boundaries=np.arange(wrong.max() + 2) - 0.5).set_ticks(
        range(wrong.max() + 1)
    )
    return ax


@says_what_it_shows
def training_of_ctc(curves, shares):
    """Left: loss per label of each seed. Right: the share of steps at which the blank is the likeliest class."""
    left, right = axes(columns=2, height=2.9)
    for k, (losses, share) in enumerate(zip(curves, shares, strict=True)):
        left.plot(losses, color=SERIES[k], linestyle=STYLES[k], linewidth=1, label=f"seed {k}")
        right.plot(share, color=SERIES[k], linestyle=STYLES[k], linewidth=1)
    left.set(xlabel="updates", ylabel="CTC loss per label (nats)", ylim=(0, 5))
    right.set(xlabel="updates", ylabel="share of blanks", ylim=(0, 1.03))
    left.legend(frameon=False)
    return left, right


@says_what_it_shows
def spikes(frames, log_p, said, lengths, blank):
    """Above: the frames of joined digits, (T, D). Below: the probability of each class at each step, (T / 2, 11).

    Args:
        said, lengths: the digits, and how many frames each of them has; white and dotted lines stand between them.
    """
    _, (above, below) = plt.subplots(2, 1, figsize=(10, 4.4), dpi=100, layout="constrained", sharex=True)
    extent = (0, len(frames), -0.5, frames.shape[1] - 0.5)
    above.imshow(frames.T, origin="lower", aspect="auto", extent=extent, cmap="cividis", vmin=-2.5, vmax=2.5)
    ends, place = np.cumsum(lengths), 2 * np.arange(len(log_p)) + 1
    below.plot(place, np.exp(log_p[:, blank]), "--", color=FAINT, linewidth=1.2, label="blank")
    for order, digit in enumerate(sorted({int(k) for k in log_p.argmax(1)} - {blank})):
        likely = np.exp(log_p[:, digit])
        below.plot(place, likely, MARKERS[order % 5] + "-", markersize=4, color=SERIES[order % 4], label=f"“{digit}”")
    for ax, colour in ((above, "white"), (below, INK)):
        for end in ends[:-1]:
            ax.axvline(end, color=colour, linewidth=1.2, linestyle=":")
    for digit, start, end in zip(said, ends - lengths, ends, strict=True):
        above.text((start + end) / 2, frames.shape[1], f"“{digit}”", ha="center", va="bottom")
    above.set(ylabel="feature", yticks=range(0, 13, 3))
    below.set(xlabel="frame", ylabel="probability", ylim=(-0.03, 1.05))
    below.spines[["top", "right"]].set_visible(False)
    below.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return above, below
