"""The library's front door: plan a scan, run it, and turn its journal into a report."""
