"""The steps of a drill, kept apart from the drill itself, which other servers never import."""

from enum import StrEnum


class DrillStep(StrEnum):
    """The steps of a drill in order; each is finished before the next begins."""

    TROUBLE = "trouble"
    DECLARE = "declare"
    LEND = "lend"
    RETURN = "return"
    TRANSFER = "transfer"
    VERIFY = "verify"
    OVER = "over"
