"""Signs packs with Ed25519 keys and verifies them, failing closed; the one module that imports cryptography."""

from __future__ import annotations

import base64
import json
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bandstand.canonical import dumps
from bandstand.errors import ProblemsError
from bandstand.locks.atomic import write_new
from bandstand.models.problem import Place, Problem
from bandstand.models.signature import PURPOSE, Signature, TrustedKey
from bandstand.packs.load import SIGNATURE
from bandstand.packs.shape import read_as
from bandstand.packs.yaml_source import read_yaml

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from bandstand.packs.pack import Pack

#: What a key's file, and a signature's, has at the most; both have a few hundred bytes.
_MOST_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key as its file holds it.

    Attributes:
        public: The public key.
        pem: The public key as PEM.
        private: The private key; None in a file of a public key.
        is_open: Whether it is a private key that others than its owner may read.
        encrypted: Whether the file needed a password.
    """

    public: TrustedKey
    pem: str
    private: Ed25519PrivateKey | None
    is_open: bool
    encrypted: bool


def require_signing() -> None:
    """See that keys can be used here.

    Raises:
        ProblemsError: The library is missing; the problem says how to install it.
    """
    missing = _missing()
    if missing is not None:
        raise ProblemsError([missing])


def new_key(path: Path, public_path: Path, password: str | None = None) -> KeyFile:
    """Make a key: the private one in a file that only its owner may read, the public one in another.

    Raises:
        FileExistsError: One of the files is there; neither is touched.
        OSError: They cannot be written.
        ProblemsError: The library is missing.
    """
    require_signing()
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - an extra

    private = Ed25519PrivateKey.generate()
    locked: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        locked = serialization.BestAvailableEncryption(password.encode())
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    public = _public_pem(private.public_key())
    if public_path.exists():
        raise FileExistsError(17, "There is a file of that name already", str(public_path))
    write_new(path, pem, 0o600)
    try:
        write_new(public_path, public.encode(), 0o644)
    except BaseException:
        path.unlink()
        raise
    return KeyFile(_trusted(private.public_key()), public, private, is_open=False, encrypted=bool(password))


def read_key(path: Path, password: str | None = None) -> KeyFile:
    """The key in a PEM file, private or public.

    Raises:
        OSError: The file cannot be read.
        ProblemsError: It holds no Ed25519 key, or not one that can be opened.
    """
    require_signing()
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - an extra

    with path.open("rb") as file:
        content = file.read(_MOST_BYTES)
        mode = os.fstat(file.fileno()).st_mode
    is_private = b"PRIVATE KEY-----" in content
    encrypted = b"ENCRYPTED" in content
    if encrypted and not password:
        remedy = "Give it in the environment as BANDSTAND_KEY_PASSWORD."
        raise ProblemsError([_problem(str(path), "unusable-key", "The key needs a password.", remedy)])
    try:
        if is_private:
            given = password.encode() if encrypted and password else None
            key: object = serialization.load_pem_private_key(content, given)
        else:
            key = serialization.load_pem_public_key(content)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        what = "The key cannot be opened with this password, or is damaged." if encrypted else "This is no whole key."
        raise ProblemsError([_unusable_key(path, what)]) from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        is_open = os.name == "posix" and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
        public = key.public_key()
        return KeyFile(_trusted(public), _public_pem(public), key, is_open, encrypted)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return KeyFile(_trusted(key), _public_pem(key), None, is_open=False, encrypted=False)
    raise ProblemsError([_unusable_key(path, "The key is of another kind than Ed25519.")])


def read_public_keys(paths: Iterable[Path]) -> tuple[TrustedKey, ...]:
    """The public keys in PEM files, each once, in the order of their fingerprints.

    Raises:
        OSError: A file cannot be read.
        ProblemsError: One holds no public Ed25519 key.
    """
    keys: set[TrustedKey] = set()
    problems: list[Problem] = []
    for path in paths:
        try:
            key = read_key(path)
        except ProblemsError as error:
            problems.extend(error.problems)
            continue
        if key.private is not None:
            remedy = "Name the file of the public key, which `bandstand key show` prints."
            problems.append(_problem(str(path), "unusable-key", "This is a private key.", remedy))
        keys.add(key.public)
    if problems:
        raise ProblemsError(problems)
    return tuple(sorted(keys, key=lambda key: key.fingerprint))


def sign(pack: Pack, private: Ed25519PrivateKey, on: dt.date) -> Signature:
    """Vouch for a pack."""
    statement = {"framework": pack.id, "version": pack.version, "digest": pack.digest, "signed_on": on.isoformat()}
    made = private.sign(dumps({"purpose": PURPOSE, **statement}))
    key = _trusted(private.public_key()).fingerprint
    return Signature.model_validate({**statement, "key": key, "signature": base64.b64encode(made).decode()})


def signature_text(signature: Signature) -> bytes:
    """A signature as its file holds it."""
    return f"{json.dumps(signature.model_dump(mode='json'), indent=2)}\n".encode()


def read_signature(place: str, content: bytes) -> Signature | Problem:
    """The signature in a file's content, or why it is none; nothing is said yet of whether it is good."""
    if len(content) > _MOST_BYTES:
        return _broken(place, f"it has {len(content):,} bytes, and a signature has a few hundred")
    source = read_yaml(place, content)
    if isinstance(source.data, dict) and source.data.get("algorithm", "ed25519") != "ed25519":
        return _broken(place, "it is of another algorithm than ed25519")
    signature = read_as(Signature, source, source.data) if not source.problems else None
    if signature is None:
        first = source.problems[0]
        where = f"line {first.place.line}, " if first.place.line else ""
        return _broken(place, f"{where}{first.message[:1].lower()}{first.message[1:].rstrip('.')}")
    return signature


