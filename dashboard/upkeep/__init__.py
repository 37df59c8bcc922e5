"""The server's background work: repeated tasks, backups, handbook changes, memory.

`procedure.io.task_runner` runs the tasks.
"""
