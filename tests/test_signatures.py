"""Packs are signed with Ed25519 keys and verified, and whatever is not known to be good is refused with the reason."""

from __future__ import annotations

import base64
import datetime as dt
import json
import stat
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from bandstand.canonical import dumps
from bandstand.errors import ProblemsError
from bandstand.locks import signatures
from bandstand.locks.guard import differences, enforce
from bandstand.locks.keep import copy_of
from bandstand.locks.lockfile import lock_text, read_lock
from bandstand.locks.signatures import new_key, read_key, read_public_keys, verify
from bandstand.models.problem import Problem
from bandstand.models.signature import Signature, TrustedKey
from locking import DAY, catalogue, codes, key, overlay, serving, sign, standing, write_lock
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bandstand.locks.signatures import KeyFile
    from bandstand.models.lock import Follow
    from bandstand.packs.pack import Pack

CHANGE = ("rules/ladder.yaml", "need: 1,", "need: 2,")
NEWER = ("framework.yaml", 'version: "1.0"', 'version: "2.0"')
EARLIER, LATER = dt.date(2026, 8, 31), dt.date(2026, 9, 2)


@pytest.fixture
def ours(tmp_path: Path) -> KeyFile:
    return key(tmp_path / "keys")


@pytest.fixture
def theirs(tmp_path: Path) -> KeyFile:
    return key(tmp_path / "keys", "another")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return tiny(tmp_path / "pack")


def loaded(folder: Path) -> Pack:
    (only,) = catalogue(folder).packs
    return only


def verified(folder: Path, *keys: KeyFile) -> Signature | Problem:
    there = loaded(folder)
    return verify(there, [key.public for key in keys], there.files.get("signature.json"))


def code(said: Signature | Problem) -> str:
    assert isinstance(said, Problem), said
    return said.code


def change(folder: Path, *what: tuple[str, str, str]) -> None:
    """Write the tiny pack anew, changed; its signature stays as it is."""
    tiny(folder, *what)


# Keys


def test_a_private_key_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    private, public = tmp_path / "trust.pem", tmp_path / "trust.public.pem"
    made = new_key(private, public)
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    content = private.read_bytes(), public.read_bytes()
    with pytest.raises(FileExistsError):
        new_key(private, tmp_path / "other.pem")
    with pytest.raises(FileExistsError):
        new_key(tmp_path / "other.pem", public)
    assert (private.read_bytes(), public.read_bytes()) == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trust.pem", "trust.public.pem"]
    assert made.pem.encode() == content[1]


def test_a_key_is_read_from_either_of_its_files(tmp_path: Path) -> None:
    made = key(tmp_path)
    private, public = read_key(tmp_path / "trust.pem"), read_key(tmp_path / "trust.public.pem")
    assert private.public == public.public == made.public
    assert (private.private is None, public.private is None) == (False, True)
    assert made.public.fingerprint.startswith("ed25519:")
    assert read_public_keys([tmp_path / "trust.public.pem"] * 2) == (made.public,)


def test_a_private_key_that_others_can_read_is_noticed(tmp_path: Path) -> None:
    key(tmp_path)
    assert not read_key(tmp_path / "trust.pem").is_open
    (tmp_path / "trust.pem").chmod(0o640)
    assert read_key(tmp_path / "trust.pem").is_open


def test_a_key_may_have_a_password(tmp_path: Path) -> None:
    path = tmp_path / "trust.pem"
    made = new_key(path, tmp_path / "trust.public.pem", "a long password")
    assert b"ENCRYPTED" in path.read_bytes()
    assert read_key(path, "a long password").public == made.public
    for password, says in ((None, "The key needs a password."), ("another", "cannot be opened with this password")):
        with pytest.raises(ProblemsError, match=says) as caught:
            read_key(path, password)
        assert [problem.code for problem in caught.value.problems] == ["unusable-key"]
        assert "a long password" not in str(caught.value)


def pem(private: Any) -> bytes:
    how = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    content: bytes = private.private_bytes(*how)
    return content


