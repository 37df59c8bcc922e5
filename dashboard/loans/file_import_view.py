"""Shows the new rows in dropped files, before and after they are recorded."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import panel as pn
import param

from dashboard.core.state import needs
from dashboard.loans.file_import import FileImport, ImportedFile
from dashboard.loans.import_text import bad_line_text, line_text
from dashboard.loans.reason_text import conflict_texts, reason_texts, try_loan_action
from dashboard.ui.file_drop import Dropped, drop_zone
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from dashboard.ui.view import WIDE, View


class FileImportView(View):
    """A heading, a drop zone and the dropped files; nothing is recorded until a button is pressed.

    - `label`: names the files that may be dropped.
    - `place`: the part of the page that also accepts dropped files; if empty, only the drop zone
      accepts them.
    - `attempt`: performs an action and returns the sentence that explains its refusal, or an empty
      string.
    """

    file_import = needs(FileImport)
    head = param.String(constant=True)
    label = param.String(constant=True)
    place = param.String(constant=True)
    attempt = param.Callable(default=try_loan_action, constant=True)
    refusal = param.String(doc="Why the last action was refused; empty if it succeeded.")

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._results = 0
        drop = drop_zone(
            self._look,
            self.language,
            self.label,
            accept=".dat,.jsonl,.json,.csv,.xlsx,.txt",
            multiple=True,
            place=self.place,
        )
        files = LiveHTML(self._html, self._act, self._form)
        self._view = pn.Column(LiveHTML(self.head), drop, files, **WIDE)

    @property
    def _desks(self) -> dict[str, str]:
        desks = self.file_import.context.handbook.current.desks
        return {code: desk.name for code, desk in desks.items()}

    @param.depends("file_import.files", "refusal")
    def _html(self) -> str:
        files = self.file_import.files
        return render(
            "loans/file_import",
            self.language,
            files=files,
            desks=self._desks,
            ready=sum(1 for file in files if not file.taken and file.ready),
            over=all(file.taken for file in files),
            said=self._summary(files),
            turn=self._results,
            place=self.place,
            conflicts=conflict_texts(self.language),
            why=lambda bad: bad_line_text(bad, self.language),
            place_of=lambda row: line_text(row.sheet, row.line, self.language),
            doubts=reason_texts(self.language),
            refusal=self.refusal,
        )

    def _summary(self, files: Sequence[ImportedFile]) -> str:
        """Summarise the new rows of the recorded files or, until any is recorded, of all files."""
        say, taken = self.language.say, [file for file in files if file.taken]
        new = ", ".join(self._new(taken or files))
        if taken:
            return say("Pris : {new}.", new=new) if new else say("Rien de nouveau n’a été pris.")
        if new:
            return say("Nouveau ici : {new}. Rien n’est encore pris.", new=new)
        return say("Rien de nouveau ici.")

    def _new(self, files: Sequence[ImportedFile]) -> Iterator[str]:
        plural = self.language.plural
        counts = {
            "loan": lambda n: plural("{count} prêt", "{count} prêts", n),
            "return": lambda n: plural("{count} retour", "{count} retours", n),
            "waiting": lambda n: plural(
                "{count} sur carte oubliée", "{count} sur carte oubliée", n
            ),
            "void": lambda n: plural("{count} annulation", "{count} annulations", n),
        }
        for kind, words in counts.items():
            if count := sum(file.new[kind] for file in files):
                yield words(count)

    def _look(self, files: Sequence[Dropped]) -> None:
        self._try(lambda: self.file_import.look(files))

    def _act(self, act: str, value: str) -> None:
        del value
        acts: dict[str, Callable[[], object]] = {
            "take": self.file_import.take,
            "drop": self.file_import.drop,
        }
        if act in acts:
            self._try(acts[act])

    def _try(self, act: Callable[[], object]) -> None:
        self._results += 1  # makes screen readers read the result once
        self.refusal = self.attempt(act, self.language)

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        does, _, number = act.partition(" ")
        if does == "desk":
            self.file_import.assign(int(number), fields.get("desk", ""))
