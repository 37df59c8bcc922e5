"""What a server does by itself as long as it runs: tasks, backups, a changed handbook, its memory.

`procedure.io.task_runner` repeats the tasks.
"""
