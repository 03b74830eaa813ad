"""What hangs behind a recorder, as far as its own replies tell without a login.

Room: the channel numbers of its discovery answer (SADP ``AnalogChannelNum`` and ``DigitalChannelNum``,
research note sadp.md §1.4), else what its model's name promises. In use: cameras in a list that it gives
openly, and pages of cameras to which it lends its own address (its "virtual host", a port for each camera
from 65001 on; reports hikvision_next#58 and #67). None of these cameras is a device that was found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.knowledge.models import ModelInfo
from scanner.model.device import Channels, DeviceClass
from scanner.model.fields import Fields
from scanner.model.protocol import Protocol

_LISTS = frozenset({"InputProxyChannelList", "InputProxyChannelStatusList"})
"""Root elements of the lists of cameras that a recorder draws on."""
_NO_ADDRESS = frozenset("0.:")
"""An address of these characters alone is none."""
_FIRST_DOOR, _LAST_DOOR = 65001, 65256
_DOORS = range(_FIRST_DOOR, _LAST_DOOR + 1)
"""Ports of the virtual host."""
_MOST = 512
"""Channels at most that are believed; the largest recorder on record has 256."""
_PAGES = frozenset({Protocol.HTTP, Protocol.HTTPS, Protocol.ISAPI})


class Hint(NamedTuple):
    """What one reply tells of what hangs behind."""

    analogue: int = 0
    digital: int = 0
    listed: int = 0
    """Cameras in the list that it holds."""
    page: bool = False
    """Whether it is a page, which on a port of the virtual host is that of a camera."""


NO_HINT = Hint()


def hint_of(protocol: Protocol, fields: Fields) -> Hint:
    """What one reply tells of what hangs behind."""
    if protocol is Protocol.SADP:
        return Hint(_number(fields, "sadp.AnalogChannelNum"), _number(fields, "sadp.DigitalChannelNum"))
    if protocol not in _PAGES:
        return NO_HINT
    listed = 0
    if fields.first("xml.root") in _LISTS:
        told = [value for value in fields["xml.ipAddress"] if set(value.strip()) - _NO_ADDRESS]
        listed = min(len(told), _MOST)
    return Hint(listed=listed, page="status" in fields or "xml.root" in fields)


@dataclass(slots=True)
class Behind:
    """Channels of one host, from all its replies."""

    analogue: int = 0
    digital: int = 0
    listed: int = 0
    """Cameras in the longest list that it gave."""
    doors: set[int] = field(default_factory=set)
    """Ports of its virtual host that gave a page."""

    def note(self, hint: Hint, port: int) -> None:
        """Take one reply into account."""
        self.analogue = max(self.analogue, hint.analogue)
        self.digital = max(self.digital, hint.digital)
        self.listed = max(self.listed, hint.listed)
        if hint.page and port in _DOORS:
            self.doors.add(port)

    def may_be_analogue(self, device_class: DeviceClass | None, info: ModelInfo | None) -> bool | None:
        """Whether analogue cameras may hang behind it; None: no recorder, or not known."""
        if device_class not in (DeviceClass.RECORDER, DeviceClass.ENCODER):
            return None
        if self.analogue:
            return True
        return info.analogue if info is not None else None

    def channels(self, device_class: DeviceClass | None, info: ModelInfo | None) -> Channels | None:
        """What may hang behind it; None for what is no recorder, or whose room is not known."""
        takes_video = device_class is DeviceClass.RECORDER or (
            device_class is DeviceClass.ENCODER and info is not None and info.analogue is True
        )
        if not takes_video:
            return None
        tied = max(self.listed, len(self.doors))
        promised = (info.channels or 0) if info is not None else 0
        room = max(self.analogue + self.digital or promised, tied)
        if not room:
            return None
        left = room - tied
        return Channels(room, tied, left, _sentence(room, tied, left))


def _sentence(room: int, tied: int, left: int) -> str:
    channels = "channel" if room == 1 else "channels"
    return f"room for {room} {channels}; {tied} tied to it; up to {left} to look for by hand"


def _number(fields: Fields, name: str) -> int:
    text = (fields.first(name) or "").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) else 0
    return number if number <= _MOST else 0
