"""Commands over a simulated Alma, for drills.

The demonstration, sample data and the stand-in by itself are beside this folder.
"""
