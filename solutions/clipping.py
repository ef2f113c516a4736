"""Gradients that explode and vanish, and what holds them: measures, clipping, decay, initial weights. NumPy.

The network is that of lesson 01, z_t = x_t Wᵀ + h_{t-1} Uᵀ + b, h_t = f(z_t). One step back in time multiplies by

    J_t = ∂h_t/∂h_{t-1} = diag(f'(z_t)) U

so what goes back over ``lag`` steps is multiplied by a product of ``lag`` such matrices. Shapes: ``h`` (T, B, H),
``U`` (H, H). Arrays are float64 or float32; a result has the dtype of its inputs. ``gradients`` and ``parameters`` are
dicts, name → array, as `solutions.srn.backward` returns; they are never changed in place.

Sources: Y. Bengio, P. Simard, P. Frasconi, IEEE Transactions on Neural Networks 5 (1994); R. Pascanu, T. Mikolov,
Y. Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, arXiv:1211.5063.
"""

from __future__ import annotations

import numpy as np


def jacobian_norms(U, slopes):
    """How much a gradient can be stretched on its way back: ‖∂h_T/∂h_{T−lag}‖ for every lag.

        J_t = diag(f'(z_t)) U        ∂h_T/∂h_{T−lag} = J_T J_{T−1} ⋯ J_{T−lag+1}

    The norm is the largest singular value.

    Args:
        U: state → state, (H, H).
        slopes: f'(z_1) … f'(z_T), (T, B, H).

    Returns:
        norms, (T + 1, B): for lag 0 (the identity: norm 1), 1, …, T (back to h_0).
    """
    _, B, H = slopes.shape
    product = np.broadcast_to(np.eye(H, dtype=U.dtype), (B, H, H))
    norms = [np.linalg.norm(product, 2, axis=(-2, -1))]
    for slope in slopes[::-1]:
        J = slope[:, :, None] * U
        product = product @ J
        norms.append(np.linalg.norm(product, 2, axis=(-2, -1)))
    return np.stack(norms)


def predicted_gamma(U, slopes):
    """The factor γ by which a step back multiplies a gradient: its upper bound, and what to expect in the long run.

        bound = σ_max(U) · max f'        predicted = ρ(U) · √(mean of f'²)

    σ_max is the largest singular value, ρ the spectral radius: the largest absolute value of an eigenvalue.

    Args:
        U: state → state, (H, H).
        slopes: f'(z_1) … f'(z_T), (T, B, H).

    Returns:
        bound, predicted: two scalars.
    """
    sigma = np.linalg.norm(U, 2)
    rho = np.abs(np.linalg.eigvals(U)).max()
    return sigma * slopes.max(), rho * np.sqrt((slopes**2).mean())


def measured_gamma(norms):
    """The factor a step of measured norms: e to the slope of the straight line that fits log(norm) best over the lag.

        log norms_lag ≈ a + lag · log γ        (least squares, over all lags)

    Args:
        norms: positive, for lag 0, 1, …, T, (T + 1, B), T ≥ 1.

    Returns:
        γ of each row, (B,).
    """
    lag = np.arange(len(norms)) - (len(norms) - 1) / 2
    return np.exp(lag @ np.log(norms) / (lag @ lag)).astype(norms.dtype)


def clip_by_norm(gradients, limit):
    """Shortens a gradient that is longer than ``limit``, and keeps its direction.

        norm = √(Σ g²), the sum over all entries of all arrays        g ← g · min(1, limit / norm)

    Every entry is divided by the largest one before it is squared, so that no finite entry overflows. A gradient with
    an entry that is not finite has no direction: it becomes zero, and its norm, inf or nan, tells the caller.

    Args:
        gradients: dict, name → array; all of them together are one gradient.
        limit: the largest norm that is left alone, positive.

    Returns:
        clipped: dict of new arrays; norm: before clipping, a scalar.
    """
    largest = np.max([np.abs(g).max() for g in gradients.values()])
    if largest == 0 or not np.isfinite(largest):
        return {name: np.zeros_like(g) for name, g in gradients.items()}, largest
    norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients.values()))
    factor = min(1, limit / norm)
    return {name: factor * g for name, g in gradients.items()}, norm


def clip_by_value(gradients, limit):
    """Limits every entry by itself, to −limit … limit. This bends the gradient's direction.

    Args:
        gradients: dict, name → array.
        limit: the largest absolute value, positive.

    Returns:
        clipped: dict of new arrays.
    """
    return {name: np.clip(g, -limit, limit) for name, g in gradients.items()}


def sgd_step(parameters, gradients, lr, decay, limit):
    """One step of gradient descent with clipping and weight decay: clip first, then decay, then step.

        θ ← θ − lr · (clip(g) + decay · θ)

    The decay is not part of what is clipped, as with ``torch.nn.utils.clip_grad_norm_`` before ``torch.optim.SGD``.

    Args:
        parameters, gradients: dicts with the same names.
        lr: learning rate.
        decay: strength of the weight decay.
        limit: of `clip_by_norm`.

    Returns:
        the new parameters, a dict of new arrays.
    """
    clipped, _ = clip_by_norm(gradients, limit)
    return {name: p - lr * (clipped[name] + decay * p) for name, p in parameters.items()}


def orthogonal(A, gain):
    """A matrix that keeps lengths, times ``gain``, made of a random one: Q of its QR decomposition.

    A = QR with the signs chosen so that the diagonal of R is positive: then Q is unique, and evenly distributed over
    all rotations and reflections when A is Gaussian. Where A has more columns than rows, Aᵀ takes its place, and the
    result is transposed.

    Args:
        A: (M, N), of full rank.
        gain: what all singular values of the result are.

    Returns:
        an array (M, N): its columns (if M ≥ N) or its rows are orthogonal to each other and have the length ``gain``.

    Source: A. M. Saxe, J. L. McClelland, S. Ganguli, arXiv:1312.6120 (2014); F. Mezzadri, Notices AMS 54 (2007).
    """
    tall = A.shape[0] >= A.shape[1]
    Q, R = np.linalg.qr(A if tall else A.T)
    Q = Q * np.sign(np.diag(R))
    return gain * (Q if tall else Q.T)


def irnn(A, std, scale):
    """The first parameters of the IRNN, a ReLU network that starts by copying its state.

        W = std · A        U = scale · I        b = 0

    Args:
        A: drawn from the standard normal distribution, (H, D).
        std: how large the weights of the input are.
        scale: 1 keeps the state for ever, below 1 lets it fade.

    Returns:
        W (H, D), U (H, H), b (H,).

    Source: Q. V. Le, N. Jaitly, G. E. Hinton, "A simple way to initialize recurrent networks of rectified linear
    units", arXiv:1504.00941 (2015).
    """
    H = len(A)
    return std * A, scale * np.eye(H, dtype=A.dtype), np.zeros(H, dtype=A.dtype)
