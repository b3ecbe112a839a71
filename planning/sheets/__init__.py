"""Numbers as people write them, and tables as HTML: formats what it is given, computes nothing."""
