"""SNMP v3 messages with the user-based security model (RFC 3412, RFC 3414, RFC 3826, RFC 7860).

pysnmp makes the keys, signs and encrypts; the message itself is put together here, around the very unit that
the gate has judged. What an engine says of itself without a signature is used to ask, never believed as an
answer: an unsigned report ends a question, and rows count only if they are signed and encrypted as we asked.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pyasn1.type import univ
from pysnmp.proto.mpmod import rfc3412
from pysnmp.proto.secmod.rfc3414 import service
from pysnmp.proto.secmod.rfc3414.auth import hmacmd5, hmacsha
from pysnmp.proto.secmod.rfc3414.priv import des
from pysnmp.proto.secmod.rfc3826.priv import aes
from pysnmp.proto.secmod.rfc7860.auth import hmacsha2

from scanner.model.credential import Authentication, Privacy, SnmpUser
from scanner.transports.snmp_message import DECODING_FAILS
from scanner.transports.snmp_units import Question, Unit, engine_question, read_unit

MESSAGE_LIMIT = 16_384
"""Octets of an answer that we say we take."""
_VERSION_3, _USM = 3, 3
_SIGNED, _ENCRYPTED, _REPORTABLE = 1, 2, 4

_LONG: Any = service
"""Holds the longer AES forms; they cannot be imported before it."""
_SHA2 = hmacsha2.HmacSha2
_SIGNERS: dict[Authentication, tuple[tuple[int, ...], Callable[[], Any]]] = {
    Authentication.MD5: (hmacmd5.HmacMd5.SERVICE_ID, hmacmd5.HmacMd5),
    Authentication.SHA: (hmacsha.HmacSha.SERVICE_ID, hmacsha.HmacSha),
    Authentication.SHA224: (_SHA2.SHA224_SERVICE_ID, lambda: _SHA2(_SHA2.SHA224_SERVICE_ID)),
    Authentication.SHA256: (_SHA2.SHA256_SERVICE_ID, lambda: _SHA2(_SHA2.SHA256_SERVICE_ID)),
    Authentication.SHA384: (_SHA2.SAH384_SERVICE_ID, lambda: _SHA2(_SHA2.SAH384_SERVICE_ID)),
    Authentication.SHA512: (_SHA2.SHA512_SERVICE_ID, lambda: _SHA2(_SHA2.SHA512_SERVICE_ID)),
}
_CIPHERS: dict[Privacy, Callable[[], Any]] = {
    Privacy.DES: des.Des,
    Privacy.AES: aes.Aes,
    Privacy.AES192: _LONG.aes192.AesBlumenthal192,
    Privacy.AES256: _LONG.aes256.AesBlumenthal256,
    Privacy.AES192_C: _LONG.aes192.Aes192,
    Privacy.AES256_C: _LONG.aes256.Aes256,
}


@dataclass(frozen=True, slots=True)
class _Keys:
    """Keys of the user at one engine."""

    sign: Any = field(repr=False)
    encrypt: Any = field(repr=False)


class UsmPeer:
    """Talks to one engine as one user: learns its name and clock, wraps questions, reads answers.

    Args:
        user: with the passwords.
        clock: seconds, as ``time.monotonic``.
        number: gives each message its number, by which its answer is known.
    """

    def __init__(
        self,
        user: SnmpUser,
        clock: Callable[[], float] = time.monotonic,
        number: Callable[[], int] = lambda: secrets.randbelow(1 << 31),
    ) -> None:
        self.__user = user
        self._clock = clock
        self._number = number
        signer = _SIGNERS.get(user.authentication)
        self._signer_id: tuple[int, ...] = signer[0] if signer else ()
        self._signer: Any = signer[1]() if signer else None
        cipher = _CIPHERS.get(user.privacy)
        self._cipher: Any = cipher() if cipher and signer else None
        self._engine = b""
        self._boots = self._time = 0
        self._heard = 0.0
        self.__keys: _Keys | None = None
        self._message_id = 0

    def __repr__(self) -> str:
        return "UsmPeer(user hidden)"

    @property
    def knows_engine(self) -> bool:
        """Whether the engine's name is known, without which nothing can be signed."""
        return bool(self._engine)

    @property
    def cannot_encrypt(self) -> bool:
        """Whether the user's messages are to be encrypted and this installation has no means to do it."""
        return self._cipher is not None and bool(aes.PysnmpCryptoError or des.PysnmpCryptoError)

    def discovery(self) -> tuple[Question, bytes]:
        """The question for the engine's name and its message; it names no user and carries no secret."""
        question = engine_question()
        return question, self._message(question, b"", b"", 0, signed=False)

    def wrap(self, question: Question, context: bytes = b"") -> bytes:
        """A message around a unit, signed and encrypted as the user's level says."""
        return self._message(question, context, self.__user.name.encode("utf-8"), self._flags(), signed=True)

    def _flags(self) -> int:
        return (_SIGNED if self._signer else 0) | (_ENCRYPTED if self._cipher else 0)

    def _message(self, question: Question, context: bytes, user: bytes, flags: int, *, signed: bool) -> bytes:
        self._message_id = self._number()
        boots, at = (self._boots, self._now()) if signed else (0, 0)
        scoped = bytes(
            encoder.encode(_sequence(_octets(self._engine), _octets(context), _raw(question.data)))
        )
        salt, body = b"", scoped
        if flags & _ENCRYPTED and self._cipher is not None and self.__keys is not None:
            hidden, parameters = self._cipher.encrypt_data(self.__keys.encrypt, (boots, at, None), scoped)
            salt, body = bytes(parameters), bytes(encoder.encode(_octets(bytes(hidden))))
        header = _sequence(
            univ.Integer(self._message_id),
            univ.Integer(MESSAGE_LIMIT),
            _octets(bytes((flags | _REPORTABLE,))),
            univ.Integer(_USM),
        )

        def whole(signature: bytes) -> bytes:
            security = _sequence(
                _octets(self._engine),
                univ.Integer(boots),
                univ.Integer(at),
                _octets(user),
                _octets(signature),
                _octets(salt),
            )
            parts = (univ.Integer(_VERSION_3), header, _octets(encoder.encode(security)), _raw(body))
            return bytes(encoder.encode(_sequence(*parts)))

        if not flags & _SIGNED or self._signer is None or self.__keys is None:
            return whole(b"")
        return bytes(
            self._signer.authenticate_outgoing_message(
                self.__keys.sign, whole(bytes(self._signer.digest_length))
            )
        )

    def _now(self) -> int:
        """The engine's own time, as far as we know it."""
        return self._time + int(self._clock() - self._heard) if self._heard else 0

    def read(self, data: bytes) -> Unit | None:
        """The unit of an answer to the last message; None for anything else.

        An answer must be signed and encrypted as we asked; a report may come without.
        """
        try:
            return self._read(data)
        except DECODING_FAILS:
            return None

    def _read(self, data: bytes) -> Unit | None:
        message, _ = decoder.decode(data, asn1Spec=rfc3412.SNMPv3Message())
        header = message[1]
        if int(message[0]) != _VERSION_3 or int(header[0]) != self._message_id:
            return None
        security, _ = decoder.decode(message[2], asn1Spec=service.UsmSecurityParameters())
        flags = bytes(header[2])[0]
        signed = bool(flags & _SIGNED) and self._is_genuine(data, security)
        if flags & _SIGNED and not signed:
            return None
        unit = read_unit(self._scoped(message[3], security, flags)[2].getComponent())
        if unit is None or not (unit.report or flags & (_SIGNED | _ENCRYPTED) == self._flags()):
            return None
        if unit.report or signed:
            self._learn(security, signed=signed)
        return unit

    def _is_genuine(self, data: bytes, security: Any) -> bool:
        """Whether a message bears the user's signature."""
        if self._signer is None or self.__keys is None or bytes(security[0]) != self._engine:
            return False
        self._signer.authenticate_incoming_message(self.__keys.sign, security[4], data)
        return True

    def _scoped(self, body: Any, security: Any, flags: int) -> Any:
        if not flags & _ENCRYPTED:
            return body.getComponentByName("plaintext")
        if self._cipher is None or self.__keys is None:
            raise ValueError("encrypted without a key of ours")
        clear = self._cipher.decrypt_data(
            self.__keys.encrypt,
            (int(security[1]), int(security[2]), security[5]),
            body.getComponentByName("encryptedPDU"),
        )
        return decoder.decode(clear, asn1Spec=rfc3412.ScopedPDU())[0]

    def _learn(self, security: Any, *, signed: bool) -> None:
        """Take over the engine's name, once, and its clock."""
        engine = bytes(security[0])
        if not self._engine and 5 <= len(engine) <= 32:
            self._engine = engine
            self._make_keys(engine)
        if engine == self._engine and (signed or not self._heard):
            self._boots, self._time, self._heard = int(security[1]), int(security[2]), self._clock()

    def _make_keys(self, engine: bytes) -> None:
        if self._signer is None:
            return
        name = univ.OctetString(engine)
        password = self.__user.authentication_password.encode("utf-8")
        sign = self._signer.localize_key(self._signer.hash_passphrase(password), name)
        encrypt = None
        if self._cipher is not None:
            password = self.__user.privacy_password.encode("utf-8")
            hashed = self._cipher.hash_passphrase(self._signer_id, password)
            encrypt = self._cipher.localize_key(self._signer_id, hashed, name)
        self.__keys = _Keys(sign, encrypt)


def _sequence(*parts: Any) -> Any:
    made = univ.Sequence()
    for place, part in enumerate(parts):
        made.setComponentByPosition(place, part)
    return made


def _octets(data: bytes) -> Any:
    return univ.OctetString(data)


def _raw(data: bytes) -> Any:
    """Octets that are an element already."""
    return univ.Any(data)
