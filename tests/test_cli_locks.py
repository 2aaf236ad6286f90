"""Locking, signing and verifying as a trust does it: from its own folder, with the command line."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commands import Cli, validate, write_csv
from locking import catalogue, overlay
from tiny import tiny

if TYPE_CHECKING:
    from bandstand.plugins import Catalogue

CHANGE = ("rules/ladder.yaml", "need: 1,", "need: 2,")


@pytest.fixture
def cli(installed: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """The command line in a folder of the trust's, with the tiny pack alone, read anew by each command."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BANDSTAND_LOCK", raising=False)
    monkeypatch.delenv("BANDSTAND_KEY_PASSWORD", raising=False)
    tiny(tmp_path / "pack")
    rows = [
        {"person": "P-1", "framework": "tiny", "criteria": "A.1", "claim": "met", "source": "appraiser"}
        | {"date": "2025-07-01"}
    ]
    write_csv(tmp_path / "evidence.csv", rows)

    def load() -> Catalogue:
        return catalogue(*sorted(path.parent for path in tmp_path.glob("pack*/framework.yaml")))

    monkeypatch.setattr("bandstand.service.load_catalogue", load)
    return installed


def change(*what: tuple[str, str, str]) -> None:
    tiny(Path("pack"), *(what or (CHANGE,)))


def evaluate(cli: Cli, *words: str | Path) -> tuple[int, Any, str]:
    """Exit code, the digest of the pack that was evaluated with, and what was said."""
    code, out, err = cli("evaluate", "evidence.csv", "--json", "--engine", "plain", *words)
    return code, json.loads(out)[0]["pins"]["pack"]["digest"] if out else None, err


def digest(folder: str = "pack") -> str:
    (pack,) = catalogue(Path(folder)).packs
    return pack.digest


# Lock


def test_a_lock_is_written_with_copies_and_then_everything_is_as_it_says(cli: Cli) -> None:
    code, out, err = cli("lock")
    assert (code, err) == (0, "")
    assert "bandstand.lock: one pack, with a copy of each in bandstand.lock.d. Commit both." in out
    assert f"tiny 1.0 {digest()}" in out
    assert len(list(Path("bandstand.lock.d").iterdir())) == 1
    assert cli("lock", "--check") == (0, "Everything is as bandstand.lock says: one pack.\n", "")
    assert "bandstand.lock is as it was" in cli("lock")[1]


def test_evaluation_goes_by_the_lock_of_its_folder_and_a_pack_that_differs_is_refused(cli: Cli) -> None:
    cli("lock", "--no-keep")
    was = digest()
    assert evaluate(cli)[:2] == (0, was)
    change()
    code, _, err = evaluate(cli)
    assert code == 2
    assert err.startswith("Refused by the lock bandstand.lock: tiny 1.0 (lock-differs). See bandstand frameworks.")
    (problem,) = json.loads(err[err.index("{") :])["problems"]
    assert problem["code"] == "lock-differs"
    assert f"{was} is locked, and {digest()} is there" in problem["message"]


def test_where_a_copy_was_kept_it_serves_and_a_note_names_both(cli: Cli) -> None:
    cli("lock")
    was = digest()
    change()
    code, used, err = evaluate(cli)
    assert (code, used) == (0, was)
    assert f"{was} is locked, and {digest()} is there" in err
    assert f"The copy that was kept of tiny 1.0 serves in its place ({was})." in err


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate", "evidence.csv"),
        ("evaluate", "evidence.csv", "--framework", "tiny"),
        ("explain", "evidence.csv"),
        ("candidates", "evidence.csv", "--to", "tiny"),
        ("sheet", "tiny", "-o", "sheet.xlsx"),
    ],
)
def test_whatever_uses_a_pack_goes_by_the_lock(cli: Cli, words: tuple[str, ...]) -> None:
    cli("lock", "--no-keep")
    assert cli(*words)[0] == 0
    Path("sheet.xlsx").unlink(missing_ok=True)
    change()
    code, out, err = cli(*words)
    assert (code, out) == (2, "")
    assert "tiny 1.0 is not the pack that was locked" in err


