"""What a status page reports, read from the body of each known format, and maintenance windows.

No network: `procedure.io.page_reader` fetches the bodies. No judgement of our own probes.
"""
