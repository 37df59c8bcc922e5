"""Reasons for and against a diagnosis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiagnosisReason:
    """A reason for or against a diagnosis; its text is in the dashboard.

    `key` is the name of a rule or a fact; `count` and `of` are the figures in its text.
    """

    key: str
    count: int = 0
    of: int = 0
