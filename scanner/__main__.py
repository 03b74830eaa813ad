"""`python -m scanner` is the command `hiksweep`."""

from scanner.cli import main

main()
