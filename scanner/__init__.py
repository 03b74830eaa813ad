"""hiksweep finds Hikvision equipment on a network and shows the evidence for it."""

__version__ = "0.1.0"
