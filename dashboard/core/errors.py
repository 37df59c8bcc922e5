"""The errors of the dashboard.

DashboardError
├── SettingsError   a setting that cannot be used; names it and says what is valid
├── NotAllowed      this person may not do this here
│   └── ReadOnly    nothing can be recorded from here, by anybody
└── FileRefused     a file that cannot be written where the person wants it
"""


class DashboardError(Exception):
    """The root of the dashboard's own errors."""


class SettingsError(DashboardError):
    """One or more settings cannot be used: each line names one and says what is valid."""


class NotAllowed(DashboardError):
    """This person may not do this here; nothing was done."""


class ReadOnly(NotAllowed):
    """The database is open read-only; nothing was done."""


class FileRefused(DashboardError):
    """A file cannot be written where the person wants it; the message says what to do."""
