"""What a library does and knows in an outage of Alma: values in, values out.

Nothing here knows Panel, and only `procedure.io` touches the clock, the network or the disk.
"""
