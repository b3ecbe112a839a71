"""The page of negotiation: both sides of a goal, what each wants to know before, and where all of them stand."""
