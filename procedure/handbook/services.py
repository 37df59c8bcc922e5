"""The services of a handbook: steps of the procedure that name targets."""

from __future__ import annotations

from procedure.guide.steps import Procedure
from procedure.monitoring.services import Service


def services(procedure: Procedure) -> tuple[Service, ...]:
    """Return the services in the order of their steps; a status page is none."""
    steps = [
        step for step in procedure.steps.values() if step.targets and step.evidence != "official"
    ]
    reached = [step.key for step in steps if step.evidence == "reach"]
    return tuple(Service(step.key, step.targets, step.key in reached[1:]) for step in steps)
