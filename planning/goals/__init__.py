"""What is asked for: the goal ledger, the cascade that fills it and the account of every goal."""
