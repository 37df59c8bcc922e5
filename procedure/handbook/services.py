"""The services of a handbook: steps of the procedure that name targets."""

from procedure.handbook.model import Handbook
from procedure.monitoring.contract import Contract
from procedure.monitoring.model import Meaning
from procedure.monitoring.service_states import Service

_OF_THE_SYSTEM = {Meaning.WAY_IN, Meaning.OTHER_WAY_IN, Meaning.SYSTEM}


def services(handbook: Handbook) -> tuple[Service, ...]:
    """Return the services in the order of their steps; a status page is none.

    What the status pages announce is about the library system.
    """
    steps = handbook.procedure.steps.values()
    return tuple(
        Service(
            step.key,
            step.targets,
            all(_OF_THE_SYSTEM.intersection(handbook.targets[key].means) for key in step.targets),
        )
        for step in steps
        if step.targets and step.evidence != "official"
    )


def contract_of(handbook: Handbook) -> Contract:
    """Return the vendor's contract; without one, one that promises nothing of its system."""
    known = services(handbook)
    first = next((service for service in known if service.announced), known[0])
    return handbook.contract or Contract(first.key)
