"""Offers, the moves that are allowed, and the agreement that follows from them."""
