"""The page of plans: whom to sell to, the plans of the year, what they contradict, and who has which."""
