"""One function for each thing a person does: gather, decide in a pure step, write the result."""
