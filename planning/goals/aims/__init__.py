"""Goals on any metric: what is asked of whom, how well it is worded, what contradicts what."""
