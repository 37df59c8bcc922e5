"""Every loan's state against Alma: export, upload, verification, corrections, sign-off.

Calls to Alma are in `procedure.io.alma`.
"""
