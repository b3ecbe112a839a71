"""From files to canonical tables: read, typed, checked, put into place at once."""
