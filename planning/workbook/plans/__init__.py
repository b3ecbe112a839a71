"""What people do with the plans of a year."""
