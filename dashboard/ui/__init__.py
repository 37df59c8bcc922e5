"""User interface parts: live HTML, page shell, failure messages, file drop, table, templates.

They do not depend on the features.
"""
