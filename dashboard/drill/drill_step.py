"""The steps of a drill.

They are not in `drill.py`, because only a drill's server imports that module.
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
