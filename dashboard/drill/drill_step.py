"""The steps of a drill.

They have a module of their own, because only a drill's server imports `drill.py`.
"""

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
