"""`python -m apimlb`."""

from apimlb.cli.entry import main

main()
