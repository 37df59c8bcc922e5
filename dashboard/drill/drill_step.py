"""The steps of a drill, apart from `drill.py`, which only a drill's server imports."""

from enum import StrEnum


class DrillStep(StrEnum):
    """The steps of a drill, in order."""

    TROUBLE = "trouble"
    DECLARE = "declare"
    LEND = "lend"
    RETURN = "return"
    TRANSFER = "transfer"
    VERIFY = "verify"
    OVER = "over"
