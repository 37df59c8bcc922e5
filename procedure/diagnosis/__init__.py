"""Where the fault lies and which answers the evidence suggests, and scenarios that replay both.

A suggestion never answers for a person.
"""
