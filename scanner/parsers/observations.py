"""One line of a file of observations: the input contract of ``identify``.

``{"host", "protocol", "port", "payload" | "payload_b64"}`` and optionally ``"request"``; other keys are
ignored. ``payload`` is text, taken as UTF-8; ``payload_b64`` is exact bytes and wins if both are there.
"""

from __future__ import annotations

import binascii
import json
import re

from scanner.model.errors import Malformed
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers.address import read_address, unmapped
from scanner.parsers.text import printable

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes of one line; a reply of the size that a scan keeps takes a fraction of it in base64."""
HOST_LENGTH = 255
REQUEST_LENGTH = 2048

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PROTOCOLS = {protocol.value: protocol for protocol in Protocol}
_read_json = json.JSONDecoder().decode

_PLAIN_ADDRESS = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
"""An IPv4 address as it is to be spelt: nearly every host."""


def read_observation(line: str | bytes) -> Observation:
    """Read one line.

    Raises:
        Malformed: the message says what is wrong with the line and is fit to be shown.
    """
    if len(line) > LINE_LIMIT:
        raise Malformed(f"the line is longer than {LINE_LIMIT} bytes")
    record = _record(line)
    return Observation(
        host=_host(record.get("host")),
        protocol=_protocol(record.get("protocol")),
        payload=_payload(record),
        port=_port(record.get("port")),
        request=_request(record.get("request")),
    )


def canonical_host(host: str) -> str:
    """The one spelling of an address; any other name stays as it is."""
    if _PLAIN_ADDRESS.fullmatch(host):
        return host
    bare = host.strip()
    unbracketed = bare[1:-1] if bare.startswith("[") and bare.endswith("]") else bare
    address = read_address(unbracketed)
    return bare if address is None else str(unmapped(address))


def _record(line: str | bytes) -> dict[str, object]:
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
        record = _read_json(text.removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise Malformed("the line is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON that can be read: nested too deep, or a number too long") from error
    if not isinstance(record, dict):
        raise Malformed("the line is not a JSON object")
    return record


def _host(value: object) -> str:
    if isinstance(value, str) and _PLAIN_ADDRESS.fullmatch(value):
        return value
    if not isinstance(value, str) or not value.strip():
        raise Malformed('"host" is missing or empty')
    if len(value) > HOST_LENGTH:
        raise Malformed(f'"host" is longer than {HOST_LENGTH} characters')
    if not value.isascii() and value != value.encode("utf-8", "replace").decode("utf-8"):
        raise Malformed('"host" holds half a character')
    return canonical_host(value)


def _protocol(value: object) -> Protocol:
    if not isinstance(value, str):
        raise Malformed('"protocol" is missing or no text')
    protocol = _PROTOCOLS.get(value) or _PROTOCOLS.get(value.strip().lower())
    if protocol is None:
        known = ", ".join(Protocol)
        raise Malformed(f"unknown protocol {printable(value, 40)!r}; known are {known}")
    return protocol


def _port(value: object) -> int:
    if value is None or value == "":
        return 0
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 5:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 65535:
        raise Malformed('"port" is no number from 0 to 65535')
    return value


def _payload(record: dict[str, object]) -> bytes:
    encoded = record.get("payload_b64")
    if encoded is not None:
        if not isinstance(encoded, str):
            raise Malformed('"payload_b64" is no text')
        try:
            return binascii.a2b_base64("".join(encoded.split()), strict_mode=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed('"payload_b64" is not base64') from error
    text = record.get("payload")
    if text is None:
        raise Malformed('neither "payload" nor "payload_b64" is there')
    if not isinstance(text, str):
        raise Malformed('"payload" is no text')
    return text.encode("utf-8", "replace")


def _request(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise Malformed('"request" is no text')
    text = value[:REQUEST_LENGTH].encode("utf-8", "replace").decode("utf-8")
    return text.strip() or None