def verify(
    pack: Pack, trusted: Sequence[TrustedKey], given: bytes | None, place: str | None = None
) -> Signature | Problem:
    """The signature of a pack, if one of the trusted keys made it of this very pack; else what is wrong.

    Nothing is raised, whatever the signature holds, and nothing that is not known to be good is let through.

    Args:
        pack: What it should be of.
        trusted: Public keys.
        given: What the signature's file holds; None where there is no file.
        place: Where the file is, for people; in the pack's folder when None.
    """
    place = place or f"{pack.place}/{SIGNATURE}"
    missing = _missing()
    if missing is not None:
        return missing
    if given is None:
        remedy = "Ask whoever publishes it for a signed one, or sign it with `bandstand sign` once it is agreed to."
        return _problem(place, "not-signed", f"{pack.name} is not signed.", remedy)
    signature = read_signature(place, given)
    if isinstance(signature, Problem):
        return signature
    key = next((key for key in trusted if key.fingerprint == signature.key), None)
    if key is None:
        known = ", ".join(key.fingerprint for key in trusted) or "none"
        message = f"{pack.name} is signed with {signature.key}, which is not a trusted key (trusted: {known})."
        return _problem(place, "unknown-key", message, "Find out whose key it is before you trust it.")
    if not _is_made_by(key, signature):
        message = f"The signature of {pack.name} was not made by {signature.key}, or has been altered since."
        return _problem(place, "bad-signature", message, "Take the pack from where you trust it, or sign it again.")
    signed, there = (signature.framework, signature.version, signature.digest), (pack.id, pack.version, pack.digest)
    if signed != there:
        message = f"{' '.join(signed)} is what was signed, and {' '.join(there)} is what is there."
        remedy = "See what was changed since with `bandstand diff`; sign it again once that is agreed to."
        return _problem(place, "signed-another", message, remedy)
    return signature


def _is_made_by(key: TrustedKey, signature: Signature) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - an extra

    statement = signature.model_dump(mode="json", exclude={"algorithm", "key", "signature"})
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature.raw, dumps(statement))
    except (InvalidSignature, ValueError):
        return False
    return True


def _missing() -> Problem | None:
    """That the library is not there, so that nothing can be verified."""
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401,PLC0415 - an extra
    except Exception as error:  # noqa: BLE001 - a library that is there and broken raises what it likes
        message = f"This library, which makes and checks signatures, cannot be loaded ({error})."
        return _problem("cryptography", "no-signing", message, "Install it: pip install 'bandstand[signing]'")
    return None


def _trusted(key: Ed25519PublicKey) -> TrustedKey:
    return TrustedKey.of(key.public_bytes_raw())


def _public_pem(key: Ed25519PublicKey) -> str:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra

    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _unusable_key(path: Path, message: str) -> Problem:
    return _problem(str(path), "unusable-key", message, "Name a PEM file as `bandstand key new` writes it.")


def _broken(place: str, why: str) -> Problem:
    message = f"The signature cannot be read: {why}."
    return _problem(place, "broken-signature", message, "Take the pack from where you trust it, or sign it again.")


def _problem(place: str, code: str, message: str, remedy: str) -> Problem:
    return Problem(code=code, place=Place(file=place), message=message, remedy=remedy)
