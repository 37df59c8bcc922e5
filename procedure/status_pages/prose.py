"""Judges the status of our component from prose, in pages and feeds written for people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from procedure.status_pages.announced_times import AnnouncedTime, announced_times
from procedure.status_pages.asides import is_aside, leaves_at, reports_work_done, untouched_at
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import cut
from procedure.status_pages.keywords import BUT, CLAUSE_END, REASSURING, LineTone
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.status import PageFinding, PageStatus, UnreadReason
from procedure.status_pages.tense import (
    WORK,
    announces_trouble,
    forecasts_an_end,
    has_left_a_trouble,
    refers_to_the_time_before,
    reports_a_failure,
    sentences,
    speaks_of_now,
    states_a_trouble,
    warns_of_work,
)
from procedure.status_pages.update_labels import update_of, without_stamp

# How long work is assumed to last if no end is announced.
OPEN_END = timedelta(days=1)
MAX_WORDS_BESIDE_OUR_NAME = 2
ALARMING = frozenset({LineTone.INCIDENT, LineTone.MIXED})


def tone_at(line: str, at: datetime, context: ParserContext) -> LineTone | None:
    """Return the tone of a line at the time of reading (`at`), or None if the line has no tone.

    - If all times in the line are in the future, the line is about planned work. The exceptions are
      lines that say that nothing is wrong, or that trouble has begun.
    - A time at which trouble is expected to end does not announce work, and does not prove that the
      trouble has ended.
    - Sentences about another time or another system are ignored, unless there are no others.
    """
    if update_of(line):
        return context.keywords.tone(line)
    line = line.replace("’", "'")
    tone = _tone_of_words(line, at, context)
    if tone in REASSURING or not (tone or context.components.matching_name(line)):
        return tone
    parts = sentences(line)
    # Sentences before "Alma is not affected" are about other components, unless they name ours.
    others = [n for n, part in enumerate(parts) if _spares_us_as_a_whole(part, context)]
    parts_after = parts[others[0] :] if others else parts
    telling = [
        part
        for part in parts
        if (part in parts_after or context.components.matching_name(part))
        and not _is_aside(part, at, context)
    ]
    if len(telling) < len(parts):
        tone = _tone_of_words(". ".join(telling), at, context)
    return tone or _tone_without_words(parts, telling, context)


def _tone_without_words(
    parts: Sequence[str], telling: Sequence[str], context: ParserContext
) -> LineTone | None:
    if any(map(reports_a_failure, telling)):
        return LineTone.INCIDENT
    named = any(context.components.matching_name(part) for part in telling)
    if any(map(reports_work_done, telling)) or (len(telling) < len(parts) and not named):
        return LineTone.ASIDE
    return None


def _is_aside(sentence: str, at: datetime, context: ParserContext) -> bool:
    times = _times_of(sentence, at, context)
    dated_before = bool(times) and all(_ends(time) <= at for time in times)
    if is_aside(sentence, context.keywords.trouble, dated_before=dated_before):
        return True
    return _is_spared(sentence, context)


def _is_spared(sentence: str, context: ParserContext) -> bool:
    """Return whether the sentence says that trouble elsewhere does not affect our component."""
    named = context.components.matching_name
    leaving = leaves_at(sentence)
    if leaving is not None and not context.keywords.trouble.search(sentence[leaving:]):
        before, behind = sentence[:leaving], sentence[leaving:]
        headed = named(before) and not context.components.remove_names(before).strip(" :–-")
        if headed or (named(behind) and not named(before)):
            return True
    end = untouched_at(sentence)
    if end is None or BUT.search(sentence[end:]):
        return False
    earlier = [context.keywords.tone(part) for part in CLAUSE_END.split(sentence[:end])[:-1]]
    return bool(named(sentence[:end])) and not ALARMING.intersection(earlier)


def _spares_us_as_a_whole(sentence: str, context: ParserContext) -> bool:
    """Return whether a sentence says that our component as a whole is unaffected."""
    end = untouched_at(sentence)
    clause = CLAUSE_END.split(sentence[:end])[-1] if end is not None else ""
    named = context.components.matching_name(clause)
    few = len(context.components.remove_names(clause).split()) <= MAX_WORDS_BESIDE_OUR_NAME
    return bool(named) and few and _is_spared(sentence, context)


def _tone_of_words(line: str, at: datetime, context: ParserContext) -> LineTone | None:
    tone = context.keywords.tone(line)
    times = [] if tone is LineTone.NOTHING else _times_of(line, at, context)
    if not times:
        return _without_times(tone, sentences(line), context)
    all_ahead = all(time.start > at for time in times)
    if not (all_ahead or all(_ends(time) <= at for time in times)):
        return tone
    parts = sentences(line)
    if tone is LineTone.CLOSED:
        if not _closes_later(parts, at, context):
            return tone
        tone = context.keywords.tone_while_open(line) or LineTone.MIXED
    announcing = [part for part in parts if all_ahead and _announces(part, at, context)]
    later = [part for part in parts if announcing and refers_to_the_time_before(part)]
    if _has_begun([part for part in parts if part not in [*announcing, *later]], context):
        return tone if tone in ALARMING else LineTone.INCIDENT
    if announcing:
        return LineTone.PLANNED
    return LineTone.MIXED if all_ahead and tone is LineTone.PLANNED else tone


def _without_times(
    tone: LineTone | None, parts: Sequence[str], context: ParserContext
) -> LineTone | None:
    """Return the tone, adjusted if work has left trouble behind or may cause trouble."""
    failing = [part for part in parts if context.keywords.trouble.search(part)]
    if tone is LineTone.PLANNED and _has_begun(failing, context):
        return LineTone.INCIDENT
    if tone is LineTone.INCIDENT and failing and all(map(warns_of_work, failing)):
        return LineTone.PLANNED
    return tone


def _closes_later(parts: Sequence[str], at: datetime, context: ParserContext) -> bool:
    """Return whether the text up to the last `CLOSED` sentence mentions a future time."""
    closing = [n for n, part in enumerate(parts) if context.keywords.tone(part) is LineTone.CLOSED]
    before = " ".join(parts[: closing[-1] + 1] if closing else parts)
    times = _times_of(before, at, context)
    return any(time.start > at for time in times)


def _announces(sentence: str, at: datetime, context: ParserContext) -> bool:
    times = _times_of(sentence, at, context)
    starts = [time for time in times if not time.deadline]
    if not starts or speaks_of_now(sentence) or _is_left(sentence, context):
        return False
    timed = _until_its_time(sentence, at, context)
    if forecasts_an_end(timed) and (starts[0].end is None or states_a_trouble(sentence)):
        return False
    if starts[0].hours or announces_trouble(sentence) or WORK.search(sentence):
        return True
    return context.keywords.tone(sentence) is not None


def _until_its_time(sentence: str, at: datetime, context: ParserContext) -> str:
    """Return the sentence up to the end of the first clause with a time."""
    for clause in CLAUSE_END.finditer(sentence):
        if _times_of(sentence[: clause.start()], at, context):
            return sentence[: clause.start()]
    return sentence


def _has_begun(parts: Sequence[str], context: ParserContext) -> bool:
    return any(
        (states_a_trouble(part) or _is_left(part, context))
        and context.keywords.tone(part) in {*ALARMING, LineTone.PLANNED}
        for part in parts
    )


def _is_left(sentence: str, context: ParserContext) -> bool:
    """Return whether completed work has left trouble behind."""
    return has_left_a_trouble(sentence) and context.keywords.trouble.search(sentence) is not None


def _times_of(line: str, at: datetime, context: ParserContext) -> list[AnnouncedTime]:
    """Return the times in a line, except the time of writing."""
    written = min(context.written or at, at)
    return announced_times(without_stamp(line), context.zone, written)


def _ends(time: AnnouncedTime) -> datetime:
    return time.end or time.start + OPEN_END


def planned_work(
    line: str, at: datetime, context: ParserContext, *, source: str, under_way: bool = False
) -> PageFinding | None:
    """Return the finding for announced work, or None if the work has ended.

    The status of the finding is one of these:

    - `ok`: the work has not begun.
    - `planned`: the work is under way. If the page says so (`under_way`), the announced time is
      ignored, because work may overrun.
    - `unknown`: the time cannot be parsed, or the day has come but no hours are given.
    """
    times = [time for time in _times_of(line, at, context) if not time.deadline]
    coming = [time for time in times if _ends(time) > at]
    if times and not coming and not under_way:
        return None
    time = next((time for time in coming if time.hours), coming[0] if coming else None)
    status = PageStatus.PLANNED if under_way else _status_of(time, at)
    work = PlannedWork(None, None, source, cut(line))
    if time is not None and status is not PageStatus.UNKNOWN:
        work = replace(work, start=time.start, end=time.end)
    name = context.components.matching_name(line)
    reason = UnreadReason.UNCLEAR if status is PageStatus.UNKNOWN else None
    return PageFinding(status, cut(line), name, work, reason=reason)


def _status_of(time: AnnouncedTime | None, at: datetime) -> PageStatus:
    if time is None:
        return PageStatus.UNKNOWN
    if time.start > at:
        return PageStatus.OK
    return PageStatus.PLANNED if time.hours else PageStatus.UNKNOWN


def unclear(line: str = "", component: str = "") -> PageFinding:
    """Return a finding for text that somebody has to read."""
    return PageFinding(PageStatus.UNKNOWN, cut(line), component, reason=UnreadReason.UNCLEAR)


# The status of planned work depends on its time; see `planned_work`.
STATUS_OF_TONE = {LineTone.INCIDENT: PageStatus.INCIDENT, LineTone.NOTHING: PageStatus.OK}
