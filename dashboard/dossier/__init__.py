"""The dossier of one outage as a page to read, print and keep.

Its content is made in `procedure.outages`.
"""
