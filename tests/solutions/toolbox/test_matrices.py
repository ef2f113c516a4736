import numpy as np
import pytest

from solutions.toolbox.matrices import with_radius


@pytest.mark.parametrize(("rho", "H"), [(1.0, 64), (0.3, 5), (2.0, 1)])
def test_powers_grow_by_the_radius_in_the_long_run(rho, H):
    U = with_radius(rho, H)
    assert U.shape == (H, H)
    power = np.linalg.matrix_power(U / rho, 2000)
    assert np.linalg.norm(power, 2) ** (1 / 2000) == pytest.approx(1, rel=5e-3)


def test_the_seed_decides():
    assert np.array_equal(with_radius(1.0), with_radius(1.0))
    assert not np.array_equal(with_radius(1.0), with_radius(1.0, seed=2))
