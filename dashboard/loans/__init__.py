"""The scan box, the loan log, pending loans, carts and file imports."""
