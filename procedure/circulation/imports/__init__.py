"""Files of transactions in any known form, each read into the same rows.

A parser takes any bytes and returns good rows and bad lines. A new form is one module and one row
in `procedure.circulation.imports.file.FORMS`.
"""
