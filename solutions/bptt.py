"""Back-propagation through time: the gradient of a sequence's loss, of every parameter, state and input, in NumPy.

The network and its loss are those of lesson 01::

    z_t = x_t Wᵀ + h_{t-1} Uᵀ + b        h_t = tanh(z_t)        o_t = h_t Vᵀ + c
    L = Σ_t L_t,    L_t = (1 / TB) Σ_b cross-entropy of (o_{t,b}, target_{t,b})

and ``delta[t, k]`` = δ_{t,k} = ∂L_t/∂z_k. Shapes, everywhere: ``x`` (T, B, D), ``h`` (T, B, H), ``h0`` (B, H), ``W``
(H, D), ``U`` (H, H), ``b`` (H,), ``V`` (O, H), ``c`` (O,), ``do`` = ∂L/∂o (T, B, O), ``dz`` = ∂L/∂z (T, B, H). Arrays
are float64 or float32; a result has the dtype of its inputs.

Sources: P. J. Werbos, "Backpropagation through time: what it does and how to do it", Proceedings of the IEEE 78 (1990);
R. J. Williams, J. Peng, "An efficient gradient-based algorithm for on-line training of recurrent network trajectories",
Neural Computation 2 (1990), for the truncation.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from solutions.srn import sequence


def slopes(z):
    """The derivatives f'(z) of four activation functions.

        sigmoid'(z) = e^{−|z|} / (1 + e^{−|z|})²        tanh'(z) = 1 − tanh²(z)
        relu'(z) = 1 if z > 0, else 0                    linear'(z) = 1

    The first is σ(z) (1 − σ(z)), which is even, so |z| may stand for z, and nothing overflows.

    Args:
        z: what goes into the function, of any shape.

    Returns:
        sigmoid', tanh', relu', linear': four arrays of the shape and dtype of z. relu'(0) counts as 0.
    """
    e = np.exp(-np.abs(z))
    sigmoid = e / (1 + e) ** 2
    tanh = 1 - np.tanh(z) ** 2
    relu = (z > 0).astype(z.dtype)
    linear = np.ones_like(z)
    return sigmoid, tanh, relu, linear


def derivation(u, w, b, h0, x1, x2, x3, y):
    """A net of single numbers with a sigmoid, T = 3 and one loss at its end, differentiated on paper.

        h_t = σ(u h_{t-1} + w x_t + b)        L_3 = ½ (h_3 − y)²        σ' = h (1 − h)
        δ_{3,3} = σ'_3 (h_3 − y)        δ_{3,k} = σ'_k u δ_{3,k+1}

    Args:
        u, w, b, h0, x1, x2, x3, y: SymPy symbols.

    Returns:
        δ_{3,1} x_1, δ_{3,2} x_2, δ_{3,3} x_3: the parts of ∂L_3/∂w; then ∂L_3/∂h_0. Four SymPy expressions.
    """
    h1 = 1 / (1 + sp.exp(-(u * h0 + w * x1 + b)))
    h2 = 1 / (1 + sp.exp(-(u * h1 + w * x2 + b)))
    h3 = 1 / (1 + sp.exp(-(u * h2 + w * x3 + b)))
    delta33 = h3 * (1 - h3) * (h3 - y)
    delta32 = h2 * (1 - h2) * u * delta33
    delta31 = h1 * (1 - h1) * u * delta32
    return delta31 * x1, delta32 * x2, delta33 * x3, delta31 * u


def score_gradient(o, targets):
    """The gradient of the mean cross-entropy by the scores.

        ∂L/∂o_t = (softmax(o_t) − onehot(target_t)) / TB

    Args:
        o: scores, (T, B, O).
        targets: the right class of each step, integers in 0 … O − 1, (T, B).

    Returns:
        do, (T, B, O); each row sums to 0.
    """
    T, B, O = o.shape
    e = np.exp(o - o.max(axis=-1, keepdims=True))
    y = e / e.sum(axis=-1, keepdims=True)
    onehot = np.eye(O, dtype=o.dtype)[targets]
    return (y - onehot) / (T * B)


def delta_step(delta_next, h_k, U):
    """One step of an error term back in time.

        δ_{t,k} = f'(z_k) ⊙ (δ_{t,k+1} U)        f = tanh, so f'(z_k) = 1 − h_k²

    Args:
        delta_next: δ_{t,k+1}, (B, H).
        h_k: the state of step k, (B, H).
        U: state → state, (H, H).

    Returns:
        δ_{t,k}, (B, H).
    """
    return (1 - h_k**2) * (delta_next @ U)


def double_sum(do, h, h0, U, V):
    """Every error term δ_{t,k} by itself, and the gradient of U as the double sum over (t, k): O(T²).

        δ_{t,t} = f'(z_t) ⊙ (∂L_t/∂o_t V)        δ_{t,k} = `delta_step` of δ_{t,k+1}
        ∂L/∂U = Σ_t Σ_{k≤t} δ_{t,k}ᵀ h_{k-1}

    Args:
        do: ∂L_t/∂o_t, (T, B, O).
        h, h0: states, (T, B, H), and the one before the first step, (B, H).
        U, V: weights, (H, H), (O, H).

    Returns:
        delta: ``delta[t, k]`` = δ_{t,k}, (T, T, B, H); zero where k > t.
        dU: ∂L/∂U, (H, H).
    """
    T = len(h)
    delta = np.zeros((T, *h.shape), dtype=h.dtype)
    before = np.concatenate([h0[None], h[:-1]])
    dU = np.zeros_like(U)
    for t in range(T):
        delta[t, t] = (1 - h[t] ** 2) * (do[t] @ V)
        for k in reversed(range(t)):
            delta[t, k] = delta_step(delta[t, k + 1], h[k], U)
        for k in range(t + 1):
            dU += delta[t, k].T @ before[k]
    return delta, dU


def sweep(do, h, dh, U, V):
    """All error terms added up in one backward sweep: O(T).

        ∂L/∂z_k = Σ_{t≥k} δ_{t,k} = f'(z_k) ⊙ (∂L/∂o_k V + ∂L/∂z_{k+1} U)

    Args:
        do: ∂L/∂o, (T, B, O).
        h: states, (T, B, H).
        dh: what arrives at h_T from beyond the last step, (B, H); zeros for a sequence that ends there.
        U, V: weights, (H, H), (O, H).

    Returns:
        dz: ∂L/∂z, (T, B, H).
        dh0: ∂L/∂h_0, what leaves the first step, (B, H).
    """
    dz = np.zeros_like(h)
    for k in reversed(range(len(h))):
        dz[k] = (1 - h[k] ** 2) * (do[k] @ V + dh)
        dh = dz[k] @ U
    return dz, dh


def gradients(x, h0, targets, W, U, b, V, c):
    """The gradient of the mean cross-entropy by everything that goes into the network.

        ∂L/∂U = Σ_t ∂L/∂z_tᵀ h_{t-1}    ∂L/∂W = Σ_t ∂L/∂z_tᵀ x_t    ∂L/∂b = Σ_t Σ_rows ∂L/∂z_t
        ∂L/∂V = Σ_t ∂L/∂o_tᵀ h_t    ∂L/∂c = Σ_t Σ_rows ∂L/∂o_t    ∂L/∂x_t = ∂L/∂z_t W

    Args:
        x, h0, targets: (T, B, D), (B, H), integers (T, B).
        W, U, b, V, c: all parameters.

    Returns:
        dW, dU, db, dV, dc, dh0, dx, each in the shape of its variable.
    """
    h = sequence(x, h0, W, U, b)
    do = score_gradient(h @ V.T + c, targets)
    dz, dh0 = sweep(do, h, np.zeros_like(h0), U, V)
    before = np.concatenate([h0[None], h[:-1]])
    dW = np.einsum("tbh,tbd->hd", dz, x)
    dU = np.einsum("tbh,tbk->hk", dz, before)
    db = dz.sum(axis=(0, 1))
    dV = np.einsum("tbo,tbh->oh", do, h)
    dc = do.sum(axis=(0, 1))
    dx = dz @ W
    return dW, dU, db, dV, dc, dh0, dx


def central_difference(loss, theta, step):
    """The gradient by central differences, entry by entry.

        ∂L/∂θ_i ≈ (L(θ + step e_i) − L(θ − step e_i)) / (2 step)

    Args:
        loss: function of an array in the shape of theta; returns a number.
        theta: where, an array of any shape; it is left as it is.
        step: how far each entry is moved.

    Returns:
        the gradient, in the shape and dtype of theta.
    """
    gradient = np.zeros_like(theta)
    for index in np.ndindex(theta.shape):
        shift = np.zeros_like(theta)
        shift[index] = step
        gradient[index] = (loss(theta + shift) - loss(theta - shift)) / (2 * step)
    return gradient


def check_gradient(loss, theta, gradient):
    """Is this the gradient of the loss at theta?

        ‖gradient − numeric‖ ≤ 10⁻⁶ ‖numeric‖,    numeric by central differences with step 10⁻⁵

    Written as a product, so that a gradient of zeros is right where the loss does not depend on theta, and so that
    nan is wrong.

    Args:
        loss: function of an array in the shape of theta; returns a number.
        theta: where, float64.
        gradient: the gradient to be checked, in the shape of theta.

    Returns:
        True or False.
    """
    numeric = central_difference(loss, theta, 1e-5)
    error = np.linalg.norm(gradient - numeric)
    return bool(error <= 1e-6 * np.linalg.norm(numeric))


def truncated(x, h0, targets, W, U, b, V, c, k1, k2):
    """Truncated back-propagation through time: after every k1 steps, back through the last k2 steps only.

        ∂L/∂z_k ≈ Σ_t δ_{t,k} over the t ≥ k whose block of k1 steps ends at a step e with k > e − k2

    The last block is shorter where k1 does not divide T.

    Args:
        x, h0, targets, W, U, b, V, c: as for `gradients`.
        k1: steps between two sweeps.
        k2: steps that a sweep goes back, at least k1.

    Returns:
        dW, dU, db: the truncated gradients, each in the shape of its variable.
    """
    h = sequence(x, h0, W, U, b)
    do = score_gradient(h @ V.T + c, targets)
    dz = np.zeros_like(h)
    for first in range(0, len(x), k1):
        end = min(first + k1, len(x))
        start = max(0, end - k2)
        block = do[start:end].copy()
        block[: first - start] = 0
        dz[start:end] += sweep(block, h[start:end], np.zeros_like(h0), U, V)[0]
    before = np.concatenate([h0[None], h[:-1]])
    dW = np.einsum("tbh,tbd->hd", dz, x)
    dU = np.einsum("tbh,tbk->hk", dz, before)
    db = dz.sum(axis=(0, 1))
    return dW, dU, db
