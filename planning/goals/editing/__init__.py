"""How goals are changed so that every total stands: edits, typed goals, two cuts, the year."""
