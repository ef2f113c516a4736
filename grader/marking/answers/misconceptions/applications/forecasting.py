"""Lesson 08, forecasting: wrong answers, as one-line edits of `solutions.applications.forecasting`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

SCALE = "z = (series - series[:first].mean(axis=0)) / series[:first].std(axis=0)"
TARGETS = "y = z[start[:, None] + T + np.arange(K), 0]"
WINDOWS_BANK = (
    Misconception(
        "scaled-by-all-rows",
        (SCALE, "z = (series - series.mean(axis=0)) / series.std(axis=0)"),
        "Mean and standard deviation were taken over all rows, those of the test too: the future leaks into training.",
    ),
    Misconception(
        "mean-of-all-rows",
        ("series[:first].mean(axis=0)", "series.mean(axis=0)"),
        "The mean was taken over all rows. On the day of the forecast only the rows before `first` are known.",
    ),
    Misconception(
        "spread-of-all-rows",
        ("series[:first].std(axis=0)", "series.std(axis=0)"),
        "The standard deviation was taken over all rows. Only the rows before `first` are known then.",
    ),
    Misconception(
        "not-scaled",
        (SCALE, "z = series"),
        "The windows hold the series as it came: it is to be scaled first.",
    ),
    Misconception(
        "only-centred",
        (SCALE, "z = series - series[:first].mean(axis=0)"),
        "The mean is taken away, but the columns still have their own spread.",
    ),
    Misconception(
        "one-scale-for-all-columns",
        (SCALE, "z = (series - series[:first].mean()) / series[:first].std()"),
        "All columns were scaled by the same two numbers. Each variable has its own mean and spread.",
    ),
    Misconception(
        "sample-standard-deviation",
        ("series[:first].std(axis=0)", "series[:first].std(axis=0, ddof=1)"),
        "The standard deviation divides by the number of rows less one; the exercise divides by the number of rows.",
    ),
    Misconception(
        "targets-one-late",
        (TARGETS, "y = z[np.minimum(start[:, None] + T + 1 + np.arange(K), len(z) - 1), 0]"),
        "The targets begin one row too late: the first of them is the row right after the last known one.",
    ),
    Misconception(
        "targets-one-early",
        (TARGETS, "y = z[start[:, None] + T - 1 + np.arange(K), 0]"),
        "The first target is the last known row. The answer stands in the question.",
    ),
    Misconception(
        "last-column",
        (TARGETS, "y = z[start[:, None] + T + np.arange(K), -1]"),
        "The targets come from another column: column 0 is to be forecast.",
    ),
    Misconception(
        "straddling-windows-train",
        ("train = start + T + K <= first", "train = start + T < first"),
        "Some training windows have targets at or after row `first`: the test leaks into training.",
    ),
    Misconception(
        "one-training-window-short",
        ("train = start + T + K <= first", "train = start + T + K < first"),
        "The last training window is missing. Its last target stands in row `first` − 1: may it be used?",
    ),
    Misconception(
        "test-inputs-must-be-new",
        ("test = start + T >= first", "test = start >= first"),
        "The first test windows are missing: when they are forecast, the rows before `first` are known; read them.",
    ),
    Misconception(
        "all-test-targets-but-the-first",
        ("test = start + T >= first", "test = start + T > first"),
        "The first test window is missing: its first target stands in row `first` itself.",
    ),
    Misconception(
        "straddling-windows-test",
        ("test = start + T >= first", "test = start + T + K > first"),
        "Some test windows have targets before row `first`: those were seen in training.",
    ),
    Misconception(
        "last-window-lost",
        ("len(z) - T - K + 1", "len(z) - T - K"),
        "The last window of the series is missing. How many places are there for T + K rows among N?",
    ),
    Misconception(
        "windows-side-by-side",
        ("np.arange(len(z) - T - K + 1)", "np.arange(0, len(z) - T - K + 1, T)"),
        "The windows stand side by side. Every row may begin a window; they overlap.",
    ),
    Misconception(
        "targets-as-they-came",
        ("y = z[start[:, None] + T + np.arange(K), 0]", "y = series[start[:, None] + T + np.arange(K), 0]"),
        "The targets are not scaled. They are measured as the inputs are.",
    ),
)
NAIVE = "history[len(history) - m + np.arange(K) % m]"
NAIVE_BANK = (
    Misconception(
        "last-value",
        (NAIVE, "history[len(history) - 1 + np.arange(K) * 0]"),
        "The last value was repeated. The season matters: what was it one season before?",
    ),
    Misconception(
        "first-season",
        (NAIVE, "history[np.arange(K) % m]"),
        "The first season of the history was repeated; the last one is nearer.",
    ),
    Misconception(
        "one-row-late",
        (NAIVE, "history[len(history) - m + (np.arange(K) + 1) % m]"),
        "The season begins one row too late: the first step ahead repeats the row m steps before it.",
    ),
    Misconception(
        "one-row-early",
        (NAIVE, "history[len(history) - m - 1 + np.arange(K) % m]"),
        "Each forecast repeats the row m + 1 steps before it, not m.",
    ),
    Misconception(
        "last-k-rows",
        (NAIVE, "history[len(history) - K + np.arange(K)]"),
        "The last K rows were repeated. That is a season only if K = m.",
    ),
    Misconception(
        "backwards",
        (NAIVE, "history[len(history) - 1 - np.arange(K) % m]"),
        "The last season runs backwards.",
    ),
    Misconception(
        "season-before-the-last",
        (NAIVE, "history[len(history) - 2 * m + np.arange(K) % m]"),
        "The season before the last one was repeated; the last one is nearer.",
    ),
    Misconception(
        "one-axis-alone",
        (NAIVE, "history[len(history) - m + np.arange(K) % m, :]"),
        "This fails where each step is a single number: the history has the shape (N, …), whatever comes after N.",
    ),
    Misconception(
        "mean-of-the-season",
        (NAIVE, "np.broadcast_to(history[-m:].mean(axis=0), (K, *history.shape[1:])).astype(history.dtype)"),
        "This is the mean of the last season, the same for every step.",
    ),
    Misconception(
        "runs-out-of-the-season",
        ("history[len(history) - m + np.arange(K) % m]", "history[-m + np.arange(K)]"),
        "From k = m on the index −m + k is 0 and more, and counts from the start of the history, or runs out of it. "
        "What does the remainder of a division do?",
    ),
    Misconception(
        "each-value-repeated",
        ("history[len(history) - m + np.arange(K) % m]", "history[len(history) - m + np.arange(K) // -(-K // m)]"),
        "Each value of the season is repeated before the next one comes. The season as a whole is repeated.",
    ),
    Misconception(
        "tiled-along-the-last-axis",
        ("history[len(history) - m + np.arange(K) % m]", "np.tile(history[-m:], -(-K // m))[:K]"),
        "`np.tile` repeats along the last axis. Time is the first one, whatever comes after it.",
    ),
    Misconception(
        "tiled-once-more",
        ("history[len(history) - m + np.arange(K) % m]", "np.tile(history[-m:], K // m + 1)[:K]"),
        "`np.tile` repeats along the last axis. Time is the first one, whatever comes after it.",
    ),
)
ERRORS_BANK = (
    Misconception(
        "no-absolute-value",
        ("mae = np.abs(miss).mean()", "mae = miss.mean()"),
        "This is the mean error: too high and too low cancel. The absolute value is missing.",
    ),
    Misconception(
        "median",
        ("mae = np.abs(miss).mean()", "mae = np.median(np.abs(miss))"),
        "This is the median of the absolute errors. MAE is their mean.",
    ),
    Misconception(
        "mean-of-roots",
        ("rmse = np.sqrt((miss**2).mean())", "rmse = np.sqrt((miss**2).mean(axis=-1)).mean()"),
        "A root was taken for every window and the roots were averaged. The root is taken once, of the mean over all.",
    ),
    Misconception(
        "no-root",
        ("rmse = np.sqrt((miss**2).mean())", "rmse = (miss**2).mean()"),
        "This is the mean squared error; its unit is the square of the series'.",
    ),
    Misconception(
        "sum-for-mean",
        ("rmse = np.sqrt((miss**2).mean())", "rmse = np.sqrt((miss**2).sum())"),
        "The squares were added, not averaged: the error grows with the number of windows.",
    ),
    Misconception(
        "scaled-by-one-step",
        ("np.abs(history[m:] - history[:-m]).mean()", "np.abs(history[1:] - history[:-1]).mean()"),
        "The scale of MASE is what the *seasonal* naive forecast misses: compare rows a season apart.",
    ),
    Misconception(
        "scaled-by-the-test",
        ("np.abs(history[m:] - history[:-m]).mean()", "np.abs(truth - truth.mean()).mean()"),
        "The scale of MASE was taken from the test. It belongs to the known history.",
    ),
    Misconception(
        "scale-without-absolute-value",
        ("np.abs(history[m:] - history[:-m]).mean()", "(history[m:] - history[:-m]).mean()"),
        "The scale of MASE is a mean of absolute differences: here ups and downs cancel.",
    ),
    Misconception(
        "scale-squared",
        ("np.abs(history[m:] - history[:-m]).mean()", "np.sqrt(((history[m:] - history[:-m]) ** 2).mean())"),
        "MASE divides an absolute error by an absolute error; this scale is a root of mean squares.",
    ),
    Misconception(
        "mase-of-rmse",
        ("mae / scale", "rmse / scale"),
        "MASE has the mean absolute error above the line; here it is RMSE.",
    ),
    Misconception(
        "percent",
        ("mae / scale", "100 * mae / scale"),
        "MASE is a ratio, not a percentage.",
    ),
    Misconception(
        "difference-taken-m-times",
        ("np.abs(history[m:] - history[:-m])", "np.abs(np.diff(history, m))"),
        "`np.diff(y, m)` takes neighbours' differences m times over. The scale needs the difference of rows m apart.",
    ),
    Misconception(
        "scale-over-all-rows",
        ("np.abs(history[m:] - history[:-m]).mean()", "np.abs(history[m:] - history[:-m]).sum() / history.size"),
        "The scale of MASE is divided by the length of the history. How many differences of a season are in the sum?",
    ),
)
LOSS = "np.maximum(levels * miss, (levels - 1) * miss).mean()"
INSIDE = "inside = (forecast[..., 0] <= truth) & (truth <= forecast[..., -1])"
QUANTILE_BANK = (
    Misconception(
        "levels-swapped",
        (LOSS, "np.maximum((1 - levels) * miss, -levels * miss).mean()"),
        "Too low and too high are swapped: the lowest level was treated as the highest. Look at q, 1 − q and the sign.",
    ),
    Misconception(
        "absolute-error",
        (LOSS, "np.abs(miss).mean()"),
        "This is the mean absolute error: the levels have no influence.",
    ),
    Misconception(
        "weighted-absolute-error",
        (LOSS, "(levels * np.abs(miss)).mean()"),
        "Too low and too high cost the same. Only one of them is weighted by q; what weighs the other?",
    ),
    Misconception(
        "half-of-the-loss",
        (LOSS, "np.maximum(levels * miss, 0).mean()"),
        "A forecast that is too high costs nothing here.",
    ),
    Misconception(
        "minimum",
        (LOSS, "np.minimum(levels * miss, (levels - 1) * miss).mean()"),
        "The smaller of the two terms was taken: the loss is below zero.",
    ),
    Misconception(
        "summed-over-levels",
        (LOSS, "np.maximum(levels * miss, (levels - 1) * miss).sum(axis=-1).mean()"),
        "The loss was added over the levels and averaged over the rest; the exercise wants the mean over all.",
    ),
    Misconception(
        "twice-the-loss",
        (LOSS, "2 * np.maximum(levels * miss, (levels - 1) * miss).mean()"),
        "The loss is twice the exercise's. Some books double it, so that the level ½ gives the absolute error.",
    ),
    Misconception(
        "only-below-the-highest",
        (INSIDE, "inside = truth <= forecast[..., -1]"),
        "Coverage counts what lies below the highest forecast; the fan also has a lower edge.",
    ),
    Misconception(
        "ends-excluded",
        (INSIDE, "inside = (forecast[..., 0] < truth) & (truth < forecast[..., -1])"),
        "A truth that is exactly the lowest or the highest forecast counts as outside. The ends belong to the fan.",
    ),
    Misconception(
        "outside",
        (INSIDE, "inside = (forecast[..., 0] > truth) | (truth > forecast[..., -1])"),
        "This is the share of truths outside the fan.",
    ),
    Misconception(
        "number-not-share",
        ("inside.mean()", "inside.sum()"),
        "Coverage is a share between 0 and 1; this is a number of truths.",
    ),
    Misconception(
        "axis-missing",
        ("truth[..., None] - forecast", "truth - forecast"),
        "`truth` has one axis less than `forecast`: where they fit together at all, the wrong axes meet. `[..., "
        "None]` adds one at the end.",
    ),
)

BANK = {
    "forecasting.windows": WINDOWS_BANK,
    "forecasting.seasonal_naive": NAIVE_BANK,
    "forecasting.errors": ERRORS_BANK,
    "forecasting.quantile_loss": QUANTILE_BANK,
}
