"""hiksweep.toml: sites, networks, when they may be swept, and how. Read and checked; no secret in it."""
