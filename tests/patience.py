"""How long a test waits for what must come, in seconds, before it calls that a hang.

It measures nothing: it is longer than anything takes on the busiest machine. `tests/unit/test_waits.py` holds
every wait to it.
"""

PATIENCE = 600.0
