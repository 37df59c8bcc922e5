"""What the probes find: targets, outcomes, confirmed status, downtime, roll-ups and services.

The probing itself is in `procedure.io.http`, why a target is down in `procedure.diagnosis`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.monitoring.board import StatusBoard as StatusBoard
    from procedure.monitoring.downtime import Availability as Availability
    from procedure.monitoring.downtime import Downtime as Downtime
    from procedure.monitoring.downtime import StatusInterval as StatusInterval
    from procedure.monitoring.history import History as History
    from procedure.monitoring.messages import describe as describe
    from procedure.monitoring.model import FailureCause as FailureCause
    from procedure.monitoring.model import Outcome as Outcome
    from procedure.monitoring.model import Status as Status
    from procedure.monitoring.model import Target as Target
    from procedure.monitoring.model import Vantage as Vantage
    from procedure.monitoring.recent import RecentStates as RecentStates
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        board="StatusBoard",
        downtime="StatusInterval Downtime Availability",
        history="History",
        messages="describe",
        model="Target Vantage Outcome Status FailureCause",
        recent="RecentStates",
    )