def test_a_pack_can_be_looked_at_although_the_lock_refuses_it(cli: Cli) -> None:
    cli("lock", "--no-keep")
    change()
    assert cli("show", "tiny", "ladder")[0] == 0


def test_the_lock_is_named_by_option_or_by_environment(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("conf").mkdir()
    assert cli("lock", "-o", "conf/our.lock")[0] == 0
    assert Path("conf/our.lock.d").is_dir()
    was = digest()
    change()
    assert evaluate(cli)[:2] == (0, digest())
    assert evaluate(cli, "--lock", "conf/our.lock")[:2] == (0, was)
    monkeypatch.setenv("BANDSTAND_LOCK", "conf/our.lock")
    assert evaluate(cli)[:2] == (0, was)
    code, out, _ = cli("lock", "--check")
    assert code == 1
    assert f"{was} is locked, and {digest()} is there" in out


@pytest.mark.parametrize("content", [None, "", "follow: everything\n", "packs: [\n"])
def test_a_lock_that_cannot_be_read_lets_nothing_through(cli: Cli, content: str | None) -> None:
    if content is not None:
        Path("bandstand.lock").write_text(content, "utf-8")
    words = () if content is not None else ("--lock", "bandstand.lock")
    for command in (("evaluate", "evidence.csv"), ("frameworks",), ("lock", "--check")):
        code, out, err = cli(*command, *words)
        assert (code, out) == (2, "")
        assert "so no pack serves" in err


@pytest.mark.parametrize(
    "words", [("evaluate", "evidence.csv"), ("candidates", "evidence.csv", "--to", "tiny"), ("frameworks",), ("lock",)]
)
def test_what_is_wrong_with_a_lock_is_told_as_json_where_that_is_asked_for(cli: Cli, words: tuple[str, ...]) -> None:
    Path("bandstand.lock").write_text("lock: 1\n", "utf-8")
    code, out, err = cli(*words, "--json")
    assert (code, out) == (2, "")
    listing = json.loads(err)
    validate("problems", listing)
    assert "broken-lock" in {problem["code"] for problem in listing["problems"]}


def test_a_damaged_lock_is_not_written_over_as_its_keys_would_be_lost(cli: Cli) -> None:
    Path("bandstand.lock").write_text("lock: 1\n", "utf-8")
    code, _, err = cli("lock")
    assert code == 2
    assert "The lock is damaged" in err
    assert Path("bandstand.lock").read_text("utf-8") == "lock: 1\n"


def test_a_check_lists_what_differs_and_ends_with_1(cli: Cli) -> None:
    cli("lock")
    was = digest()
    change()
    code, out, _ = cli("lock", "--check")
    assert code == 1
    assert f"bandstand.lock, line 11, packs[0].digest: tiny 1.0 is not the pack that was locked: {was} is locked" in out
    code, out, _ = cli("lock", "--check", "--json")
    assert code == 1
    listing = json.loads(out)
    validate("locking", listing)
    assert [problem["code"] for problem in listing["differences"]] == ["lock-differs", "kept-serves"]


def test_locking_again_says_what_changed(cli: Cli) -> None:
    code, out, _ = cli("lock", "--json")
    assert code == 0
    validate("locking", json.loads(out))
    validate("lock", json.loads(out)["lock"])
    was = digest()
    change()
    _, out, _ = cli("lock")
    assert f"  tiny 1.0: was {was}, is {digest()}." in out
    assert evaluate(cli)[:2] == (0, digest())


def test_an_overlay_is_locked_and_has_to_be_given(cli: Cli, tmp_path: Path) -> None:
    overlay(tmp_path / "ours")
    code, out, _ = cli("lock", "--overlay", "ours")
    assert code == 0
    assert "  ours over tiny 1.0 sha256:" in out
    assert evaluate(cli, "--overlay", "ours")[0] == 0
    assert cli("lock", "--check", "--overlay", "ours")[0] == 0
    code, _, err = evaluate(cli)
    assert code == 2
    assert "Refused by the lock bandstand.lock: tiny 1.0 (missing-overlay)." in err
    assert "tiny 1.0 is locked with the overlay ours" in err
    assert "Give its folder with --overlay" in err
    assert cli("sheet", "tiny", "-o", "sheet.xlsx", "--overlay", "ours")[0] == 0
    assert cli("frameworks")[0] == 0


def test_nothing_is_locked_while_a_pack_is_set_aside(cli: Cli) -> None:
    cli("lock")
    before = Path("bandstand.lock").read_bytes()
    change(("rules/sheet.yaml", "kind: ragging", "kind: nothing"))
    code, _, err = cli("lock")
    assert code == 2
    assert '"nothing" is not a kind of rule' in err
    assert "Nothing was locked." in err
    assert Path("bandstand.lock").read_bytes() == before
    assert evaluate(cli)[0] == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--check", "--no-keep"), "it compares with the lock as it is"),
        (("--keep", "a", "--no-keep"), "give either --keep or --no-keep"),
        (("--trust", "a.pem", "--no-trust"), "give either --trust or --no-trust"),
        (("--follow", "everything"), "it is locked or signed"),
        (("--follow", "signed"), "only where keys are trusted"),
        (("--trust", "missing.pem"), "missing.pem: No such file or directory"),
        (("--signature", "missing.json"), "missing.json: No such file or directory"),
        (("-o", "nowhere/bandstand.lock"), "nowhere/bandstand.lock.d: No such file or directory"),
        (("-o", "evidence.csv/bandstand.lock"), "Not a directory"),
        (("-o", "evidence.csv"), "The lock is damaged"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_written(cli: Cli, words: tuple[str, ...], says: str) -> None:
    code, _, err = cli("lock", *words)
    assert code == 2
    assert says in " ".join(err.replace("│", " ").split())
    assert sorted(path.name for path in Path().iterdir()) == ["evidence.csv", "pack"]


def test_copies_may_be_kept_elsewhere(cli: Cli) -> None:
    Path("conf").mkdir()
    cli("lock", "-o", "conf/bandstand.lock", "--keep", "kept")
    assert 'keep: "../kept"' in Path("conf/bandstand.lock").read_text("utf-8")
    was = digest()
    change()
    assert evaluate(cli, "--lock", "conf/bandstand.lock")[:2] == (0, was)
    cli("lock", "-o", "conf/bandstand.lock")
    assert len(list(Path("kept").iterdir())) == 1


def test_the_list_of_frameworks_says_how_each_stands_to_the_lock(cli: Cli) -> None:
    _, out, _ = cli("frameworks", "--json")
    assert json.loads(out)["lock"] is None
    cli("lock")
    assert "As it was locked." in cli("frameworks")[1]
    change()
    _, out, _ = cli("frameworks")
    assert "The copy that was kept serves in place of what is installed." in out
    assert "Set aside: tiny." in out
    _, out, _ = cli("frameworks", "--json")
    listing = json.loads(out)
    validate("frameworks", listing)
    (standing,) = listing["lock"]["packs"]
    assert (listing["lock"]["file"], standing["state"], standing["found"]) == ("bandstand.lock", "kept", digest())


# Keys


def test_a_key_is_made_and_shown(cli: Cli) -> None:
    code, out, _ = cli("key", "new", "trust.pem")
    assert code == 0
    assert "trust.pem: the private key. Keep it to yourself, and out of the repository." in out
    assert "trust.public.pem: the public key" in out
    assert "PRIVATE" not in out
    assert stat.S_IMODE(Path("trust.pem").stat().st_mode) == 0o600
    shown = [cli("key", "show", name)[1] for name in ("trust.pem", "trust.public.pem")]
    assert shown[0] == shown[1]
    assert Path("trust.public.pem").read_text("utf-8") in shown[0]
    code, _, err = cli("key", "new", "trust.pem")
    assert code == 2
    assert "is there already, and is left as it is" in err
    code, out, _ = cli("key", "show", "trust.pem", "--json")
    validate("key", json.loads(out))


def test_a_key_with_a_password_needs_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANDSTAND_KEY_PASSWORD", "a long password")
    code, out, _ = cli("key", "new", "trust.pem")
    assert code == 0
    assert "It needs the password in BANDSTAND_KEY_PASSWORD." in out
    assert cli("sign", "pack", "--key", "trust.pem")[0] == 0
    monkeypatch.delenv("BANDSTAND_KEY_PASSWORD")
    code, _, err = cli("sign", "pack", "--key", "trust.pem")
    assert code == 2
    assert "The key needs a password." in err


# Sign and verify


@pytest.fixture
def keys(cli: Cli) -> None:
    """Two keys in the present folder: ours.pem and theirs.pem."""
    for name in ("ours.pem", "theirs.pem"):
        assert cli("key", "new", name)[0] == 0


@pytest.mark.usefixtures("keys")
def test_a_pack_is_signed_and_verified(cli: Cli) -> None:
    code, out, err = cli("sign", "pack", "--key", "ours.pem")
    assert (code, err) == (0, "")
    assert out.startswith(f"{Path('pack/signature.json')}: tiny 1.0 {digest()}, signed with ed25519:")
    validate("signature", json.loads(Path("pack/signature.json").read_text("utf-8")))
    code, out, _ = cli("verify", "pack", "--key", "ours.public.pem")
    assert code == 0
    assert f"tiny 1.0 {digest()}: signed with ed25519:" in out


@pytest.mark.usefixtures("keys")
def test_what_is_not_signed_altered_or_signed_with_an_unknown_key_ends_with_1(cli: Cli) -> None:
    code, out, _ = cli("verify", "pack", "--key", "ours.public.pem")
    assert code == 1
    assert "tiny 1.0 is not signed." in out
    cli("sign", "pack", "--key", "theirs.pem")
    code, out, _ = cli("verify", "pack", "--key", "ours.public.pem")
    assert code == 1
    assert "which is not a trusted key" in out
    assert cli("verify", "pack", "--key", "ours.public.pem", "--key", "theirs.public.pem")[0] == 0
    change()
    code, out, _ = cli("verify", "pack", "--key", "theirs.public.pem", "--json")
    assert code == 1
    listing = json.loads(out)
    validate("verifying", listing)
    assert [problem["code"] for problem in listing["packs"][0]["problems"]] == ["signed-another"]
    (Path("pack") / "rules" / "sheet.yaml").write_text("rules: 3\n", "utf-8")
    code, out, _ = cli("verify", "pack", "--key", "theirs.public.pem")
    assert code == 1
    assert "pack/rules/sheet.yaml" in out.replace("\\", "/")


@pytest.mark.usefixtures("keys")
def test_a_signature_may_lie_elsewhere(cli: Cli) -> None:
    code, out, _ = cli("sign", "pack", "--key", "ours.pem", "-o", "tiny.json", "--json")
    assert code == 0
    validate("signing", json.loads(out))
    assert not Path("pack/signature.json").exists()
    assert cli("verify", "pack", "--key", "ours.public.pem")[0] == 1
    assert cli("verify", "pack", "--key", "ours.public.pem", "--signature", "tiny.json")[0] == 0
    code, _, err = cli("lock", "--trust", "ours.public.pem")
    assert code == 2
    assert "tiny 1.0 is not signed" in err
    assert cli("lock", "--trust", "ours.public.pem", "--signature", "tiny.json")[0] == 0
    assert evaluate(cli)[:2] == (0, digest())
    assert cli("lock", "--check")[0] == 0


@pytest.mark.usefixtures("keys")
def test_signing_again_replaces_the_signature_and_nothing_else(cli: Cli) -> None:
    cli("sign", "pack", "--key", "ours.pem")
    fingerprint = json.loads(Path("pack/signature.json").read_text("utf-8"))["key"]
    _, out, _ = cli("sign", "pack", "--key", "theirs.pem", "--json")
    assert json.loads(out)["signed"][0]["replaced"] == fingerprint
    Path("notes.json").write_text("{}", "utf-8")
    code, _, err = cli("sign", "pack", "--key", "ours.pem", "-o", "notes.json")
    assert code == 2
    assert "is there already and is no signature" in " ".join(err.replace("│", " ").split())
    assert Path("notes.json").read_text("utf-8") == "{}"


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("sign", "pack", "--key", "ours.public.pem"), "holds a public key; name the private one"),
        (("sign", "pack", "--key", "evidence.csv"), "This is no whole key."),
        (("sign", "pack", "--key", "missing.pem"), "missing.pem: No such file or directory"),
        (("sign", "nothing", "--key", "ours.pem"), '"nothing" is no plugin or framework'),
        (("sign", ".", "--key", "ours.pem", "-o", "one.json"), "there are several packs"),
        (("verify", "pack"), "there is no lock here that names keys"),
        (("verify", "pack", "--key", "ours.pem"), "This is a private key."),
        (("verify", ".", "--key", "ours.public.pem", "--signature", "one.json"), "it is of one pack"),
        (("key", "show", "missing.pem"), "missing.pem: No such file or directory"),
        (("key", "new", "nowhere/trust.pem"), "No such file or directory"),
    ],
)
def test_what_cannot_be_signed_or_verified_is_told(cli: Cli, words: tuple[str, ...], says: str) -> None:
    shutil.copytree("pack", "another")
    code, _, err = cli(*words)
    assert code == 2
    assert says in " ".join(err.replace("│", " ").split())
    assert not list(Path().glob("*/signature.json"))


