"""What handing in late costs: minutes of grace, a share of the points for each begun day or hour, and an end."""

from __future__ import annotations

from math import ceil
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SECONDS = {"hour": 3600, "day": 86_400}


class LateRule(BaseModel):
    """The rule of a course or of a lesson. Units are counted from the due date; within the grace nothing is taken off.

    Attributes:
        grace_minutes: so late costs nothing.
        share: of the points earned, for each begun unit: 0.1 is 10 %.
        per: the unit.
        most: the largest share that is taken off.
        nothing_after: later than so many units, nothing counts; None: it never comes to that.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    grace_minutes: int = Field(default=0, ge=0)
    share: float = Field(default=0.0, ge=0, le=1, allow_inf_nan=False)
    per: Literal["day", "hour"] = "day"
    most: float = Field(default=1.0, ge=0, le=1, allow_inf_nan=False)
    nothing_after: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    def taken(self, seconds_late: float) -> float:
        """The share of the points, from 0 to 1, that is taken off for so many seconds after the due date."""
        if seconds_late <= 60 * self.grace_minutes:
            return 0.0
        units = seconds_late / SECONDS[self.per]
        if self.nothing_after is not None and units > self.nothing_after:
            return 1.0
        return min(self.most, self.share * ceil(units))

    def __str__(self) -> str:
        """In words, as students read it: "10 % of the points for each begun day, at most 50 %"."""
        parts = []
        if self.share:
            most = f", at most {_percent(self.most)}" if self.most < 1 else ""
            parts.append(f"{_percent(self.share)} of the points for each begun {self.per}{most}")
        if self.nothing_after is not None:
            late = f"more than {_count(self.nothing_after, self.per)} late" if self.nothing_after else "late"
            parts.append(f"nothing counts that is {late}")
        if self.grace_minutes:
            parts.append(f"{_count(self.grace_minutes, 'minute')} of grace")
        return "; ".join(parts) if self.share or self.nothing_after is not None else "nothing is taken off"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _count(number: float, unit: str) -> str:
    return f"{number:g} {unit}{'' if number == 1 else 's'}"
