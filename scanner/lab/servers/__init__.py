"""How the lab's devices talk, one protocol a file. They know protocols; the devices are data."""
