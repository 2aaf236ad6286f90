"""Who vouches for a pack: the file ``signature.json``, the keys that it is made with, and what is shown of both."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bandstand.models.evidence import PlainDate
from bandstand.models.framework import PackId, Version
from bandstand.models.problem import Problem

#: What a signature is for: it stands in what is signed, so that nothing signed for another end can be taken for one.
PURPOSE: Final = "bandstand pack signature 1"
_KEY_BYTES, _SIGNATURE_BYTES = 32, 64

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$", description="sha256: and 64 small hexadecimal digits.")]
Fingerprint = Annotated[
    str, Field(pattern=r"^ed25519:[0-9a-f]{32}$", description="ed25519: and 32 small hexadecimal digits.")
]
Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{42,86}={1,2}$", description="Base64 with its padding.")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrustedKey(_Part):
    """A public key.

    Attributes:
        fingerprint: Names the key: ``ed25519:`` and the first half of its SHA-256.
        public_key: Its 32 bytes in base64.
    """

    fingerprint: Fingerprint
    public_key: Base64

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if fingerprint(decoded(self.public_key, _KEY_BYTES)) != self.fingerprint:
            raise ValueError("the fingerprint is not that of the public key")
        return self

    @classmethod
    def of(cls, public_key: bytes) -> Self:
        """The key of these 32 bytes."""
        return cls(fingerprint=fingerprint(public_key), public_key=base64.b64encode(public_key).decode())

    @property
    def raw(self) -> bytes:
        """Its 32 bytes."""
        return decoded(self.public_key, _KEY_BYTES)


class Signature(_Part):
    """Somebody's word that a pack of this digest is what they published or agreed to.

    Attributes:
        purpose: What the signature is for.
        algorithm: How it was made.
        framework: The framework's id.
        version: The pack's version.
        digest: The pack's digest.
        signed_on: When it was signed, as whoever signed it says.
        key: Fingerprint of the key.
        signature: The signature's 64 bytes in base64; all the fields above but the algorithm and the key are signed.
    """

    purpose: Literal["bandstand pack signature 1"] = PURPOSE
    algorithm: Literal["ed25519"] = "ed25519"
    framework: PackId
    version: Version
    digest: Digest
    signed_on: PlainDate
    key: Fingerprint
    signature: Base64

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        decoded(self.signature, _SIGNATURE_BYTES)
        return self

    @property
    def raw(self) -> bytes:
        """The signature's 64 bytes."""
        return decoded(self.signature, _SIGNATURE_BYTES)


class KeyListing(_Part):
    """What `bandstand key new --json` and `bandstand key show --json` write; a private key is never among it.

    Attributes:
        file: The file that the key is in.
        public_file: The file that the public key was written to, where one was.
        fingerprint: Names the key.
        public_key: Its 32 bytes in base64.
        pem: The public key as PEM.
        encrypted: Whether the file needs a password.
    """

    file: str
    public_file: str | None
    fingerprint: str
    public_key: str
    pem: str
    encrypted: bool


class SignedPack(_Part):
    """A pack that was signed.

    Attributes:
        file: Where the signature was written.
        replaced: Fingerprint of the key whose signature stood there before.
        signature: What was written.
    """

    file: str
    replaced: str | None
    signature: Signature


class SignListing(_Part):
    """What `bandstand sign --json` writes."""

    signed: tuple[SignedPack, ...]


class VerifiedPack(_Part):
    """What is known of a pack's signature.

    Attributes:
        pack: Id and version; where it cannot be loaded, the plugin or folder that it was asked for by.
        digest: Its digest; None where it cannot be loaded.
        signed_by: Fingerprint of the key that it is signed with, if that is one that was named and all is well.
        signed_on: When.
        problems: Why it is not verified; none where it is.
    """

    pack: str
    digest: str | None
    signed_by: str | None
    signed_on: PlainDate | None
    problems: tuple[Problem, ...]


class VerifyListing(_Part):
    """What `bandstand verify --json` writes."""

    packs: tuple[VerifiedPack, ...]


def fingerprint(public_key: bytes) -> str:
    """What names a public key of 32 bytes."""
    return f"ed25519:{hashlib.sha256(public_key).hexdigest()[:32]}"


def decoded(text: str, length: int) -> bytes:
    """The bytes of a base64 text, of which there is one way only to write them.

    Raises:
        ValueError: It is none, or has another number of bytes.
    """
    try:
        given = base64.b64decode(text, validate=True)
    except binascii.Error:
        given = b""
    if len(given) != length or base64.b64encode(given).decode() != text:
        raise ValueError(f"this is not the base64 of {length} bytes")
    return given
