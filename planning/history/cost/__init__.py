r"""What an event seems to have cost or brought in: the cells it touched, held against those it did not.

Difference-in-differences on log sales (Card and Krueger 1994, American Economic Review 84(4)): the growth of touched
cells over the same months a year before, so that the season drops out, less the mean growth of the untouched ones, so
that what befell all of them drops out. Only customers who bought in both years count, so that accounts that were won
or lost do not blur it; one-off orders are left out.

With growth :math:`g` of :math:`k` touched and :math:`n` untouched cells, and :math:`s` the standard deviation of the
untouched ones, which stands for how far cells drift apart when nothing happens to them,

.. math::

    d = \bar g_{touched} - \bar g_{untouched}, \qquad d \pm t_{n-1}\, s \sqrt{1/k + 1/n}

The t quantile rather than the normal one because cells are few (Donald and Lang 2007, Review of Economics and
Statistics 89(2)); the spread of cells that were never touched is the yardstick as in Conley and Taber (2011, Review
of Economics and Statistics 93(1)). The effect as a fraction is :math:`e^d - 1`; in money, what the touched cells sold
less what they would have sold without it, :math:`m (1 - e^{-d})`.
"""

METHOD = (
    "What an event touched is held against what it did not: growth over the same months a year before, so that "
    "the season drops out, less the growth of the untouched, so that what befell all drops out (difference in "
    "differences, Card and Krueger 1994). The range comes from how far untouched cells drift apart by themselves "
    "(Conley and Taber 2011)."
)
