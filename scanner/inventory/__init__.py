"""The inventory: what runs recorded and persons decided, and what both add up to over time."""
