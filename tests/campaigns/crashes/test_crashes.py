"""A short campaign on each database; `make campaign` runs long campaigns."""

from collections import Counter
from pathlib import Path

import pytest

from tests.campaigns.crashes.campaign import Campaign
from tests.campaigns.crashes.servers import installation
from tests.campaigns.crashes.verdict import Verdict


@pytest.mark.parametrize(
    ("kind", "killed"),
    [("sqlite", {"relais": 2}), ("postgresql", {"relais": 1, "database": 1})],
)
async def test_kills_lose_duplicate_and_reorder_nothing(
    kind: str, killed: dict[str, int], tmp_path: Path
) -> None:
    with installation(kind, tmp_path) as running:
        campaign = Campaign(running, kills=2, stations=8, pause=0.2)
        assert await campaign.run() == Verdict()
    assert campaign.killed == Counter(killed)
    assert campaign.acknowledged > 0
