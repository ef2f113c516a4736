"""Guesses that are written down before an experiment and compared with it afterwards."""

from __future__ import annotations

from collections.abc import Mapping


def compared(guessed: Mapping[str, float | str | None], measured: Mapping[str, float | str], unit: str = "") -> str:
    """A line for each quantity: what was guessed and what came out.

    Args:
        guessed: by the name of a quantity; None, or a name that is missing, where nothing was guessed.
        measured: by the same names; numbers, or words where the question has no number.
        unit: what the numbers are measured in.

    Returns:
        the lines; a number's says by which factor the guess was off, a word's whether it was right. Without any guess
        one line says how to make one.
    """
    if all(guessed.get(name) is None for name in measured):
        return "No guess yet: write yours in place of None above, run that cell, then this one."
    return "\n".join(f"{name}: {_line(guessed.get(name), value, unit)}" for name, value in measured.items())


def _line(guess: float | str | None, value: float | str, unit: str) -> str:
    if guess is None:
        return f"not guessed; it is {_said(value, unit)}"
    return f"you guessed {_said(guess, unit)}; it is {_said(value, unit)}{_off(guess, value)}"


def _said(value: float | str, unit: str) -> str:
    return value if isinstance(value, str) else f"{value:.3g} {unit}".rstrip()


def _off(guess: float | str, value: float | str) -> str:
    if isinstance(guess, str) or isinstance(value, str):
        return ": right" if str(guess).strip().casefold() == str(value).strip().casefold() else ""
    if guess == value:
        return ": right"
    if guess * value <= 0:
        return ""
    return f" ({max(guess / value, value / guess):.1f} times {'too much' if abs(guess) > abs(value) else 'too little'})"
