"""Live HTML, page shell, failure messages, file drop, paged table and templates.

Independent of the library's features.
"""
