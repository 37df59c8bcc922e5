"""What a browser sends and what becomes of it: parsed, decided, recorded once.

No HTTP: the addresses are in `dashboard.desk.desk_handlers`.
"""
