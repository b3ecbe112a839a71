"""What goals earn: pay plans, what they pay for a result, what they cost, and whether they pull with the goals."""
