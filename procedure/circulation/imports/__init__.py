"""Imported files of transactions, in any known format, all read into the same kind of row.

A parser takes any bytes and returns good rows and bad lines. A new format needs one module and one
row in `procedure.circulation.imports.file.FORMS`.
"""
