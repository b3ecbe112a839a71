"""What next year looks like if nothing changes.

`series` brings the months of every node out of the engine; `candidates` says what each could bring by each method;
`trials` puts the methods to the test on the past and chooses; `coherence` makes levels add up; `projection` ties
these together for one moment, `study` for all moments of a metric; `whole` rounds to whole units; `figures` gives
any metric, ratios too, its months and its year; `backtest` says how far off all of it was. `forecast` is the way in.
"""

METHOD = (
    "Each series is freed of its season and working days, continued by the method that was least far off in trials "
    "on the company's own past (seasonal naive, average of 12 months, exponential smoothing, theta, or their "
    "average), and given both back. Levels are made to add up by minimum trace reconciliation (Wickramasuriya, "
    "Athanasopoulos and Hyndman 2019). The ranges come from how far off such forecasts would have been in the past; "
    "that of a year from how far off whole spans of months were, not from adding up the ranges of months. One-off "
    "orders are left out, and nothing that is planned or expected to happen is in it. Accounts of people who left "
    "stand with whoever serves them now."
)
"""How it is done, in words to stand beside the figures."""
