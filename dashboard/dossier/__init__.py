"""The dossier of one outage as a page to read, print and keep.

`procedure.outages` computes its content.
"""
