"""What happened and why: sources, attainment, drivers and the funnel."""
