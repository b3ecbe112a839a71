"""The plan's database: all SQL of the plan, transactions and migrations. No business rules."""
