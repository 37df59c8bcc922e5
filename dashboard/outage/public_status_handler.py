"""`/status`, `/status.rss` and `/status.json`: the declared outages, for anybody to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.core.context import AppContext
from dashboard.translations import Language
from dashboard.ui.templating import render
from procedure.local_time import at_noon
from procedure.outages.public_status import PublicOutage, public_days, public_outages

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"
HOLDS = 30  # seconds for which a browser or a proxy need not ask again

Outages = tuple[PublicOutage, ...]


class PublicStatus(AuthorisedHandler):
    """Answers everybody, signed in or not, once a public address is set; 404 until then."""

    act = None

    def initialize(self, context: Callable[[], AppContext]) -> None:
        """Take what opens the context: it is not opened before the first request."""
        self._context = context

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
        self.finish(write(_outages(context), context, shown))

    head = get


def _outages(context: AppContext) -> Outages:
    """Return the outages, read at most a second ago."""
    return context.computed_once("public status", lambda: _read(context))


def _read(context: AppContext) -> Outages:
    context.models.update()
    records = context.models.outages.records()
    return public_outages(records, context.handbook.scans, context.now())


def as_html(outages: Outages, context: AppContext, shown: Language) -> str:
    """Return a page without script and without anything to fetch."""
    days = public_days(outages, context.now())
    return render(
        "outage/public_status",
        shown,
        library=context.handbook.words[shown.code].library,
        address=context.settings.status_page,
        demo=context.demo,
        current=[outage for outage in outages if outage.ended is None],
        past=[outage for outage in outages if outage.ended is not None],
        days=days,
        since=at_noon(next(iter(days))),
    )


def as_json(outages: Outages, context: AppContext, shown: Language) -> str:
    """Return the outages newest first, their instants in UTC; see docs/public-status.md."""
    library = context.handbook.words[shown.code].library
    found = {"library": library, "outages": [_object(outage, shown) for outage in outages]}
    return json.dumps(found, ensure_ascii=False)


def _object(outage: PublicOutage, shown: Language) -> dict[str, object]:
    return {
        "id": str(outage.id),
        "title": shown.written(outage.title),
        "planned": outage.planned,
        "begun": _iso(outage.begun),
        "ended": _iso(outage.ended),
        "next_news": _iso(outage.next_news),
        "messages": [
            {"at": _iso(message.at), "text": shown.written(message.text)}
            for message in outage.messages
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def as_rss(outages: Outages, context: AppContext, shown: Language) -> str:
    """Return an RSS 2.0 channel with an item for each begin, message and end, newest first."""
    feed = ET.Element("rss", version="2.0")
    channel = ET.SubElement(feed, "channel")
    title = shown.say("Pannes : {library}", library=context.handbook.words[shown.code].library)
    address = f"{context.settings.status_page}?lang={shown.code}"
    _add(channel, title=title, link=address, description=title, language=shown.code)
    items = [item for outage in outages for item in _items(outage, shown)]
    for at, guid, text, description in sorted(items, key=lambda item: item[0], reverse=True):
        item = ET.SubElement(channel, "item")
        _add(item, title=text, link=address, description=description)
        _add(item, pubDate=format_datetime(at.astimezone(UTC)))
        ET.SubElement(item, "guid", isPermaLink="false").text = guid
    return ET.tostring(feed, encoding="unicode", xml_declaration=True)


def _items(outage: PublicOutage, shown: Language) -> Iterator[tuple[datetime, str, str, str]]:
    """Yield instant, id, title and text of each item."""
    say, title = shown.say, shown.written(outage.title)
    yield outage.begun, f"urn:uuid:{outage.id}", title, say("Panne déclarée.")
    for message in outage.messages:
        yield message.at, f"urn:uuid:{message.id}", title, shown.written(message.text)
    if outage.ended is not None:
        yield outage.ended, f"urn:uuid:{outage.id}#end", title, say("La panne est finie.")


def _add(element: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(element, name).text = text


Writer = Callable[[Outages, AppContext, Language], str]
FORMS: Mapping[str, tuple[str, Writer]] = {
    "": ("text/html", as_html),
    ".rss": ("application/rss+xml", as_rss),
    ".json": ("application/json", as_json),
}
