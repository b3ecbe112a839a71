"""What manager and rep do to agree on a goal: prepare, propose, answer, agree, and prove afterwards what was said."""
