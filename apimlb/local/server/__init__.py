"""The local Azure behind two ports of this machine; the only room that opens any.

`python -m apimlb.local.server --state DIR` runs it in the foreground; `apimlb.local.process` in the
background.
"""
