"""Goals are changed, one at a time or many."""
