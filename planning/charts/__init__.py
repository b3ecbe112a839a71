"""Figures as SVG: shows the numbers it is given, decides and computes none."""
