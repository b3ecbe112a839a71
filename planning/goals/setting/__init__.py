"""How a number is handed out: the basis, the methods, over-assignment, who is there how long."""