@pytest.mark.usefixtures("keys")
def test_a_pack_with_problems_is_not_signed(cli: Cli) -> None:
    (Path("pack") / "rules" / "sheet.yaml").write_text("rules: 3\n", "utf-8")
    code, _, err = cli("sign", "pack", "--key", "ours.pem")
    assert code == 2
    assert "A rules file has one field" in err


@pytest.mark.usefixtures("keys")
def test_a_private_key_that_others_can_read_is_told(cli: Cli) -> None:
    Path("ours.pem").chmod(0o644)
    code, _, err = cli("sign", "pack", "--key", "ours.pem")
    assert code == 0
    assert "chmod 600 ours.pem" in err


@pytest.mark.usefixtures("keys")
def test_a_lock_that_trusts_keys_asks_for_signatures_and_keeps_its_keys_when_it_is_written_again(cli: Cli) -> None:
    cli("sign", "pack", "--key", "ours.pem")
    code, out, _ = cli("lock", "--trust", "ours.public.pem", "--no-keep")
    assert code == 0
    assert "one pack and one trusted key" in out
    assert evaluate(cli)[0] == 0
    assert "signed with ed25519:" in cli("frameworks")[1]
    Path("pack/signature.json").unlink()
    code, _, err = evaluate(cli)
    assert code == 2
    assert "tiny 1.0 is not signed" in err
    assert cli("lock")[0] == 2
    assert cli("lock", "--no-trust")[0] == 0
    assert evaluate(cli)[0] == 0
    assert "trust: []" in Path("bandstand.lock").read_text("utf-8")


