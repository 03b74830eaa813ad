"""Lines of JSON for hosts of which many are alike: a line is written once, and the names in it each time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.model.device import Device
from scanner.model.identity import Rung
from scanner.reporter.device import device_fields
from scanner.reporter.encode import to_json

_MARK = "\ufdd0"
"""A code point that is no character (Unicode §23.7) and that no text of a device still holds."""

_PLAIN = re.compile(r"[0-9A-Za-z.:-]+")
"""A host as most are called: JSON writes it as it is."""


def line_of(host: str, device: Device) -> str:
    """One host's device as one line of JSON, without its end."""
    return to_json({"host": host, **device_fields(device)})


class Pattern:
    """A device's line without the words that differ between hosts that said the same."""

    def __init__(self, device: Device, observations: Sequence[str]) -> None:
        """Write the line once.

        Args:
            device: the device of one of the hosts.
            observations: names of that host's observations.
        """
        host, device_id, *names = (f"{_MARK}{number}{_MARK}" for number in range(2 + len(observations)))
        own = dict(zip(observations, names, strict=True))
        fields = {"host": host, **device_fields(device)} | {"id": device_id, "addresses": [host]}
        fields["evidence"] = [one | {"observation": own[one["observation"]]} for one in fields["evidence"]]
        if device.identity is not None and device.identity.rung is Rung.ADDRESS:
            fields["identity"] = fields["identity"] | {"key": host}
        pieces = to_json(fields).split(_MARK)
        self._pieces = pieces
        self._places = [int(number) for number in pieces[1::2]]

    def fill(self, host: str, device_id: str, observations: Sequence[str]) -> str:
        """The line of a host, with its device's id and the names of its observations in their order."""
        plain = _PLAIN.fullmatch(host) is not None
        words = (host if plain else to_json(host)[1:-1], device_id, *observations)
        line = self._pieces.copy()
        line[1::2] = [words[place] for place in self._places]
        return "".join(line)
