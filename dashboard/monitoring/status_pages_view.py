"""The status pages, with buttons to record their announcements."""

from markupsafe import Markup

from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.status_pages_text import READABLE, status_label, status_page_texts
from dashboard.translations import Language
from dashboard.ui.templating import render_markup
from procedure.status_pages.status import PageStatus


def status_pages_html(diagnosis: DiagnosisState, language: Language, *, reads: bool) -> Markup:
    """Return the HTML of the status pages, one line for each.

    If `reads` is true, a page has buttons to record its announcement, unless its feed was read.
    """
    handbook = diagnosis.updates.handbook
    labels = {word.value: status_label(word, language) for word in READABLE}
    return render_markup(
        "monitoring/status_pages",
        language,
        pages=status_page_texts(diagnosis, language),
        labels=labels,
        # A single button records that all unread pages announce nothing.
        troubles={word: label for word, label in labels.items() if word != PageStatus.OK},
        targets=handbook.targets,
        words=handbook.words[language.code].targets,
        reads=reads,
    )
