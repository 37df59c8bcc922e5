"""The steps of a drill, in a module that other servers can import without the drill."""

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
