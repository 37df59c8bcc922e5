"""The outage that a drill plays where no scenario is named; it fits the handbook of any library."""

from datetime import datetime

from procedure.diagnosis.scenario import Scenario, ScenarioOutcome
from procedure.handbook.model import Handbook
from procedure.monitoring.model import SERVER, Meaning, Status, Vantage

_OF_THE_SYSTEM = {Meaning.WAY_IN, Meaning.OTHER_WAY_IN, Meaning.SYSTEM}


def usual_outage(handbook: Handbook, start: datetime) -> Scenario:
    """Return an outage of the library system (aware UTC): none of its addresses answers.

    All else answers, and the status pages announce nothing. A workstation probes at each site, two
    at the first one.
    """
    sites = list(dict.fromkeys(desk.site for desk in handbook.desks.values()))
    places = [*sites[:1], *sites]
    vantages = [Vantage(f"{site} {number}", site) for number, site in enumerate(places, 1)]
    down = [key for key, one in handbook.targets.items() if _OF_THE_SYSTEM.intersection(one.means)]
    outcomes = [
        ScenarioOutcome(at=0, vantage=vantage.key, target=target, status=Status.DOWN)
        for target in down
        for vantage in (SERVER, *vantages)
    ]
    name = f"{handbook.library.system} down"
    return Scenario(name, start, tuple(vantages), tuple(outcomes), (), (), ())
