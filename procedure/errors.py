"""The errors of the procedure: one root, named leaves, each message says what to do next.

    ProcedureError
    ├── HandbookError        the handbook cannot be used; carries all of its faults
    ├── ScenarioError        a scenario file that cannot be replayed; carries every fault found
    ├── JournalError
    │   ├── JournalMoved     somebody else wrote first; read again and decide again
    │   ├── JournalMissing   there is no database where one was to be read
    │   ├── JournalTooNew    the database was written by a later version of Relais
    │   ├── JournalTooOld    the database was written by an earlier version, and may not be changed
    │   └── JournalUnwritable  disk full, read-only, or locked by another program
    │       ├── JournalGone     the database's files are not those that were opened
    │       └── JournalDamaged  the database or its disk is damaged
    ├── AccountRefused       an account that cannot be added or changed as asked
    ├── BackupRefused        a backup or a restore that cannot be made as asked
    ├── TransferRefused      a database that cannot be copied into another as asked
    ├── TransactionRefused   a loan or a void that cannot be recorded as given
    ├── OutageRefused        an act on an outage that cannot be recorded as given
    ├── OutageNotFound       no declared outage, or more than one, of the id that was given
    ├── AlertUndelivered     an alert that a channel did not take; it is sent again
    ├── PlannedWorkRefused   planned work that cannot be entered as given
    ├── TimesUnconfirmed     (reconciliation.export_times) an export with loans of another year
    ├── OfflineFileError     a line or a field that Alma's offline file cannot hold
    ├── OfflineListError     a list of accounts or items that cannot be read
    │   └── OfflineListRefused  one that can be read, but that a person must accept
    ├── ExportRefused        frames of the records that cannot be written as asked
    └── AlmaError
        ├── AlmaUnavailable  no answer that can be used, after several attempts; go on later
        ├── AlmaQuotaUsedUp  the day's quota is nearly used up; go on after midnight
        ├── AlmaKeyRefused   the key is missing or not allowed to do this
        └── RequestOutcomeUnknown  a request with an effect was not answered: never send it again

What a probe finds is never an error: it is an `Outcome`.
"""

from dataclasses import dataclass


class ProcedureError(Exception):
    """The root of all errors with which the procedure refuses something."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A fault in the handbook: the file, the key in it, and what to do about it.

    `key` is empty if the fault is the file itself. `line` counts from 1; 0 means unknown. `fix` is
    the line that upgrades a handbook in an earlier form; it is empty if the line must be deleted.
    """

    file: str
    key: str
    message: str
    line: int = 0
    fix: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.key, self.message) if part)


class _FaultyFile(ProcedureError):
    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


class HandbookError(_FaultyFile):
    """The handbook cannot be used as it is; `faults` lists all of its faults."""


class ScenarioError(_FaultyFile):
    """A scenario file cannot be replayed as it is; `faults` lists every fault."""


class JournalError(ProcedureError):
    """The journal could not carry out a request; nothing was acknowledged."""


class JournalMoved(JournalError):
    """Another process wrote between our reading and writing: read again and decide again."""


class JournalMissing(JournalError):
    """There is no database to read, and none was created."""


class JournalTooNew(JournalError):
    """The database was written by a later version of Relais: update this installation."""


class JournalTooOld(JournalError):
    """The database was written by an earlier version of Relais and is open read-only."""


class JournalUnwritable(JournalError):
    """The database did not take the entry: the disk is full, read-only, or held by another."""


class JournalGone(JournalUnwritable):
    """The database's files were moved, removed or replaced, or the database lacks entries."""


class JournalDamaged(JournalUnwritable):
    """The database or its disk is damaged: nothing is written until it is opened again."""


class OpenIdRefused(ProcedureError):
    """A sign-in by OpenID Connect failed; the message names the check, and quotes no token."""


class BackupRefused(ProcedureError):
    """A backup or a restore cannot be made as asked; the message says what was left as it was."""


class TransferRefused(ProcedureError):
    """A database cannot be copied into another as asked; both are as they were."""


class AccountRefused(ProcedureError):
    """An account cannot be added or changed as asked; nothing was changed."""


class TransactionRefused(ProcedureError):
    """A loan or a void cannot be recorded as given.

    `reason` is a short key (`patron_missing`, `barcode_too_long`, …) that the page puts into the
    reader's language; the message is the same in English for a shell or a log, and never quotes
    an identifier.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class OutageRefused(ProcedureError):
    """A person's act on an outage cannot be recorded as given.

    `reason` is a short key (`title_missing`, `none_stands`, …) that the page puts into the reader's
    language; the message is the same in English. `name` is the name of another outage, if the
    refusal is about one.
    """

    def __init__(self, reason: str, message: str, name: str = "") -> None:
        self.reason, self.name = reason, name
        super().__init__(message)


class OutageNotFound(ProcedureError):
    """No declared outage, or more than one, has the id that was given; the message lists them."""


class AlertUndelivered(ProcedureError):
    """A channel did not accept the newest alert; the message names the channel."""


class PlannedWorkRefused(ProcedureError):
    """Planned work cannot be entered as given.

    `reason` is a short key (`begin_skipped`, `backwards`, …) that the page puts into the reader's
    language.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class _FaultyLine(ProcedureError):
    def __init__(self, message: str, *, line: int | None = None) -> None:
        self.line = line
        super().__init__(message if line is None else f"line {line}: {message}")


class OfflineFileError(_FaultyLine):
    """A line or a field does not fit Alma's offline circulation file."""


class OfflineListError(_FaultyLine):
    """A list of accounts or items cannot be read; the message quotes no identifier."""


class OfflineListRefused(OfflineListError):
    """A list may be cut short, outdated or from another library: a person must accept it."""


class ExportRefused(ProcedureError):
    """Frames of the records cannot be written as asked; nothing was written."""


class AlmaError(ProcedureError):
    """A request to Alma's API failed; the answers before it remain valid."""


class AlmaUnavailable(AlmaError):
    """Alma gave no usable answer after several attempts."""


class AlmaQuotaUsedUp(AlmaError):
    """The day's quota of requests is nearly used up; other programs need the rest."""


class AlmaKeyRefused(AlmaError):
    """The key is missing or lacks the permission."""


class RequestOutcomeUnknown(AlmaError):
    """A request with an effect was sent but not answered: Alma may or may not have done it."""


def loggable(error: BaseException) -> str:
    """Return the loggable text of an error: only its type if the message may quote a patron."""
    return str(error) if isinstance(error, ProcedureError) else type(error).__name__
