"""The library systems into which Relais transfers loans, each behind one small interface.

`library_system.LibrarySystem` is that interface: a new system is one instance, and one row in
`library_system.ADAPTERS`.
"""
