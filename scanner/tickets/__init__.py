"""Findings as tickets of the organisation's own tracker: planned, written once, closed on proof."""
