"""Runs as files that prove themselves: sealed, verified, redacted, joined."""