def public_pem(private: Any) -> bytes:
    how = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    content: bytes = private.public_key().public_bytes(*how)
    return content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This is no whole key."),
        (b"\x00\xff", "This is no whole key."),
        (b"-----BEGIN PRIVATE KEY-----\n", "This is no whole key."),
        (pem(ed25519.Ed25519PrivateKey.generate())[:60], "This is no whole key."),
        (public_pem(ed25519.Ed25519PrivateKey.generate())[:-30], "This is no whole key."),
        (pem(ec.generate_private_key(ec.SECP256R1())), "of another kind than Ed25519"),
        (public_pem(rsa.generate_private_key(65537, 2048)), "of another kind than Ed25519"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "This is no whole key."),
    ],
)
def test_what_is_no_ed25519_key_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(ProblemsError, match=says) as caught:
        read_key(path)
    assert [(problem.code, problem.place.file) for problem in caught.value.problems] == [("unusable-key", str(path))]


def test_a_private_key_is_not_trusted_as_a_public_one(tmp_path: Path) -> None:
    key(tmp_path)
    with pytest.raises(ProblemsError, match=r"This is a private key\."):
        read_public_keys([tmp_path / "trust.pem"])


# Signatures


def test_a_pack_is_verified_by_the_key_that_signed_it(pack: Path, ours: KeyFile, theirs: KeyFile) -> None:
    sign(pack, ours)
    said = verified(pack, theirs, ours)
    assert isinstance(said, Signature)
    assert (said.key, said.signed_on, said.framework, said.version) == (ours.public.fingerprint, DAY, "tiny", "1.0")
    assert said.digest == loaded(pack).digest


def test_what_is_signed_is_the_statement_as_canonical_json(pack: Path, ours: KeyFile) -> None:
    content = json.loads(sign(pack, ours).read_bytes())
    statement = {name: content[name] for name in ("purpose", "framework", "version", "digest", "signed_on")}
    assert statement["purpose"] == "bandstand pack signature 1"
    public = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(ours.public.public_key))
    public.verify(base64.b64decode(content["signature"]), dumps(statement))


def test_a_pack_without_a_signature_is_not_verified(pack: Path, ours: KeyFile) -> None:
    assert code(verified(pack, ours)) == "not-signed"


def test_a_pack_that_was_changed_after_it_was_signed_is_not_verified_naming_both(pack: Path, ours: KeyFile) -> None:
    sign(pack, ours)
    was = loaded(pack).digest
    change(pack, CHANGE)
    said = verified(pack, ours)
    assert code(said) == "signed-another"
    assert isinstance(said, Problem)
    assert said.message == (f"tiny 1.0 {was} is what was signed, and tiny 1.0 {loaded(pack).digest} is what is there.")


def test_a_signature_of_another_version_or_framework_is_none(pack: Path, ours: KeyFile, tmp_path: Path) -> None:
    content = sign(tiny(tmp_path / "newer", NEWER), ours).read_bytes()
    there = loaded(pack)
    assert code(verify(there, [ours.public], content)) == "signed-another"
    renamed = replace(there, framework=there.framework.model_copy(update={"id": "tinier"}))
    assert code(verify(renamed, [ours.public], sign(pack, ours).read_bytes())) == "signed-another"


def test_a_signature_by_a_key_that_is_not_trusted_is_none(pack: Path, ours: KeyFile, theirs: KeyFile) -> None:
    sign(pack, theirs)
    said = verified(pack, ours)
    assert code(said) == "unknown-key"
    assert theirs.public.fingerprint in str(said)
    assert ours.public.fingerprint in str(said)
    assert code(verified(pack)) == "unknown-key"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("framework", "tinier"),
        ("version", "1.1"),
        ("digest", f"sha256:{'0' * 64}"),
        ("signed_on", "2027-09-01"),
        ("signature", base64.b64encode(bytes(64)).decode()),
    ],
)
def test_whatever_is_altered_of_what_was_signed_is_noticed(pack: Path, ours: KeyFile, field: str, value: str) -> None:
    path = sign(pack, ours)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), field: value}), "utf-8")
    assert code(verified(pack, ours)) == "bad-signature"


def test_a_signature_under_the_name_of_a_trusted_key_but_made_by_another_is_bad(
    pack: Path, ours: KeyFile, theirs: KeyFile
) -> None:
    path = sign(pack, theirs)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "key": ours.public.fingerprint}), "utf-8")
    assert code(verified(pack, ours, theirs)) == "bad-signature"


