"""The page of what-ifs: scenarios side by side, how sure the number is, and what it asks of people and customers."""
