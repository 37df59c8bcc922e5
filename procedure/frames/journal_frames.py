"""Page readings, staff reports, answers, messages, notes and reviews in the journal, as frames.

`redact` hides patrons' numbers in text.
"""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.diagnosis.staff_reports import StaffReport
from procedure.frames.column_building import INSTANT, Dtypes, category, from_rows
from procedure.guide.walk import AnswerGiven
from procedure.outages.outage_entries import OutageNews, OutageNote, OutageReviewed
from procedure.outages.public_entries import PublicState, PublicStatement, in_language
from procedure.status_pages.maintenance import person_source
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus

PAGE_READINGS: Dtypes = {
    "at": INSTANT,
    "page": "str",
    "status": category(*PageStatus),
    "by_person": "bool",
    "source": "str",
    "summary": "str",
    "changed_at": INSTANT,
}
REPORTS: Dtypes = {
    "at": INSTANT,
    "workstation": "str",
    "site": "str",
    "vdi": "bool",
    "works": "bool",
    "about": "str",
}
ANSWERS: Dtypes = {
    "at": INSTANT,
    "walk": "str",
    "step": "str",
    "answer": "str",
    "suggested": "str",
    "operator": "str",
    "workstation": "str",
    "readings": "str",
}
MESSAGES: Dtypes = {
    "at": INSTANT,
    "audience": category("desks", "readers"),
    "message": "str",
    "next_news": INSTANT,
    "lending": "boolean",
    "state": category(*PublicState),
    "workstation": "str",
    "operator": "str",
}
NOTES: Dtypes = {
    "at": INSTANT,
    "text": "str",
    "contact": "str",
    "workstation": "str",
    "operator": "str",
}

REVIEWS: Dtypes = {
    "at": INSTANT,
    "happened": "str",
    "noticed": "str",
    "change": "str",
    "workstation": "str",
    "operator": "str",
}


def page_readings(
    entries: Iterable[PageStatusChanged | PageStatusReadByStaff],
) -> pd.DataFrame:
    """Return readings of status pages, one row each; columns as in `PAGE_READINGS`.

    The readings come from staff and from feeds. A feed's reading has a row only if the status
    changed; its `summary` and `changed_at` come from the page itself.
    """
    return from_rows(PAGE_READINGS, map(_page_reading, entries))


def reports(entries: Iterable[StaffReport], redact: Callable[[str], str]) -> pd.DataFrame:
    """Return staff reports on whether Alma worked, one row each; columns as in `REPORTS`."""
    return from_rows(
        REPORTS,
        (
            {
                "at": entry.at,
                "workstation": entry.workstation,
                "site": entry.site,
                "vdi": entry.vdi,
                "works": entry.works,
                "about": redact(entry.about),
            }
            for entry in entries
        ),
    )


def answers(given: Iterable[tuple[AnswerGiven, str | None]]) -> pd.DataFrame:
    """Return the answers to the procedure's questions, one row each; columns as in `ANSWERS`.

    `suggested` is the key of the suggested answer, or None if none was suggested. `operator` is the
    person who confirmed the answer. `readings` contains the statuses that the screen showed,
    separated by semicolons.
    """
    return from_rows(
        ANSWERS,
        (
            {
                "at": entry.at,
                "walk": str(entry.walk),
                "step": entry.step,
                "answer": entry.answer,
                "suggested": suggested,
                "operator": entry.initials,
                "workstation": entry.workstation,
                "readings": "; ".join(entry.readings),
            }
            for entry, suggested in given
        ),
    )


def messages(
    entries: Iterable[OutageNews | PublicStatement],
    redact: Callable[[str], str],
    language: str,
) -> pd.DataFrame:
    """Return coordinators' messages to desks and patrons, one row each; columns as in `MESSAGES`.

    - `next_news`: the promised time of the next message.
    - `lending`: in a message to desks, whether the lending step (C1) is in force from then on; in
      a message to patrons, whether they can borrow. Missing if the message does not say.
    - `state`: the state shown to patrons, missing in messages to desks.
    - `message`: to desks, the text as written; to patrons, the text in `language` or, if it is
      missing, in the first language that has a text.
    """
    return from_rows(MESSAGES, (_message(entry, redact, language) for entry in entries))


def notes(entries: Iterable[OutageNote], redact: Callable[[str], str]) -> pd.DataFrame:
    """Return the notes about an outage, one row each; columns as in `NOTES`.

    If a note says that a contact was reached, `contact` is the contact's key; otherwise it is
    missing.
    """
    return from_rows(
        NOTES,
        (
            {
                "at": entry.at,
                "text": redact(entry.text),
                "contact": entry.contact,
                "workstation": entry.workstation,
                "operator": entry.operator,
            }
            for entry in entries
        ),
    )


def reviews(entries: Iterable[OutageReviewed], redact: Callable[[str], str]) -> pd.DataFrame:
    """Return the reviews of outages, one row per version; columns as in `REVIEWS`.

    The newest version of a review replaces the earlier versions.
    """

    def hidden(text: str) -> str:
        return "\n".join(map(redact, text.splitlines()))

    return from_rows(
        REVIEWS,
        (
            {
                "at": entry.at,
                "happened": hidden(entry.happened),
                "noticed": hidden(entry.noticed),
                "change": hidden(entry.change),
                "workstation": entry.workstation,
                "operator": entry.operator,
            }
            for entry in entries
        ),
    )


def _message(
    entry: OutageNews | PublicStatement, redact: Callable[[str], str], language: str
) -> Mapping[str, object]:
    if isinstance(entry, OutageNews):
        audience, text, state = "desks", entry.message, None
    else:
        audience, text, state = "readers", in_language(entry.texts, language), entry.state
    return {
        "at": entry.at,
        "audience": audience,
        "message": redact(text),
        "next_news": entry.next_news,
        "lending": entry.lending,
        "state": state,
        "workstation": entry.workstation,
        "operator": entry.operator,
    }


def _page_reading(entry: PageStatusChanged | PageStatusReadByStaff) -> Mapping[str, object]:
    read = {"at": entry.at, "page": entry.target, "status": entry.word}
    if isinstance(entry, PageStatusReadByStaff):
        return read | {
            "by_person": True,
            "source": person_source(entry.workstation),
            "summary": "",
            "changed_at": None,
        }
    return read | {
        "by_person": False,
        "source": entry.source,
        "summary": entry.summary,
        "changed_at": entry.changed_at,
    }