def test_what_was_signed_for_another_purpose_is_no_signature_of_a_pack(pack: Path, ours: KeyFile) -> None:
    assert ours.private is not None
    path = sign(pack, ours)
    content = json.loads(path.read_bytes())
    statement = {name: content[name] for name in ("framework", "version", "digest", "signed_on")}
    other = {**statement, "purpose": "bandstand lock signature 1"}
    content["signature"] = base64.b64encode(ours.private.sign(dumps(other))).decode()
    path.write_text(json.dumps(content), "utf-8")
    assert code(verified(pack, ours)) == "bad-signature"
    path.write_text(json.dumps({**content, "purpose": other["purpose"]}), "utf-8")
    assert code(verified(pack, ours)) == "broken-signature"


def edited(**changed: Any) -> Callable[[bytes], bytes]:
    def edit(content: bytes) -> bytes:
        fields = {**json.loads(content), **changed}
        return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()

    return edit


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda _: b"", "the file is empty"),
        (lambda _: b"\xff\xfe\x00", "is not UTF-8"),
        (lambda _: b"[1, 2]", "belongs"),
        (lambda _: b"no signature", "belongs"),
        (lambda _: b"[" * 5000, "nests deeper"),
        (lambda content: content + b" " * 70_000, "a signature has a few hundred"),
        (lambda content: content[: len(content) // 2], "not YAML"),
        (lambda content: content.replace(b'  "version"', b'  "version": "1.0",\n  "version"'), "given twice"),
        (edited(algorithm="none"), "of another algorithm than ed25519"),
        (edited(algorithm="rsa"), "of another algorithm than ed25519"),
        (edited(signature=None), '"signature" is missing'),
        (edited(key=None), '"key" is missing'),
        (edited(digest=None), '"digest" is missing'),
        (edited(digest=7), "belongs"),
        (edited(digest="sha1:00"), "is not written as it should be"),
        (edited(signature="AAAA"), "is not written as it should be"),
        (edited(signature=base64.b64encode(bytes(61)).decode()), "not the base64 of 64 bytes"),
        (edited(signed_on="yesterday"), "a date is written YYYY-MM-DD"),
        (edited(more=1), "is not a field here"),
    ],
)
def test_a_signature_that_cannot_be_read_is_refused_with_the_reason(
    pack: Path, ours: KeyFile, edit: Callable[[bytes], bytes], says: str
) -> None:
    path = sign(pack, ours)
    path.write_bytes(edit(path.read_bytes()))
    said = verified(pack, ours)
    assert code(said) == "broken-signature"
    assert says in str(said)


def test_there_is_one_way_only_to_write_a_signature(pack: Path, ours: KeyFile) -> None:
    path = sign(pack, ours)
    content = json.loads(path.read_bytes())
    text = content["signature"]
    # The last figure before the padding has bits that stand for nothing.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = f"{text[:-3]}{letters[letters.index(text[-3]) ^ 1]}=="
    assert base64.b64decode(other) == base64.b64decode(text)
    path.write_text(json.dumps({**content, "signature": other}), "utf-8")
    assert code(verified(pack, ours)) == "broken-signature"


