"""Figures as SVG: shows the numbers it is given, decides and computes none."""

from planning.charts.bullets import bullets
from planning.charts.course import course
from planning.charts.funnel import funnel
from planning.charts.heat import heat
from planning.charts.months import months
from planning.charts.picture import Picture
from planning.charts.plane import curve, histogram
from planning.charts.rows import against_goal, ranges, waterfall

__all__ = [
    "Picture",
    "against_goal",
    "bullets",
    "course",
    "curve",
    "funnel",
    "heat",
    "histogram",
    "months",
    "ranges",
    "waterfall",
]
