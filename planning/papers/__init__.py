"""Papers that people take along or sign: written once, as HTML, PDF and DOCX."""

from planning.papers.paper import Columns, Heading, Note, Paper, Points, Signatures, Words

__all__ = ["Columns", "Heading", "Note", "Paper", "Points", "Signatures", "Words"]