def test_without_the_library_nothing_is_verified_and_the_remedy_says_how_to_install_it(
    pack: Path, ours: KeyFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(pack, ours)
    file = write_lock(tmp_path / "bandstand.lock", pack, trust=[ours.public])
    for name in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    said = verified(pack, ours)
    assert code(said) == "no-signing"
    assert "pip install 'bandstand[signing]'" in str(said)
    refused = standing(file, pack)
    assert (refused.state, codes(refused)) == ("refused", ["no-signing"])
    uses: list[Callable[[], object]] = [
        lambda: new_key(tmp_path / "new.pem", tmp_path / "new.public.pem"),
        lambda: read_key(tmp_path / "keys" / "trust.pem"),
        signatures.require_signing,
    ]
    for use in uses:
        with pytest.raises(ProblemsError, match=r"bandstand\[signing\]"):
            use()


def test_a_trusted_key_hangs_together(ours: KeyFile, theirs: KeyFile) -> None:
    with pytest.raises(ValueError, match="the fingerprint is not that of the public key"):
        TrustedKey(fingerprint=ours.public.fingerprint, public_key=theirs.public.public_key)


# Trust, in a lock


@pytest.mark.parametrize(
    ("follow", "signed", "changed", "state", "found"),
    [
        # What is locked and signed serves.
        ("locked", "ours", False, "locked", []),
        ("signed", "ours", False, "locked", []),
        # The lock alone is not enough where keys are trusted ...
        ("locked", None, False, "refused", ["not-signed"]),
        ("signed", None, False, "refused", ["not-signed"]),
        ("locked", "theirs", False, "refused", ["unknown-key"]),
        ("signed", "theirs", False, "refused", ["unknown-key"]),
        # ... nor is the signature, unless what is signed is followed.
        ("locked", "ours", True, "refused", ["lock-differs"]),
        ("signed", "ours", True, "signed", []),
        ("locked", None, True, "refused", ["lock-differs"]),
        ("signed", None, True, "refused", ["lock-differs", "not-signed"]),
        ("signed", "theirs", True, "refused", ["lock-differs", "unknown-key"]),
    ],
)
def test_which_of_lock_and_signature_has_the_last_word(  # noqa: PLR0913,PLR0917 - a table, and what it is of
    tmp_path: Path,
    pack: Path,
    ours: KeyFile,
    theirs: KeyFile,
    follow: Follow,
    signed: str | None,
    changed: bool,  # noqa: FBT001 - a column of the table
    state: str,
    found: list[str],
) -> None:
    sign(pack, ours)
    file = write_lock(tmp_path / "bandstand.lock", pack, trust=[ours.public], follow=follow, keep=None)
    if changed:
        change(pack, CHANGE)
    (pack / "signature.json").unlink()
    if signed is not None:
        sign(pack, {"ours": ours, "theirs": theirs}[signed])
    stands = standing(file, pack)
    assert (stands.state, codes(stands)) == (state, found)
    assert (stands.signed_by is not None) == (state != "refused")
    assert (serving(file, pack) == {}) == (state == "refused")


def test_a_later_version_is_followed_and_supersedes_what_is_locked(tmp_path: Path, pack: Path, ours: KeyFile) -> None:
    sign(pack, ours)
    file = write_lock(tmp_path / "bandstand.lock", pack, trust=[ours.public], follow="signed")
    newer = tiny(tmp_path / "newer", NEWER)
    sign(newer, ours, LATER)
    enforced = enforce(catalogue(newer), file)
    assert [(s.name, s.state, s.signed_on) for s in enforced.standings] == [("tiny 2.0", "signed", LATER)]
    assert [p.name for p in enforced.catalogue.packs] == ["tiny 2.0"]


@pytest.mark.parametrize("what", [CHANGE, NEWER])
def test_an_earlier_pack_never_comes_in_the_place_of_a_later_one(
    tmp_path: Path, pack: Path, ours: KeyFile, what: tuple[str, str, str]
) -> None:
    sign(pack, ours)
    file = write_lock(tmp_path / "bandstand.lock", pack, trust=[ours.public], follow="signed", keep=None)
    other = tiny(tmp_path / "other", what)
    sign(other, ours, EARLIER)
    (stands, *_) = [s for s in enforce(catalogue(other), file).standings if s.found is not None]
    assert (stands.state, codes(stands)) == ("refused", ["signed-before"])
    assert f"was signed on {EARLIER}, before what is locked ({DAY})" in stands.problems[0].message


def test_a_framework_that_was_never_locked_is_not_followed(tmp_path: Path, pack: Path, ours: KeyFile) -> None:
    sign(pack, ours)
    file = write_lock(tmp_path / "bandstand.lock", pack, trust=[ours.public], follow="signed")
    stranger = tiny(tmp_path / "stranger", ("framework.yaml", "id: tiny", "id: stranger"))
    sign(stranger, ours, LATER)
    states = {s.name: (s.state, codes(s)) for s in enforce(catalogue(pack, stranger), file).standings}
    assert states == {"stranger 1.0": ("refused", ["not-locked"]), "tiny 1.0": ("locked", [])}


def test_a_pack_that_is_locked_with_an_overlay_is_not_followed_as_nobody_saw_both_together(
    tmp_path: Path, pack: Path, ours: KeyFile
) -> None:
    laid = overlay(tmp_path / "ours")
    sign(pack, ours)
    file = write_lock(tmp_path / "bandstand.lock", pack, overlays=[laid], trust=[ours.public], follow="signed")
    was = loaded(pack).digest
    change(pack, CHANGE)
    sign(pack, ours, LATER)
    kept = standing(file, pack, overlays=[laid])
    assert (kept.state, codes(kept)) == ("kept", ["not-followed", "kept-serves"])
    assert serving(file, pack, overlays=[laid]) == {"tiny 1.0": was}


def test_the_copy_that_was_kept_has_to_be_signed_as_well(tmp_path: Path, pack: Path, ours: KeyFile) -> None:
    sign(pack, ours)
    file = write_lock(tmp_path / "bandstand.lock", pack, trust=[ours.public])
    was = loaded(pack).digest
    change(pack, CHANGE)
    kept = standing(file, pack)
    assert (kept.state, kept.signed_by, kept.signed_on) == ("kept", ours.public.fingerprint, DAY)
    assert serving(file, pack) == {"tiny 1.0": was}
    assert file.keep is not None
    (copy_of(file.lock.packs[0], file.keep) / "signature.json").unlink()
    assert (standing(file, pack).state, codes(standing(file, pack))) == ("refused", ["lock-differs", "not-signed"])


def test_a_signature_that_does_not_lie_in_its_pack_is_kept_and_counts(
    tmp_path: Path, pack: Path, ours: KeyFile, theirs: KeyFile
) -> None:
    content = sign(pack, ours).read_bytes()
    sign(pack, theirs)
    path = tmp_path / "bandstand.lock"
    file = write_lock(path, pack, trust=[ours.public], given={"ours.json": content})
    assert standing(file, pack).state == "locked"
    assert standing(write_lock(path, pack, trust=[ours.public]), pack).state == "locked"
    assert differences(catalogue(pack), file, (), "0.1.0") == []


def test_a_signature_of_what_is_not_installed_is_told(tmp_path: Path, pack: Path, ours: KeyFile) -> None:
    content = sign(pack, ours).read_bytes()
    (pack / "signature.json").unlink()
    change(pack, CHANGE)
    with pytest.raises(ProblemsError, match=r"The signature is of tiny 1\.0 .*, which is not installed") as caught:
        write_lock(tmp_path / "bandstand.lock", pack, given={"ours.json": content})
    assert [(p.code, p.place.file) for p in caught.value.problems] == [("signed-another", "ours.json")]
    with pytest.raises(ProblemsError, match="The signature cannot be read"):
        write_lock(tmp_path / "bandstand.lock", pack, given={"ours.json": b"nothing"})


def test_what_no_trusted_key_has_signed_cannot_be_locked(
    tmp_path: Path, pack: Path, ours: KeyFile, theirs: KeyFile
) -> None:
    path = tmp_path / "bandstand.lock"
    with pytest.raises(ProblemsError, match=r"tiny 1\.0 is not signed"):
        write_lock(path, pack, trust=[ours.public])
    sign(pack, theirs)
    with pytest.raises(ProblemsError, match="is not a trusted key"):
        write_lock(path, pack, trust=[ours.public])
    assert not path.exists()
    file = write_lock(path, pack, trust=[ours.public, theirs.public])
    assert [pack.signed_on for pack in file.lock.packs] == [DAY]


@pytest.mark.parametrize(
    ("update", "says"),
    [
        ({"signed_on": None}, "where keys are trusted, each pack has signed_on"),
        ({"trust": "another"}, "the fingerprint is not that of the public key"),
    ],
)
def test_a_lock_whose_trust_was_tampered_with_is_damaged(
    tmp_path: Path, pack: Path, ours: KeyFile, theirs: KeyFile, update: dict[str, Any], says: str
) -> None:
    sign(pack, ours)
    file = write_lock(tmp_path / "bandstand.lock", pack, trust=[ours.public])
    if "trust" in update:
        text = lock_text(file.lock).replace(ours.public.public_key, theirs.public.public_key)
    else:
        packs = tuple(pack.model_copy(update=update) for pack in file.lock.packs)
        text = lock_text(file.lock.model_copy(update={"packs": packs}))
    file.path.write_text(text, "utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_lock(file.path)
    assert says in str(caught.value).lower()
