"""Is requirements.lock complete, exact, and free of what belongs to one machine?"""

from __future__ import annotations

import re

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def lines(root) -> list[str]:
    return [line for line in (root / "requirements.lock").read_text("utf-8").splitlines() if line]


@pytest.fixture(scope="module")
def pinned(lines) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def test_every_line_is_one_exact_public_version(lines):
    """No paths, no addresses, no options, no local builds such as +cpu."""
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line)] == []


def test_every_declared_package_is_pinned_within_its_range(pinned, declared):
    for name, allowed in declared("student", "instructor", "dev").items():
        assert pinned[name] in SpecifierSet(allowed), name


def test_no_cuda_packages(pinned):
    """PyTorch brings those by itself where its build wants them; a machine without a GPU must not load gigabytes."""
    assert [name for name in pinned if name.startswith(("nvidia-", "cuda-", "triton"))] == []
