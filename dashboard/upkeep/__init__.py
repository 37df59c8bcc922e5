"""What a server does by itself as long as it runs: tasks, backups, a changed handbook, its memory.

`procedure.io.upkeep` repeats the tasks.
"""
