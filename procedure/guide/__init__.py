"""The steps of the procedure, the walk of one person through them, and opening hours.

The texts of the steps are in the handbook, the evidence for an answer in `procedure.diagnosis`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.guide.opening_hours import reachable as reachable
    from procedure.guide.steps import Contact as Contact
    from procedure.guide.steps import Procedure as Procedure
    from procedure.guide.steps import Step as Step
    from procedure.guide.walk import Walk as Walk
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        opening_hours="reachable",
        steps="Step Contact Procedure",
        walk="Walk",
    )
