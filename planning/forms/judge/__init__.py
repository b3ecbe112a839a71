"""The page of evaluation: by what a year is judged, what it comes to, and what both sides say to it."""
