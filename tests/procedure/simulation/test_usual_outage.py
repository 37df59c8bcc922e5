"""The outage that a drill plays without a scenario fits every handbook."""

import pytest

from dashboard.cli.run_drill import LIBRARIES
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.model import SERVER
from procedure.simulation.usual_outage import usual_outage
from tests.support import make
from tests.support.handbooks import HANDBOOKS


@pytest.mark.parametrize(
    "folder",
    [
        PACKAGED_HANDBOOK,
        HANDBOOKS / "good-german",
        LIBRARIES / "koha-example",
        LIBRARIES / "ticino-example",
    ],
)
def test_outage_of_any_handbook_is_its_system(folder) -> None:
    handbook = load_handbook(folder)
    scenario = usual_outage(handbook, make.AT)
    assert scenario.name == f"{handbook.library.system} down"
    assert {one.site for one in scenario.vantages} == {d.site for d in handbook.desks.values()}
    assert len({one.key for one in scenario.vantages}) == len(scenario.vantages)
    down = {outcome.target for outcome in scenario.outcomes}
    assert down < handbook.targets.keys()
    assert {outcome.vantage for outcome in scenario.outcomes} == {
        SERVER.key,
        *(one.key for one in scenario.vantages),
    }
