"""Concludes: evidence out of replies, a maker and a level out of evidence, a device out of both."""

from __future__ import annotations

from scanner.matcher.identifier import Identifier, identify
from scanner.matcher.join import join

__all__ = ["Identifier", "identify", "join"]
