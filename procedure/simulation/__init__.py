"""A simulation of Alma, and generated history and loans, for drills and tests.

Nothing here runs in production.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.simulation.alma.server import FakeAlma as FakeAlma
    from procedure.simulation.history import sample as sample
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        alma__server="FakeAlma",
        history="sample",
    )
