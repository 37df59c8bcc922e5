"""Files of transactions in any known form, each read into the same rows.

A reader takes the bytes of a file and gives back its good rows and its bad lines, whatever the
bytes are; a new form is one module and one row in `procedure.circulation.imports.file.FORMS`.
"""
