"""Replies of ONVIF services over SOAP: HTTP with an XML body, and the scopes that GetScopes lists.

A scope says the same whoever asked for it, so it comes out under the name that WS-Discovery gives it
(ONVIF Core Specification, sections 7.3.2 and 8.3.3).
"""

from __future__ import annotations

from scanner.model.fields import Fields
from scanner.parsers import http

SCOPES_LIMIT = 64


def read(payload: bytes, request: str | None = None) -> Fields:
    """The fields of `http.read_xml`, and ``wsd.scope`` for each scope of the device.

    Raises:
        Malformed: there is nothing to read, or it is a request.
    """
    fields = http.read_xml(payload, request)
    scopes = [scope for scope in fields["xml.ScopeItem"][:SCOPES_LIMIT] if scope]
    if not scopes:
        return fields
    pairs = [(name, value) for name in fields for value in fields[name]]
    return Fields([*pairs, *(("wsd.scope", scope) for scope in scopes)])
