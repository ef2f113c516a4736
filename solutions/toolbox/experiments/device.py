"""Which device a lesson computes on: one rule, the grader's."""

from __future__ import annotations

from grader.checks.device import pick_device

__all__ = ["pick_device"]
