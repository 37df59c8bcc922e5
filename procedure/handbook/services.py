"""The services of a handbook: steps of the procedure that name targets."""

from __future__ import annotations

from procedure.guide.steps import Procedure
from procedure.monitoring.services import Service


def services(procedure: Procedure) -> tuple[Service, ...]:
    """Return the services in the order of their steps; a status page is none."""
    steps = [one for one in procedure.steps.values() if one.targets and one.evidence != "official"]
    reached = [one.key for one in steps if one.evidence == "reach"]
    return tuple(Service(one.key, one.targets, one.key in reached[1:]) for one in steps)
