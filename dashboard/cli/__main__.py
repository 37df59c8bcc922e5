"""`python -m dashboard.cli` is `relais`."""

from dashboard.entry_point import main

main()
