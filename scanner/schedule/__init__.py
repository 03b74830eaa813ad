"""When what is swept: windows and periods, what is due, and who is told."""
