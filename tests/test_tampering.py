"""Whatever byte is altered, of a pack, its signature, the lock or a copy: nothing that was not agreed to serves."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bandstand.errors import ProblemsError
from bandstand.locks.keep import copy_of
from bandstand.locks.lockfile import read_lock
from bandstand.locks.signatures import read_signature, verify
from bandstand.models.problem import Problem
from locking import catalogue, key, serving, sign, write_lock
from tiny import TINY, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.locks.lockfile import LockFile

FILES = sorted(TINY)
#: Where in a file, from its beginning to its end, and which bits are turned.
ANYWHERE = st.floats(min_value=0, max_value=1, exclude_max=True)
BITS = st.integers(min_value=1, max_value=255)
SAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Trust(NamedTuple):
    """A pack that was signed and locked, with a copy of it kept."""

    pack: Path
    digest: str
    file: LockFile
    copy: Path

    def restored(self, to: Path) -> None:
        """Put all files back as they were when they were locked."""
        shutil.rmtree(to / "pack")
        shutil.rmtree(to / "bandstand.lock.d")
        shutil.copytree(to / "before" / "pack", to / "pack")
        shutil.copytree(to / "before" / "bandstand.lock.d", to / "bandstand.lock.d")


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    folder = tmp_path_factory.mktemp("trust")
    pack = tiny(folder / "pack")
    ours = key(folder / "keys")
    sign(pack, ours)
    file = write_lock(folder / "bandstand.lock", pack, trust=[ours.public])
    assert file.keep is not None
    for name in ("pack", "bandstand.lock.d"):
        shutil.copytree(folder / name, folder / "before" / name)
    (only,) = catalogue(pack).packs
    return Trust(pack, only.digest, file, copy_of(file.lock.packs[0], file.keep))


def altered(content: bytes, where: float, bits: int) -> bytes:
    at = int(where * len(content))
    return content[:at] + bytes([content[at] ^ bits]) + content[at + 1 :]


def alter(path: Path, where: float, bits: int) -> None:
    path.write_bytes(altered(path.read_bytes(), where, bits))


@given(name=st.sampled_from(FILES), where=ANYWHERE, bits=BITS)
@SAMPLES
def test_of_an_altered_pack_the_copy_serves_or_what_means_the_same(
    trust: Trust, name: str, where: float, bits: int
) -> None:
    trust.restored(trust.pack.parent)
    alter(trust.pack / name, where, bits)
    assert serving(trust.file, trust.pack) == {"tiny 1.0": trust.digest}


@given(name=st.sampled_from(FILES), where=ANYWHERE, bits=BITS)
@SAMPLES
def test_an_altered_copy_does_not_serve_unless_it_means_the_same(
    trust: Trust, name: str, where: float, bits: int
) -> None:
    trust.restored(trust.pack.parent)
    alter(trust.copy / name, where, bits)
    assert serving(trust.file) in ({}, {"tiny 1.0": trust.digest})


@given(both=st.tuples(st.sampled_from(FILES), ANYWHERE, BITS), other=st.tuples(st.sampled_from(FILES), ANYWHERE, BITS))
@SAMPLES
def test_where_pack_and_copy_are_altered_nothing_else_than_what_was_agreed_to_serves(
    trust: Trust, both: tuple[str, float, int], other: tuple[str, float, int]
) -> None:
    trust.restored(trust.pack.parent)
    for folder, (name, where, bits) in ((trust.pack, both), (trust.copy, other)):
        alter(folder / name, where, bits)
    assert serving(trust.file, trust.pack) in ({}, {"tiny 1.0": trust.digest})


def test_every_byte_of_a_signature_counts_or_stands_for_nothing(trust: Trust) -> None:
    trust.restored(trust.pack.parent)
    (pack,) = catalogue(trust.pack).packs
    content = pack.files["signature.json"]
    good = read_signature("signature.json", content)
    passed = 0
    for at in range(len(content)):
        for bits in (0x01, 0x20, 0x80):
            tried = content[:at] + bytes([content[at] ^ bits]) + content[at + 1 :]
            said = verify(pack, trust.file.lock.trust, tried)
            assert isinstance(said, Problem) or said == good, tried
            passed += not isinstance(said, Problem)
    # White space between the fields is all that can be other than it was.
    assert passed < 3 * content.count(b"\n")


def test_a_signature_that_is_cut_short_anywhere_is_none(trust: Trust) -> None:
    trust.restored(trust.pack.parent)
    (pack,) = catalogue(trust.pack).packs
    content = pack.files["signature.json"].rstrip()
    for length in range(len(content)):
        assert isinstance(verify(pack, trust.file.lock.trust, content[:length]), Problem)


def test_every_byte_of_a_lock_counts_or_decides_nothing(trust: Trust, tmp_path: Path) -> None:
    """An altered lock is no lock, or has another pack, or says the same of packs, keys and what is followed."""
    content = trust.file.path.read_bytes()
    was = trust.file.lock
    path = tmp_path / "bandstand.lock"
    refused = 0
    for at in range(len(content)):
        for bits in (0x01, 0x20, 0x80):
            path.write_bytes(content[:at] + bytes([content[at] ^ bits]) + content[at + 1 :])
            try:
                lock = read_lock(path).lock
            except ProblemsError:
                refused += 1
                continue
            assert (lock.trust, lock.follow, lock.overlays) == (was.trust, was.follow, was.overlays)
            if lock.packs != was.packs:
                (pack,) = lock.packs
                refused += (pack.id, pack.version, pack.digest, pack.clauses) != (
                    was.packs[0].id,
                    was.packs[0].version,
                    was.packs[0].digest,
                    was.packs[0].clauses,
                )
    assert refused > len(content)


@given(where=ANYWHERE, bits=BITS)
@SAMPLES
def test_under_an_altered_lock_nothing_else_than_what_was_agreed_to_serves(
    trust: Trust, tmp_path: Path, where: float, bits: int
) -> None:
    trust.restored(trust.pack.parent)
    path = tmp_path / "bandstand.lock"
    path.write_bytes(altered(trust.file.path.read_bytes(), where, bits))
    try:
        file = read_lock(path)
    except ProblemsError:
        return
    assert serving(file, trust.pack) in ({}, {"tiny 1.0": trust.digest})
