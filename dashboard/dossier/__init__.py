"""The dossier of an outage, as a printable page or Markdown.

Its content is computed in `procedure.outages`.
"""
