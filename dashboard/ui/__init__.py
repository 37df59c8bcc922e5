"""Live HTML, page shell, failure messages, file drop, paged table and templates.

Knows no word of the library's work.
"""
