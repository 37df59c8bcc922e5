"""The errors of the `procedure` package; each message says what to do next.

    ProcedureError
    ├── HandbookError        the handbook cannot be used; lists all faults in it
    ├── ScenarioError        a scenario file cannot be replayed; lists all faults in it
    ├── JournalError
    │   ├── JournalMoved     another process wrote first; read and decide again
    │   ├── JournalMissing   there is no database to read
    │   ├── JournalTooNew    the database was written by a later version of Relais
    │   ├── JournalTooOld    the database was written by an earlier version, and is open read-only
    │   └── JournalUnwritable  the disk is full or read-only, or the database is locked
    │       ├── JournalGone     the database's files were moved, removed or replaced
    │       ├── TransactionEnded  the database server ended a transaction of this process
    │       └── JournalDamaged  the database or its disk is damaged
    ├── OpenIdRefused        a sign-in through OpenID Connect failed
    ├── AccountRefused       adding or changing an account was refused
    ├── BackupRefused        a backup or a restore was refused
    ├── TransferRefused      copying a database into another was refused
    ├── TransactionRefused   an action on a loan or a return was refused
    ├── OutageRefused        an action on an outage was refused
    ├── OutageNotFound       an id matches no declared outage, or more than one
    ├── AlertUndelivered     a channel did not accept an alert, which will be sent again
    ├── PlannedWorkRefused   the times entered for planned work were refused
    ├── TimesUnconfirmed     (reconciliation.export_times) loans in an export have implausible times
    ├── OfflineFileError     an offline file, or a line in it, cannot be read or written
    ├── OfflineListError     a list of accounts or items cannot be read
    │   └── OfflineListRefused  a list must be accepted by staff
    ├── ExportRefused        exporting the records as frames was refused
    └── AlmaError
        ├── AlmaUnavailable  no usable answer after several attempts; continue later
        ├── AlmaQuotaUsedUp  the day's quota is nearly used up; continue after midnight
        ├── AlmaKeyRefused   the API key is missing or lacks permission
        └── RequestOutcomeUnknown  a request to change data was not answered; do not resend it

The failure of a probe is not an error: it is an `Outcome`.
"""

from dataclasses import dataclass


class ProcedureError(Exception):
    """The base class of the package's errors."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A fault in a file: the file's name, the key at fault, and a message.

    - `key`: empty if the file itself is at fault.
    - `line`: counts from 1; 0 means unknown.
    - `fix`: the text that upgrades a handbook of an earlier version, or None if there is no such
      text. It is the line to write for the key, the content of a missing file, or an empty string
      to delete the key's line.
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
    """The handbook cannot be used; `faults` lists all faults in it."""


class ScenarioError(_FaultyFile):
    """A scenario file cannot be replayed; `faults` lists all faults in it."""


class JournalError(ProcedureError):
    """The journal could not carry out a request; nothing was acknowledged."""


class JournalMoved(JournalError):
    """Another process wrote between our reading and writing: read and decide again."""


class JournalMissing(JournalError):
    """There is no database to read, and none was created."""


class JournalTooNew(JournalError):
    """The database was written by a later version of Relais: update this installation."""


class JournalTooOld(JournalError):
    """The database was written by an earlier version of Relais and is open read-only."""


class JournalUnwritable(JournalError):
    """Nothing was written: the disk is full or read-only, or the database is locked."""


class JournalGone(JournalUnwritable):
    """The database's files were moved, removed or replaced, or the database has lost entries."""


class TransactionEnded(JournalUnwritable):
    """The database server ended a transaction because this process hung; nothing was written."""


class JournalDamaged(JournalUnwritable):
    """The database or its disk is damaged: nothing is written until the database is reopened."""


class OpenIdRefused(ProcedureError):
    """A sign-in through OpenID Connect failed; the message names the check but not the token."""


class BackupRefused(ProcedureError):
    """A backup or a restore was refused; the message says what was left unchanged."""


class TransferRefused(ProcedureError):
    """Copying a database into another was refused; both are unchanged."""


class AccountRefused(ProcedureError):
    """Adding or changing an account was refused; nothing was changed."""


class TransactionRefused(ProcedureError):
    """An action on a loan or a return was refused.

    `reason` is the key (`patron_missing`, `loan_unknown`, …) of a translated text in the
    dashboard. The message is the English text for commands and logs, and never contains an
    identifier.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class OutageRefused(ProcedureError):
    """An action on an outage was refused.

    `reason` is the key (`title_missing`, `none_stands`, …) of a translated text in the dashboard;
    the message is the English text. `name` is the title of the outage that the new outage would
    overlap, or empty.
    """

    def __init__(self, reason: str, message: str, name: str = "") -> None:
        self.reason, self.name = reason, name
        super().__init__(message)


class OutageNotFound(ProcedureError):
    """An id matches no declared outage, or several; the message lists outages to choose from."""


class AlertUndelivered(ProcedureError):
    """A channel did not accept the newest alert; the message names the channel."""


class PlannedWorkRefused(ProcedureError):
    """The times entered for planned work were refused.

    `reason` is the key (`begin_skipped`, `backwards`, …) of a translated text in the dashboard.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class _FaultyLine(ProcedureError):
    def __init__(self, message: str, *, line: int | None = None) -> None:
        self.line = line
        super().__init__(message if line is None else f"line {line}: {message}")


class OfflineFileError(_FaultyLine):
    """An offline circulation file, or a line in it, cannot be read or written."""


class OfflineListError(_FaultyLine):
    """A list of accounts or items cannot be read; the message contains no identifier."""


class OfflineListRefused(OfflineListError):
    """A list may be cut off, outdated or from another library; staff must accept it first."""


class ExportRefused(ProcedureError):
    """Exporting the records as frames was refused; nothing was written."""


class AlmaError(ProcedureError):
    """A request to Alma's API failed; earlier answers remain valid."""


class AlmaUnavailable(AlmaError):
    """Alma gave no usable answer after several attempts."""


class AlmaQuotaUsedUp(AlmaError):
    """The day's quota of requests is nearly used up; the remainder is left for other programs."""


class AlmaKeyRefused(AlmaError):
    """The API key is missing or lacks permission."""


class RequestOutcomeUnknown(AlmaError):
    """A request to change data was not answered; Alma may or may not have carried it out."""


def loggable(error: BaseException) -> str:
    """Return an error's text for the log, or only its type if the message may identify a patron."""
    return str(error) if isinstance(error, ProcedureError) else type(error).__name__
