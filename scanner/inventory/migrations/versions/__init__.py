"""One step a file, never changed once it is released."""
