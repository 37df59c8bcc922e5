"""Import of transactions from files in all known formats.

A parser accepts any bytes, and returns good rows and bad lines. To add a format, add a module, and
a row in `procedure.circulation.imports.file.FORMS`.
"""
