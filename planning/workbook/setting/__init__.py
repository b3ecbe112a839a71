"""The company's number and how it is handed out, from the top and from the bottom."""
