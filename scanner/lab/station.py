"""Where a lab device stands: its address, its ports, and the living parts of its replies."""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MOVED: Mapping[int, int] = MappingProxyType({80: 10080, 443: 10443, 554: 10554})
"""On loopback the ports below 1024 move up, so that an ordinary user can open them."""

UNMOVED: Mapping[int, int] = MappingProxyType({})
"""On given addresses (inside a network namespace) every port stays where the real device has it."""

_TOKEN = re.compile(r"@([a-z0-9-]+)@")


@dataclass(frozen=True, slots=True)
class Station:
    """One device as placed on a network."""

    name: str
    address: str
    moved: Mapping[int, int] = field(default_factory=lambda: MOVED)
    web_port: int = 80
    """The device's true web port, before moving."""
    neighbours: Mapping[str, str] = field(default_factory=dict)
    """Name to address of the other devices, for replies that point at them."""

    def port(self, true_port: int) -> int:
        """The port on which a service listens here."""
        return self.moved.get(true_port, true_port)

    def fill(self, text: str, **values: str) -> str:
        """Replace the tokens of a recorded reply (``@address@``, ``@nonce@`` ...) by living values.

        ``values`` win over the station's own. A token that nobody knows stays as it is.
        """

        def living(match: re.Match[str]) -> str:
            name = match.group(1)
            found = values.get(name)
            return match.group(0) if found is None and (found := self._own(name)) is None else found

        return _TOKEN.sub(living, text)

    def _own(self, name: str) -> str | None:
        if name.startswith("address-of-"):
            return self.neighbours.get(name.removeprefix("address-of-"))
        if name.startswith("port-"):
            return str(self.port(int(name.removeprefix("port-"))))
        makers: dict[str, Callable[[], str]] = {
            "address": lambda: self.address,
            "http-port": lambda: str(self.port(self.web_port)),
            "web": self._web,
            "nonce": lambda: secrets.token_hex(16),
            "nonce64": lambda: base64.b64encode(secrets.token_hex(16).encode()).decode(),
            "millis": lambda: str(int(time.time() * 1000)),
            "date": lambda: time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
            "rtsp-date": lambda: time.strftime("%a, %b %d %Y %H:%M:%S GMT", time.gmtime()),
        }
        return makers[name]() if name in makers else None

    def _web(self) -> str:
        port = self.port(self.web_port)
        return self.address if port == 80 else f"{self.address}:{port}"
