"""Whole minor units, and the ways to split them.

Money is a whole number of minor units (cents) everywhere between import and display. `apportion` is
the only split in the workbook: over time, reps, products, channels and territories, with or without
bounds. `settle` is its last step alone, for parts that were computed elsewhere. `fit` is the split of
a table whose rows and columns must both add up.
"""

from planning.amounts.margins import Called as Called
from planning.amounts.margins import fit as fit
from planning.amounts.minor import LARGEST as LARGEST
from planning.amounts.minor import Real as Real
from planning.amounts.minor import Tell as Tell
from planning.amounts.minor import Whole as Whole
from planning.amounts.minor import in_money as in_money
from planning.amounts.minor import to_major as to_major
from planning.amounts.minor import to_minor as to_minor
from planning.amounts.split import apportion as apportion
from planning.amounts.split import settle as settle
