"""User interface parts: live HTML, page shell, failure messages, file drop, table, templates.

They are independent of the library's features.
"""
