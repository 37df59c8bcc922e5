"""The reasons for a diagnosis: the rule that applied, and facts for and against it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiagnosisReason:
    """One reason for or against a diagnosis; the dashboard puts it into words.

    `key` is the key of a rule or a fact, `count` and `of` are its figures.
    """

    key: str
    count: int = 0
    of: int = 0
