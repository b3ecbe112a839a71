"""What a goal takes: back through the funnel to the week, and forward again."""
