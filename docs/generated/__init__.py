"""The parts of the documents that are written by program: whole pages, and blocks in other pages."""
