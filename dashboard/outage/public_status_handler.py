"""`/status`, its feed `/status.rss` and `/status.json`: what was published, for anybody."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from dashboard.core.authorised_handler import ContextHandler
from dashboard.core.context import AppContext
from dashboard.outage.public_text import text_of
from dashboard.translations import Language
from dashboard.translations.sentences import state_names
from dashboard.ui.templating import render
from procedure.local_time import at_noon
from procedure.outages.public_entries import PublicState
from procedure.outages.public_status import PublicOutage, PublicPage, public_days, public_page

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"
HOLDS = 30  # seconds for which a browser or a proxy need not ask again


class PublicStatus(ContextHandler):
    """Answers everybody, signed in or not, once a public address is set; 404 until then."""

    permission = None

    def get(self, form: str | None) -> None:
        """Answer in this form, or with 304 when the reader has it already."""
        context = self._context()
        if not context.settings.status_page:
            self.set_status(404)
            self.finish({"error": "this server has no public status page"})
            return
        kind, write = FORMS[form or ""]
        shown = context.language_for(
            self.get_query_argument("lang", ""),
            accepts=self.request.headers.get("Accept-Language", ""),
        )
        self.set_header("Vary", "Accept-Language")
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Cache-Control", f"public, max-age={HOLDS}")
        self.set_header("Content-Security-Policy", POLICY)
        self.finish(write(_page(context), context, shown))

    head = get


def _page(context: AppContext) -> PublicPage:
    """Return what is public, read at most a second ago."""
    return context.computed_once("public status", lambda: _read(context))


def _read(context: AppContext) -> PublicPage:
    context.models.update()
    models, handbook = context.models, context.handbook
    records, services = models.outages.records(), handbook.public_services
    return public_page(records, models.public, handbook.scans, context.now(), services)


def as_html(page: PublicPage, context: AppContext, shown: Language) -> str:
    """Return a page without script and without anything to fetch."""
    words, worst = context.handbook.words[shown.code], page.worst_service
    days, names = public_days(page.outages, context.now()), words.services
    return render(
        "outage/public_status",
        shown,
        text=lambda texts: text_of(texts, shown),
        states=state_names(shown),
        library=words.library,
        address=context.settings.status_page,
        demo=context.demo,
        page=page,
        names=names,
        troubled=", ".join(names[one.service] for one in page.services if one.state == worst),
        days=days,
        since=at_noon(next(iter(days))),
        now=context.now(),
    )


def as_json(page: PublicPage, context: AppContext, shown: Language) -> str:
    """Return what is public, newest first, instants in UTC; see docs/public-status.md."""
    words, now = context.handbook.words[shown.code], context.now()
    found = {
        "library": words.library,
        "outages": [_object(outage, shown, now) for outage in page.outages],
        "ahead": [_object(work, shown, now) for work in page.ahead],
        "services": [
            {
                "service": one.service,
                "name": words.services[one.service],
                "state": one.state,
                "since": _iso(one.at),
            }
            for one in page.services
        ],
    }
    return json.dumps(found, ensure_ascii=False)


def _object(outage: PublicOutage, shown: Language, now: datetime) -> dict[str, object]:
    return {
        "id": str(outage.id),
        "title": text_of(outage.title, shown),
        "state": outage.state,
        "planned": outage.state is PublicState.PLANNED,
        "begun": _iso(outage.begun),
        "ended": _iso(outage.ended),
        "until": _iso(outage.until),
        "lending": outage.lending,
        "next_news": _iso(outage.next_news),
        "overdue": outage.is_overdue(now),
        "messages": [
            {"at": _iso(message.at), "text": text_of(message.text, shown)}
            for message in outage.messages
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def as_rss(page: PublicPage, context: AppContext, shown: Language) -> str:
    """Return an RSS 2.0 channel with an item for each change, newest first."""
    feed = ET.Element("rss", version="2.0")
    channel = ET.SubElement(feed, "channel")
    words = context.handbook.words[shown.code]
    title = shown.say("Pannes\u202f: {library}", library=words.library)
    address = f"{context.settings.status_page}?lang={shown.code}"
    _add(channel, title=title, link=address, description=title, language=shown.code)
    items = list(feed_items(page, words.services, shown, context.now()))
    for one in sorted(items, key=lambda item: item.at, reverse=True):
        item = ET.SubElement(channel, "item")
        _add(item, title=one.title, link=address, description=one.text)
        _add(item, pubDate=format_datetime(one.at.astimezone(UTC)))
        ET.SubElement(item, "guid", isPermaLink="false").text = one.guid
    return ET.tostring(feed, encoding="unicode", xml_declaration=True)


def _add(element: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(element, name).text = text


Writer = Callable[[PublicPage, AppContext, Language], str]
FORMS: Mapping[str, tuple[str, Writer]] = {
    "": ("text/html", as_html),
    ".rss": ("application/rss+xml", as_rss),
    ".json": ("application/json", as_json),
}


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One change; `guid` stays the same as long as the item is in the feed."""

    at: datetime
    guid: str
    title: str
    text: str


def feed_items(
    page: PublicPage, names: Mapping[str, str], shown: Language, now: datetime
) -> Iterator[FeedItem]:
    """Yield the items of a page in a language; `names` are those of the services."""
    for outage in (*page.outages, *page.ahead):
        yield from _of_outage(outage, shown, now)
    states = state_names(shown)
    for service in page.services:
        state, name = states[service.state], names[service.service]
        title = shown.say("{state}\u202f: {what}", state=state, what=name)
        said = shown.say("État donné par la bibliothèque.")
        yield FeedItem(service.at, f"urn:uuid:{service.id}", title, said)


def _of_outage(outage: PublicOutage, shown: Language, now: datetime) -> Iterator[FeedItem]:
    say, title, guid = shown.say, text_of(outage.title, shown), f"urn:uuid:{outage.id}"
    # Work is announced by the one entry whose id it has.
    begin = guid if outage.until is None else f"{guid}#begin"
    if outage.begun <= now:
        planned = outage.state is PublicState.PLANNED
        text = say("Travaux en cours.") if planned else say("Panne déclarée.")
        yield FeedItem(outage.begun, begin, title, text)
    for message in outage.messages:
        said = text_of(message.text, shown)
        yield FeedItem(message.at, f"urn:uuid:{message.id}", title, said)
    if outage.next_news is not None and outage.is_overdue(now):
        text = say("Nouvelles attendues, en retard.")
        yield FeedItem(
            outage.next_news, f"{guid}#overdue-{outage.next_news:%Y%m%dT%H%M}", title, text
        )
    if outage.ended is not None:
        yield FeedItem(outage.ended, f"{guid}#end", title, say("La panne est finie."))
