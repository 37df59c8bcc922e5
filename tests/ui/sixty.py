"""Runs `relais serve`, and records the reports of sixty simulated workstations at six sites.

At one site, three of ten workstations cannot reach Alma.
"""

import threading
import time
from datetime import timedelta

from dashboard.app import app_context
from dashboard.cli import relais
from procedure.monitoring.model import FailureCause, Outcome, Status, Vantage

SITES = ("Uni Mail", "Uni Bastions", "Uni CMU", "Uni Arve", "Uni Dufour", "Battelle")
ALMA = ("alma-saml", "alma-secours")
EACH = 10


def look(vantage: Vantage, number: int, ago: timedelta) -> None:
    """Record a workstation's round of probes; at Uni CMU, three workstations cannot reach Alma."""
    shared = app_context()
    cut = vantage.site == "Uni CMU" and number < 3
    entries = [
        Outcome(
            target=key,
            url=target.url,
            vantage=vantage.key,
            at=shared.clock.now() - ago,
            status=Status.DOWN if cut and key in ALMA else Status.UP,
            cause=FailureCause.NETWORK if cut and key in ALMA else None,
            latency_ms=40.0 + 7 * number + 25 * (ago.seconds % 7),
        )
        for key, target in shared.handbook.current.targets.items()
        if target.browser
    ]
    shared.watches.workstations.record(vantage, entries)


def rounds() -> None:
    """Record each workstation's rounds: the last hour's rounds at once, then a round a minute."""
    everyone = [
        (Vantage(f"{site.lower()}-{number + 1}", site, number == 9), number)
        for site in SITES
        for number in range(EACH)
    ]
    for minutes in range(58, -1, -2):
        for vantage, number in everyone:
            look(vantage, number, timedelta(minutes=minutes, seconds=number))
    while True:
        time.sleep(60)
        for vantage, number in everyone:
            look(vantage, number, timedelta(seconds=number))


def main() -> None:
    """Serve while the workstations report their rounds."""
    app_context()  # open the database once, before two threads need it
    threading.Thread(target=rounds, daemon=True).start()
    relais()
