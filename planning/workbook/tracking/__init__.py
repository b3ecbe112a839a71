"""What people do during the year."""