@pytest.mark.usefixtures("keys")
def test_verifying_without_a_key_goes_by_those_of_the_lock(cli: Cli) -> None:
    cli("sign", "pack", "--key", "ours.pem")
    cli("lock", "--trust", "ours.public.pem")
    assert cli("verify", "pack")[0] == 0
    cli("sign", "pack", "--key", "theirs.pem")
    assert cli("verify", "pack")[0] == 1
    cli("lock", "--no-trust", "-o", "other.lock")
    code, _, err = cli("verify", "pack", "--lock", "other.lock")
    assert code == 2
    assert "other.lock names no keys" in " ".join(err.replace("│", " ").split())


@pytest.mark.usefixtures("keys")
def test_what_is_signed_is_followed_where_the_lock_says_so(cli: Cli) -> None:
    cli("sign", "pack", "--key", "ours.pem")
    assert cli("lock", "--trust", "ours.public.pem", "--follow", "signed")[0] == 0
    change()
    was = evaluate(cli)[1]
    assert was != digest()
    cli("sign", "pack", "--key", "ours.pem")
    assert evaluate(cli)[:2] == (0, digest())
    assert "Later than what was locked, and followed as it is signed; signed with" in cli("frameworks")[1]
    cli("lock", "--follow", "locked")
    assert "follow: locked" in Path("bandstand.lock").read_text("utf-8")
