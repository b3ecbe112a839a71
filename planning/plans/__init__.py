"""How goals are to be met: whom to sell to, and the plans of reps and managers for the year."""
