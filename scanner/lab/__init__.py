"""The rehearsal network: devices on loopback that answer as real ones were seen to answer."""

from scanner.lab.card import Card, Truth
from scanner.lab.engine import LabError
from scanner.lab.lab import NETWORK, Lab
from scanner.lab.recorder import Record, Recorder

__all__ = ["NETWORK", "Card", "Lab", "LabError", "Record", "Recorder", "Truth"]
