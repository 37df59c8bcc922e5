"""The errors of the dashboard.

DashboardError
├── SettingsError   settings are invalid
├── NotAllowed      the visitor lacks permission
│   └── ReadOnly    the session is read-only
└── FileRefused     a given file cannot be read or written
"""


class DashboardError(Exception):
    """The base of the dashboard's errors."""


class SettingsError(DashboardError):
    """Settings are invalid: each line of the message names a setting and says what is valid."""


class NotAllowed(DashboardError):
    """The visitor lacks permission; nothing was done."""


class ReadOnly(NotAllowed):
    """The session is read-only; nothing was done."""


class FileRefused(DashboardError):
    """A given file cannot be read or written; the message says why."""
