"""Pay plans: kept, what they pay and cost, and whether they pull the same way as the goals."""
