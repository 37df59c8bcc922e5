"""The library systems that Relais brings loans into, each behind one small interface.

`library_system.LibrarySystem` is that interface: a new system is one of them, and a row in
`library_system.ADAPTERS`.
"""
