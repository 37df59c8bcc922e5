"""`relais doctor`: checks the targets, this machine's clock and the key for Alma's API."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from dashboard.cli.alma_requests import ask_alma
from dashboard.cli.doctor.check_result import CheckResult, fault, ok, warning
from dashboard.cli.probe import ANSWERING, probe_all
from dashboard.settings import Settings
from procedure.diagnosis.evidence import Roles, roles_of
from procedure.errors import AlmaError
from procedure.handbook.model import Handbook
from procedure.io.alma.service import NO_ITEM
from procedure.monitoring.model import Meaning
from procedure.reconciliation.systems.library_system import library_system

# The largest acceptable difference between the clocks of this machine and an external site.
# A wrong clock matters, because loans are recorded with this machine's time.
SKEW = timedelta(seconds=30)


async def check_network(settings: Settings, handbook: Handbook) -> list[CheckResult]:
    """Probe each target once, and check this machine's clock and, for Alma, the API key."""
    roles = roles_of(handbook.targets.values())
    reached = await _check_targets(settings, handbook, roles)
    clock = await _check_clock([handbook.targets[key].url for key in roles.outside])
    if not library_system(handbook.library.system).has_api:
        return [*reached, clock]
    return [*reached, clock, await _check_alma_key(settings)]


_LACKING = {
    Meaning.TICKETS: "{key} does not answer: faults cannot be reported there",
    Meaning.OFFLINE_TOOL: "{key} does not answer: keep a copy of the offline tool at each desk",
}


async def _check_targets(settings: Settings, handbook: Handbook, roles: Roles) -> list[CheckResult]:
    outcomes = await probe_all(list(handbook.targets.values()), settings)
    silent = {outcome.target for outcome in outcomes if outcome.status not in ANSWERING}
    results = [ok("network", f"{len(outcomes) - len(silent)} of {len(outcomes)} targets answer")]
    if silent and silent.issuperset(roles.outside):
        text = "the external site does not answer: is this machine offline or behind a proxy?"
        results = [fault("network", text)]
    for key in sorted(silent):
        meant = [meaning for meaning in handbook.targets[key].means if meaning in _LACKING]
        results += [warning("network", _LACKING[meaning].format(key=key)) for meaning in meant]
    others = sorted(silent - set(roles.outside))
    if others:
        results.append(warning("network", f"these do not answer: {', '.join(others)}"))
    return results


async def _check_clock(urls: list[str]) -> CheckResult:
    """Compare this machine's clock with an external site's clock."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        for url in urls:
            try:
                answer = await client.head(url)
                theirs = parsedate_to_datetime(answer.headers["Date"])
            except (httpx.HTTPError, KeyError, ValueError):
                continue
            return _compare_clocks(theirs, datetime.now(UTC))
    return warning(
        "clock", "no external site gave the time, so this machine's clock was not compared"
    )


def _compare_clocks(theirs: datetime, ours: datetime) -> CheckResult:
    skew = ours - theirs
    text = f"{abs(skew.total_seconds()):.0f} s {'ahead' if skew > timedelta(0) else 'behind'}"
    if abs(skew) <= SKEW:
        return ok("clock", text)
    return fault("clock", f"{text}: loans get this machine's time; set it with NTP")


async def _check_alma_key(settings: Settings) -> CheckResult:
    if not settings.alma_key:
        return warning("Alma", "RELAIS_ALMA_KEY is not set: loans cannot be checked against Alma")
    try:
        await ask_alma(settings, lambda api: api.item(NO_ITEM))
    except AlmaError as refusal:
        return warning("Alma", str(refusal))
    return ok("Alma", "the API accepts the key")
