"""The pages of the year in course: conversations, what was promised, and the weeks they fall into."""
