"""`/status` and its feed `/status.rss`: the public status page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from dashboard.core.authorised_handler import ContextHandler
from dashboard.core.context import AppContext
from dashboard.outage.public_text import end_text, text_of
from dashboard.translations import Language
from dashboard.translations.sentences import state_names
from dashboard.ui.templating import render
from procedure.local_time import at_noon
from procedure.outages.public_entries import PublicState
from procedure.outages.public_status import PublicOutage, PublicPage, public_days, public_page

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"
HOLDS = 30  # seconds for which browsers and proxies may cache the page


class PublicStatus(ContextHandler):
    """Serves the page and the feed to everybody, signed in or not; 404 if no public URL is set."""

    permission = None

    def get(self, form: str | None) -> None:
        """Respond with the page or the feed, or with 304 if the client already has it."""
        context = self._context()
        if not context.settings.status_page:
            self.set_status(404)
            self.finish({"error": "this server has no public status page"})
            return
        kind, write = FORMS[form or ""]
        language = context.language_for(
            self.get_query_argument("lang", ""),
            accepts=self.request.headers.get("Accept-Language", ""),
        )
        self.set_header("Vary", "Accept-Language")
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Cache-Control", f"public, max-age={HOLDS}")
        self.set_header("Content-Security-Policy", POLICY)
        self.finish(write(_page(context), context, language))

    head = get


def _page(context: AppContext) -> PublicPage:
    return context.computed_once("public status", lambda: _read(context))


def _read(context: AppContext) -> PublicPage:
    context.folds.update()
    folds = context.folds
    records, rules = folds.outages.records(), context.handbook.current.scans
    return public_page(records, folds.public, rules, context.clock.now())


def as_html(page: PublicPage, context: AppContext, language: Language) -> str:
    """Return the page as HTML without scripts or external resources."""
    words, days = (
        context.handbook.current.words[language.code],
        public_days(page.outages, context.clock.now()),
    )
    return render(
        "outage/public_status",
        language,
        text=lambda texts: text_of(texts, language),
        states=state_names(language),
        library=words.library,
        address=context.settings.status_page,
        demo=context.demo,
        page=page,
        days=days,
        since=at_noon(next(iter(days))),
        now=context.clock.now(),
    )


def as_rss(page: PublicPage, context: AppContext, language: Language) -> str:
    """Return an RSS 2.0 channel with one item per change, newest first."""
    feed = ET.Element("rss", version="2.0")
    channel = ET.SubElement(feed, "channel")
    words = context.handbook.current.words[language.code]
    title = language.say("Pannes\u202f: {library}", library=words.library)
    address = f"{context.settings.status_page}?lang={language.code}"
    _add(channel, title=title, link=address, description=title, language=language.code)
    items = list(feed_items(page, language, context.clock.now()))
    for news in sorted(items, key=lambda item: item.at, reverse=True):
        item = ET.SubElement(channel, "item")
        _add(item, title=news.title, link=address, description=news.text)
        _add(item, pubDate=format_datetime(news.at.astimezone(UTC)))
        ET.SubElement(item, "guid", isPermaLink="false").text = news.guid
    return ET.tostring(feed, encoding="unicode", xml_declaration=True)


def _add(element: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(element, name).text = text


Writer = Callable[[PublicPage, AppContext, Language], str]
FORMS: Mapping[str, tuple[str, Writer]] = {
    "": ("text/html", as_html),
    ".rss": ("application/rss+xml", as_rss),
}


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One change on the page; its `guid` stays the same while the item is in the feed."""

    at: datetime
    guid: str
    title: str
    text: str


def feed_items(page: PublicPage, language: Language, now: datetime) -> Iterator[FeedItem]:
    for outage in (*page.outages, *page.ahead):
        yield from _of_outage(outage, language, now)


def _of_outage(outage: PublicOutage, language: Language, now: datetime) -> Iterator[FeedItem]:
    say, title, guid = language.say, text_of(outage.title, language), f"urn:uuid:{outage.id}"
    # Planned work and its announcement share an id, so the start of the work gets its own guid.
    begin = guid if outage.until is None else f"{guid}#begin"
    if outage.begun <= now:
        planned = outage.state is PublicState.PLANNED
        text = say("Travaux en cours.") if planned else say("Panne déclarée.")
        yield FeedItem(outage.begun, begin, title, text)
    for message in outage.messages:
        message_text = text_of(message.text, language)
        yield FeedItem(message.at, f"urn:uuid:{message.id}", title, message_text)
    if outage.next_news is not None and outage.is_overdue(now):
        text = say("Nouvelles attendues, en retard.")
        yield FeedItem(
            outage.next_news, f"{guid}#overdue-{outage.next_news:%Y%m%dT%H%M}", title, text
        )
    if outage.ended is not None:
        yield FeedItem(outage.ended, f"{guid}#end", title, end_text(outage.worst, language))
