"""Papers that people take along or sign: written once, as HTML and as PDF."""

from planning.papers.paper import Columns, Heading, Paper, Points, Signatures, Words

__all__ = ["Columns", "Heading", "Paper", "Points", "Signatures", "Words"]
