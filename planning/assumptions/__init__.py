"""What is expected of the coming year, and what it does to the baseline."""
