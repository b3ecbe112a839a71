"""The page of the past: what happened and why, what was assumed, where growth is, and the outlook."""
