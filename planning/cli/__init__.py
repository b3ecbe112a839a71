"""The command line: every command calls one workbook function and prints what it gives."""

from planning.cli.main import main

__all__ = ["main"]
