"""Why a result differs from a base: views of one difference, each adding up exactly.

Every view values each change at the mean of the two years (Bennet's indicator: T. L. Bennet, "The theory of
measurement of changes in cost of living", Journal of the Royal Statistical Society 83, 1920; W. E. Diewert,
"Index number theory using differences rather than ratios", American Journal of Economics and Sociology 64, 2005).
For two factors that is the Shapley value: the average over both orders in which they could be changed. What two
factors share beyond that is halved between them, so no order of naming them comes into it.

An effect is computed on the smallest rows that a view knows (an order line, an account, a person in a territory)
as a whole number of minor units, and every level is a plain sum of those rows: so the effects of the territories
are the company's, and those of reps, products or segments as well. The last effect of each view is what the row's
difference leaves, which makes every view add up exactly.
"""
