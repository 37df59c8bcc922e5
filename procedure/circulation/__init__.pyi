from .circulation_log import CirculationLog as CirculationLog
from .imports.plan import import_sheet as import_sheet
from .lending_rules import decide_on_loan as decide_on_loan, void as void
from .offline_files.alma_file import render as render
from .offline_files.alma_layout import Layout as Layout
from .offline_files.alma_parser import parse as parse
from .transactions import (
    CirculationDesk as CirculationDesk,
    Export as Export,
    Loan as Loan,
    PendingLoan as PendingLoan,
    Return as Return,
    Void as Void,
)
