"""What we may do, how much of it, and what has been covered: rules, budgets, gate and ledger."""
