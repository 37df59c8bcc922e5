"""The desk page, which keeps working without the server, and its routes.

The desk file is a form of this page: one HTML file that needs no server at all. The scripts of the
page and of the file use the modules in `dashboard/assets/`.
"""
