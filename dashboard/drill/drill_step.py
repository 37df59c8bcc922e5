"""The steps of a drill, apart from what plays it, which a server without a drill never needs."""

from enum import StrEnum


class DrillStep(StrEnum):
    """The steps of a drill in their order; each is over before the next is begun."""

    TROUBLE = "trouble"
    DECLARE = "declare"
    LEND = "lend"
    RETURN = "return"
    TRANSFER = "transfer"
    VERIFY = "verify"
    OVER = "over"
