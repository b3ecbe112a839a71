"""What we expect: assumptions, scenarios, capacity, the draws of the year."""
