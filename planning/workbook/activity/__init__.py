"""What goals take, rep by rep and by week."""
