"""Goals on any metric are stated, checked and worded."""
