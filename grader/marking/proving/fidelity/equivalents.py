"""Changes that are right answers: what they compute is what the task asks for, so they must keep all points.

Each was read and judged by hand. A mutant is named by its task and the line that it holds instead of the reference's.
"""

from __future__ import annotations

EQUIVALENT: dict[str, tuple[tuple[str, str], ...]] = {
    "The array has two axes: the last one is axis 1.": (
        ("gru.gates", "a_r, a_z, a_n = np.split(x_t @ W.T + b, 3, axis=+1)"),
        ("gru.gates", "u_r, u_z, u_n = np.split(h @ U.T, 3, axis=+1)"),
        ("gru.limits", "_, _, a_n = np.split(x_t @ W.T + b, 3, axis=+1)"),
        ("gru.limits", "_, _, u_n = np.split(h @ U.T, 3, axis=+1)"),
        ("gru.module", "a_r, a_z, a_n = a.chunk(3, dim=+1)"),
        ("gru.module", "u_r, u_z, u_n = (h @ self.U.T).chunk(3, dim=+1)"),
        ("lstm.step_1997", "i, g, o = np.split(x_t @ W.T + h @ U.T + b, 3, axis=+1)"),
        ("lstm.gates", "i, f, g, o = np.split(x_t @ W.T + h @ U.T + b, 4, axis=+1)"),
        ("lstm.step_back", "i, f, g, o = np.split(a_t, 4, axis=+1)"),
        ("lstm.step_back", "return np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=+1), total * f"),
        ("lstm.peephole_step", "i, f, g, o = np.split(x_t @ W.T + h @ U.T + b, 4, axis=+1)"),
        ("lstm.coupled_step", "f, g, o = np.split(x_t @ W.T + h @ U.T + b, 3, axis=+1)"),
        ("lstm.module", "i, f, g, o = (x_t @ self.W.T + h @ self.U.T + self.b).chunk(4, dim=+1)"),
        ("bidirectional.packed", "return y, torch.cat([last[0], last[1]], dim=+1)"),
        (
            "language_model.back_off",
            "n, kinds = c.sum(axis=+1, keepdims=True), (c > 0).sum(axis=-1, keepdims=True)",
        ),
        (
            "language_model.back_off",
            "n, kinds = c.sum(axis=-1, keepdims=True), (c > 0).sum(axis=+1, keepdims=True)",
        ),
        ("language_model.sample", "e = np.exp(scores - scores.max(axis=+1, keepdims=True))"),
        ("language_model.sample", "p = e / e.sum(axis=+1, keepdims=True)"),
        ("language_model.sample", "drawn = (p.cumsum(axis=+1) <= u[:, None]).sum(axis=-1)"),
        ("language_model.sample", "drawn = (p.cumsum(axis=-1) <= u[:, None]).sum(axis=+1)"),
        (
            "language_model.sample",
            "return p, np.minimum(drawn, o.shape[+1] - 1)  # the sum of all p may be rounded below u",
        ),
    ),
    "Only the size or the absolute value of the difference counts, not its sign.": (
        ("bptt.check_gradient", "error = np.linalg.norm((numeric) - (gradient))"),
        ("speech.dtw", "local = np.sqrt((((y[None]) - (x[:, None])) ** 2).sum(axis=-1))"),
        (
            "captioning.caption_loss",
            "counts = (is_end) - (np.cumsum(is_end, axis=0)) == 0  # no end symbol stands before",
        ),
        ("forecasting.errors", "miss = (truth) - (forecast)"),
        ("forecasting.errors", "scale = np.abs((history[:-m]) - (history[m:])).mean()"),
    ),
    "Counted is what the two have in common, or how far they are apart: they may change places.": (
        (
            "tagging.span_f1",
            "hits = sum(len(set(ours) & set(theirs)) for ours, theirs in zip(true, found, strict=True))",
        ),
        ("speech.error_rate", "for said, heard in zip(hypotheses, references, strict=True):"),
    ),
    "With fewer than two spans in all there is no hit, and 0 / 2 is 0 as well.": (
        ("srn.f1_score", "f1 = 2 * hits / max(n_found + n_true, 2)"),
        ("tagging.span_f1", "f1 = 2 * hits / max(n_found + n_true, 2)"),
    ),
    "The default is what was left out, or what NumPy or PyTorch takes None or a negative size for.": (
        (
            "srn.cross_entropy",
            "losses = log_sum - np.take_along_axis(o, targets[..., None], )[..., 0]",
        ),
        ("bidirectional.packed", "packed = pack_padded_sequence(x, lengths, enforce_sorted=None)"),
        ("language_model.windows", "x, y = (ids[first : first + B * S].reshape(B, -2, T) for first in (0, 1))"),
        ("sentiment.paired_interval", "gain = right_b.astype(None) - right_a"),
    ),
    "One zero does for an array of zeros: it is added to every entry.": (
        ("bptt.gradients", "dz, dh0 = sweep(do, h, np.zeros_like(None), U, V)"),
        ("bptt.truncated", "dz[start:end] += sweep(block, h[start:end], np.zeros_like(None), U, V)[0]"),
    ),
    "Counts may be floats.": (
        ("tagging.confusion", "counts = np.zeros((K, K), dtype=None)"),
        ("tagging.confusion", "counts = np.zeros((K, K), )"),
    ),
    "The value is overwritten, or never used, before it can matter.": (
        (
            "translation.teacher_forcing",
            "padded = np.where(t < lengths, np.concatenate([targets, np.full((1, B), None)]), pad)",
        ),
        ("bidirectional.reverse", "source = np.where(t <= lengths, lengths - 1 - t, t)"),
        (
            "language_model.back_off",
            "mixed = (np.maximum(c - d_k, 0) + d_k * kinds * P) / np.maximum(n, 0)",
        ),
        ("tagging.spans", 'found, start, kind = [], 1, ""'),
        ("captioning.write", "ended = word == end"),
    ),
    "Any number will do in place of what stands behind an end, if it is one.": (
        ("translation.attend", "h = h.masked_fill(behind[..., None], 1.0)"),
    ),
    "Any tag that continues nothing ends the last span.": (
        ("tagging.spans", 'for t, tag in enumerate([*tags, "XXOXX"]):'),
        ("tagging.spans", 'for t, tag in enumerate([*tags, "o"]):'),
    ),
    "The mutant takes the shape from something that has the same, or that is stretched to it.": (
        (
            "bidirectional.deep_gradients",
            "dstates = [(half, *(np.zeros_like(half) for _ in starts[1][1:])) for half in halves]",
        ),
        ("language_model.back_off", "P = np.full(counts.shape[2:], 1 / counts.shape[-1], counts.dtype)"),
        (
            "captioning.write",
            "h, word, log_p = h0, np.full(len(h0), len(E) - 1), np.zeros_like(h0[:, 1])",
        ),
    ),
    "All norms of the identity that NumPy names 1 and 2 are 1.": (
        ("clipping.jacobian_norms", "norms = [np.linalg.norm(product, 1, axis=(-2, -1))]"),
    ),
    "Clipping −limit between g and limit gives the same as clipping g between −limit and limit.": (
        ("clipping.clip_by_value", "return {name: np.clip(-limit, g, limit) for name, g in gradients.items()}"),
    ),
    "A sign is its own reciprocal.": (("clipping.orthogonal", "Q = Q / np.sign(np.diag(R))"),),
    "Every size that is asked allows at least one unit, so counting may start at 0.": (("deep.width", "H = 0"),),
    "A blank never jumps, and before the first label there is nothing to jump from.": (
        (
            "speech.ctc_loss",
            "jumps = np.array([s >= 1 and k not in (blank, extended[s - 2]) for s, k in enumerate(extended)])",
        ),
        (
            "speech.ctc_loss",
            "jumps = np.array([s > 2 and k not in (blank, extended[s - 2]) for s, k in enumerate(extended)])",
        ),
        (
            "speech.ctc_loss",
            "jumps = np.array([s > 0 and k not in (blank, extended[s - 2]) for s, k in enumerate(extended)])",
        ),
    ),
}
"""The reason → (task, the mutant's line)."""

NO_MISTAKES = {
    **{
        (f"clipping.{task}", f"{entry}, as nested lists"): "A list of the numbers is new, whatever it was made of."
        for task in ("clip_by_norm", "clip_by_value")
        for entry in ("given-arrays-returned", "given-zeros-returned")
    },
    **{
        (f"clipping.{task}", f"given-dict-returned, {style}"): "In this style the dict is copied on its way."
        for task in ("clip_by_norm", "clip_by_value", "sgd_step")
        for style in ("in double precision", "in Fortran order", "as nested lists")
    },
    ("lstm.set_forget_bias", "one-not-copied, as nested lists"): "A list of the numbers is new.",
    ("bptt.slopes", "overflows-in-float32, in double precision"): "What overflows in float32 does not in float64.",
    ("srn.parameter_count", "two-biases + no-b"): "One bias too many and one too few.",
    ("deep.width", "one-too-many + one-too-few"): "One up, one down.",
    ("bptt.truncated", "losses-counted-again + overwritten"): (
        "The last sweep over a step sees all losses from there to the sweep's end: what it overwrites, it finds again."
    ),
}
"""(task, two mistakes, or a mistake and a style) → why together they are a right answer."""

LINES = frozenset(line for lines in EQUIVALENT.values() for line in lines)
