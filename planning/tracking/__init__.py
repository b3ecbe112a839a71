"""How the year goes: pace, early warning, checkpoints, evaluation."""
