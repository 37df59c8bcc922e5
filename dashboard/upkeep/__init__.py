"""What a server does by itself while it runs: tasks, backups, handbook changes, memory.

`procedure.io.task_runner` runs the tasks.
"""
