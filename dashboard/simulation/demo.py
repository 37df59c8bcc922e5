"""The demonstration's server: a context with simulated targets, status pages and workstations."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from dashboard.app import open_context, serve_instead
from dashboard.core.context import AppContext
from dashboard.settings import Settings
from dashboard.translations import Language, offered_language
from dashboard.translations.languages import translate_made_up
from procedure.handbook.model import Handbook, WordsByLanguage
from procedure.io.clock import utc_now
from procedure.io.task_runner import RepeatedTask
from procedure.simulation.diary import MADE_UP_TEXTS
from procedure.simulation.incidents import SampleIncident
from procedure.simulation.live import SimulatedPresent
from procedure.simulation.made_up_lists import keep_demo_lists

ROUND_EVERY = 40  # seconds


def open_demo(
    settings: Settings, handbook: Handbook, incident: SampleIncident, until: datetime
) -> None:
    """Open a demonstration's database, with data up to `until`, and let all pages use it."""
    demo_handbook = with_library_name(handbook, lambda language: language.say("Démonstration"))
    demo_handbook = replace(
        demo_handbook, library=replace(demo_handbook.library, follow_browser=True)
    )
    present = SimulatedPresent(demo_handbook, incident, until, utc_now)
    translate_made_up(MADE_UP_TEXTS)
    context = open_context(settings, demo_handbook, present, present, demo="demo")
    keep_demo_lists(context.store.lists, until)
    task = RepeatedTask(partial(_probe, context, present), ROUND_EVERY)
    context.upkeep.add("demonstration", task)
    serve_instead(context)


def with_library_name(handbook: Handbook, name: Callable[[Language], str]) -> Handbook:
    """Return a handbook with another library name, which `name` returns for each language."""
    words = WordsByLanguage(
        (code, replace(texts, library=name(offered_language(code))))
        for code, texts in handbook.words.items()
    )
    return replace(handbook, words=words)


async def _probe(context: AppContext, present: SimulatedPresent) -> None:
    for vantage, outcomes in present.rounds():
        context.watches.workstations.record(vantage, outcomes)
