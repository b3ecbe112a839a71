"""The page of the year in course."""
