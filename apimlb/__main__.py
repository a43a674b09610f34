"""`python -m apimlb`."""

import sys

if not sys.flags.safe_path:
    # With -m, Python looks into the current folder first: a secrets.py or typing.py of the user's would stand
    # in for the module of that name.
    del sys.path[0]

from apimlb.cli.entry import main

main()
