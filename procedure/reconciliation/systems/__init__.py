"""The library systems into which Relais transfers loans.

To add a system, create an instance of `library_system.LibrarySystem` and add it to
`library_system.ADAPTERS`.
"""
