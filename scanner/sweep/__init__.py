"""Engines that find out which addresses speak. Each has its own thread and clock."""
