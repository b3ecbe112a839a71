"""Notebooks run once per territory, their record and what they publish."""
