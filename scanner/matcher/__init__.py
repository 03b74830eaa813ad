"""Concludes: evidence out of replies, a maker and a level out of evidence, a device out of both."""

from __future__ import annotations

from scanner.matcher.alike import Alike, Member, Told
from scanner.matcher.exhibits import Exhibits, exhibits_of
from scanner.matcher.ghosts import ghost_gaps
from scanner.matcher.identifier import Identifier, identify
from scanner.matcher.join import join

__all__ = [
    "Alike",
    "Exhibits",
    "Identifier",
    "Member",
    "Told",
    "exhibits_of",
    "ghost_gaps",
    "identify",
    "join",
]
