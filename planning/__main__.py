"""`python -m planning` is the command `planning`."""

from planning.cli import main

main()
