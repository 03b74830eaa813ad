"""What a site gives us to read the tables of its own routers and switches. Nothing here ever prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class Authentication(StrEnum):
    """How an SNMP v3 message is signed (RFC 3414, RFC 7860)."""

    NONE = "none"
    MD5 = "MD5"
    SHA = "SHA"
    SHA224 = "SHA-224"
    SHA256 = "SHA-256"
    SHA384 = "SHA-384"
    SHA512 = "SHA-512"


class Privacy(StrEnum):
    """How an SNMP v3 message is encrypted (RFC 3414, RFC 3826 and the drafts that followed it).

    The longer AES keys are made from a password in two ways; the forms with a C are those of one large maker.
    """

    NONE = "none"
    DES = "DES"
    AES = "AES"
    AES192 = "AES-192"
    AES256 = "AES-256"
    AES192_C = "AES-192-C"
    AES256_C = "AES-256-C"


@dataclass(frozen=True, slots=True)
class Community:
    """A read community of SNMP v2c."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return self.level

    @property
    def level(self) -> str:
        """Words for a plan: what it is, without what is in it."""
        return "v2c"


@dataclass(frozen=True, slots=True)
class SnmpUser:
    """A user of SNMP v3; the name is kept to itself as the passwords are."""

    name: str = field(repr=False)
    authentication: Authentication = Authentication.NONE
    authentication_password: str = field(default="", repr=False)
    privacy: Privacy = Privacy.NONE
    privacy_password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return self.level

    @property
    def level(self) -> str:
        """Words for a plan: what it is, without what is in it."""
        if self.authentication is Authentication.NONE:
            return "v3 noAuthNoPriv"
        if self.privacy is Privacy.NONE:
            return f"v3 authNoPriv ({self.authentication})"
        return f"v3 authPriv ({self.authentication}, {self.privacy})"


Credential: TypeAlias = Community | SnmpUser
