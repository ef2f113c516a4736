"""Has a matrix the spectral radius that was asked for, and is the angle between gradients exact?"""

import numpy as np
import pytest

from solutions.toolbox.experiments.gradients import angle, with_radius


@pytest.mark.parametrize(("rho", "H"), [(1.0, 64), (0.3, 5), (2.0, 1)])
def test_powers_grow_by_the_radius_in_the_long_run(rho, H):
    U = with_radius(rho, H)
    assert U.shape == (H, H)
    power = np.linalg.matrix_power(U / rho, 2000)
    assert np.linalg.norm(power, 2) ** (1 / 2000) == pytest.approx(1, rel=5e-3)


def test_the_seed_decides():
    assert np.array_equal(with_radius(1.0), with_radius(1.0))
    assert not np.array_equal(with_radius(1.0), with_radius(1.0, seed=2))


@pytest.mark.parametrize(("b", "degrees"), [([2, 0], 0), ([0, 3], 90), ([-1, 0], 180), ([1, 1], 45), ([0, 0], 0)])
def test_the_angle_between_gradients(b, degrees):
    assert angle({"x": np.array([1.0, 0.0])}, {"x": np.array(b, float)}) == pytest.approx(degrees, abs=1e-12)


def test_the_angle_is_over_all_arrays_together_and_exact_near_zero():
    a = {"x": np.array([[3.0]]), "y": np.array([4.0])}
    assert angle(a, {"y": np.array([8.0]), "x": np.array([[6.0]])}) == 0
    tilted = {"x": np.array([[3.0 - 4e-9]]), "y": np.array([4.0 + 3e-9])}
    assert angle(a, tilted) == pytest.approx(np.degrees(1e-9), rel=1e-6)
