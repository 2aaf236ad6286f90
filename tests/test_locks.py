"""A lock lets through what was agreed to and nothing else; the last good pack serves in place of what differs."""

from __future__ import annotations

import datetime as dt
import itertools
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bandstand.errors import NotFoundError, ProblemsError
from bandstand.hookspecs import PROJECT
from bandstand.locks import atomic, keep, making
from bandstand.locks.guard import differences, enforce
from bandstand.locks.keep import copy_of
from bandstand.locks.lockfile import changes, lock_text, read_lock
from bandstand.locks.making import Terms, make_lock
from bandstand.plugins import load_catalogue
from bandstand.service import Question, Service
from commands import write_csv
from locking import catalogue, codes, overlay, serving, standing, write_lock
from tiny import tiny

if TYPE_CHECKING:
    from bandstand.locks.lockfile import LockFile

#: Something that a rule decides by, and its like in a pack that was changed.
CHANGE = ("rules/ladder.yaml", "need: 1,", "need: 2,")
NEWER = ("framework.yaml", 'version: "1.0"', 'version: "2.0"')


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return tiny(tmp_path / "pack")


@pytest.fixture
def file(tmp_path: Path, pack: Path) -> LockFile:
    """A lock of the tiny pack, with a copy of it kept."""
    return write_lock(tmp_path / "bandstand.lock", pack)


def digest(folder: Path) -> str:
    (only,) = catalogue(folder).packs
    return only.digest


def rewrite(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), "utf-8")


def evidence(folder: Path, *frameworks: str) -> Path:
    claims = {"tiny": ("A.1", "met"), "cat_toolkit": ("1a.ii", "high_impact")}
    given = {"person": "P-1", "source": "appraiser", "date": "2025-07-01"}
    named = [(name, *claims[name]) for name in frameworks]
    rows = [{**given, "framework": name, "criteria": criterion, "claim": claim} for name, criterion, claim in named]
    return write_csv(folder / "evidence.csv", rows)


# What is locked


def test_a_lock_holds_id_version_and_digests_of_every_pack_in_order(tmp_path: Path, pack: Path) -> None:
    second = tiny(tmp_path / "second", NEWER)
    one = write_lock(tmp_path / "one.lock", pack, second, keep=None)
    other = write_lock(tmp_path / "other.lock", second, pack, keep=None)
    assert [(p.id, p.version, p.digest) for p in one.lock.packs] == [
        ("tiny", "1.0", digest(pack)),
        ("tiny", "2.0", digest(second)),
    ]
    assert one.path.read_bytes() == other.path.read_bytes()


def test_a_lock_is_read_by_a_person_line_by_line(file: LockFile) -> None:
    lines = file.path.read_text("utf-8").splitlines()
    (locked,) = file.lock.packs
    assert lines[0].startswith("# What this trust has agreed to evaluate with.")
    assert lines[2:] == [
        "lock: 1",
        'bandstand: "0.1.0"',
        "follow: locked",
        'keep: "bandstand.lock.d"',
        "trust: []",
        "packs:",
        "  - id: tiny",
        '    version: "1.0"',
        f"    digest: {locked.digest}",
        f"    clauses: {locked.clauses}",
        "overlays: []",
    ]
    assert lock_text(file.lock) == file.path.read_text("utf-8")


def test_what_is_as_it_was_locked_serves(file: LockFile, pack: Path) -> None:
    assert serving(file, pack) == {"tiny 1.0": digest(pack)}
    assert (standing(file, pack).state, codes(standing(file, pack))) == ("locked", [])


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("standards/A.yaml", "summary: What everyone does.", "summary: What everyone does.  # as ever"),
        ("framework.yaml", "title: A tiny framework", "title: 'A tiny framework'"),
        ("evidence.schema.json", "{ ", "{"),
    ],
)
def test_what_changes_only_the_writing_is_still_what_was_locked(
    file: LockFile, pack: Path, name: str, old: str, new: str
) -> None:
    text = (pack / name).read_text("utf-8")
    (pack / name).write_text(text.replace(old, new, 1), "utf-8")
    assert standing(file, pack).state == "locked"


# What is refused


def test_a_pack_that_differs_is_refused_naming_both_digests_and_the_lock_s_line(tmp_path: Path, pack: Path) -> None:
    file = write_lock(tmp_path / "bandstand.lock", pack, keep=None)
    was = digest(pack)
    rewrite(pack, *CHANGE)
    assert serving(file, pack) == {}
    refused = standing(file, pack)
    assert (refused.state, refused.locked, refused.found) == ("refused", was, digest(pack))
    (problem,) = refused.problems
    assert problem.code == "lock-differs"
    assert (problem.place.file, problem.place.line, problem.place.path) == (str(file.path), 11, "packs[0].digest")
    assert problem.message == (
        f"tiny 1.0 is not the pack that was locked: {was} is locked, and {digest(pack)} is there."
    )
    assert "`bandstand lock`" in problem.remedy


def test_a_refused_pack_is_set_aside_under_its_framework_s_name(tmp_path: Path, pack: Path) -> None:
    file = write_lock(tmp_path / "bandstand.lock", pack, keep=None)
    rewrite(pack, *CHANGE)
    (item,) = enforce(catalogue(pack), file).catalogue.set_aside
    assert item.name == "tiny"
    assert "is not the pack that was locked" in item.reason


def test_a_pack_that_is_not_in_the_lock_is_refused_naming_what_the_lock_has(
    tmp_path: Path, file: LockFile, pack: Path
) -> None:
    second = tiny(tmp_path / "second", NEWER)
    assert serving(file, pack, second) == {"tiny 1.0": digest(pack)}
    newer = enforce(catalogue(pack, second), file).standings[1]
    assert (newer.name, newer.state, codes(newer)) == ("tiny 2.0", "refused", ["not-locked"])
    assert newer.problems[0].message == (
        f"tiny 2.0 ({digest(second)}) is not in the lock. The lock has tiny 1.0 ({digest(pack)})."
    )


def test_the_remedy_names_the_copy_to_compare_with(file: LockFile, pack: Path) -> None:
    rewrite(pack, *CHANGE)
    assert file.keep is not None
    copy = copy_of(file.lock.packs[0], file.keep)
    assert f"`bandstand diff {copy} tiny`" in standing(file, pack).problems[0].remedy


def lock_with(path: Path, *changes: tuple[str, str]) -> Path:
    text = path.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("lock: 1", "lock: 2", '"2" is not one of the words here'),
        ("follow: locked", "follow: whatever", "is not one of the words here"),
        ("follow: locked", "follow: signed", "To follow what is signed, trust has to name a key"),
        ("trust: []\n", "", '"trust" is missing'),
        ("overlays: []\n", "", '"overlays" is missing'),
        ("overlays: []\n", "overlays: []\nmore: 1\n", '"more" is not a field here'),
        ("    digest: sha256:", "    digest: sha512:", "is not written as it should be"),
        ("  - id: tiny", "  - id: tiny\n    id: tiny", "is given twice"),
        ("packs:", "packs: [", "This is not YAML"),
        ("lock: 1", "lock: !!str 1", "The tag"),
        ('version: "1.0"', "version: 1.0", "stands where text belongs"),
    ],
)
def test_a_damaged_lock_lets_nothing_through_and_says_where_it_is_damaged(
    file: LockFile, pack: Path, old: str, new: str, says: str
) -> None:
    lock_with(file.path, (old, new))
    with pytest.raises(ProblemsError) as caught:
        Service(catalogue(pack), lock=file.path)
    problems = {problem.code: problem for problem in caught.value.problems}
    assert problems["broken-lock"].message == "The lock is damaged, so no pack serves."
    assert says in str(caught.value)
    assert {problem.place.file for problem in caught.value.problems} == {str(file.path)}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"lock", b"# nothing but a remark\n", b"a: &a [*a]"])
def test_what_is_no_lock_at_all_lets_nothing_through(tmp_path: Path, pack: Path, content: bytes) -> None:
    path = tmp_path / "bandstand.lock"
    path.write_bytes(content)
    with pytest.raises(ProblemsError, match="no pack serves"):
        Service(catalogue(pack), lock=path)


def test_half_a_lock_lets_nothing_through(file: LockFile, pack: Path) -> None:
    content = file.path.read_bytes()
    for length in range(len(content) - len(b"overlays: []\n") + 1):
        file.path.write_bytes(content[:length])
        with pytest.raises(ProblemsError, match="no pack serves"):
            read_lock(file.path)
    assert pack.is_dir()


def test_a_lock_that_is_not_there_or_is_a_folder_lets_nothing_through(tmp_path: Path, pack: Path) -> None:
    for path in (tmp_path / "no.lock", tmp_path):
        with pytest.raises(ProblemsError, match=r"cannot be read \(.+\), so no pack serves") as caught:
            Service(catalogue(pack), lock=path)
        assert [problem.code for problem in caught.value.problems] == ["broken-lock"]


def test_a_pack_that_is_locked_twice_makes_the_lock_no_lock(file: LockFile) -> None:
    (only,) = file.lock.packs
    file.path.write_text(lock_text(file.lock.model_copy(update={"packs": (only, only)})), "utf-8")
    with pytest.raises(ProblemsError, match="is given twice"):
        read_lock(file.path)


# The last good pack


def test_the_copy_that_was_kept_serves_in_place_of_a_pack_that_differs_and_says_so(file: LockFile, pack: Path) -> None:
    was = digest(pack)
    rewrite(pack, *CHANGE)
    assert serving(file, pack) == {"tiny 1.0": was}
    kept = standing(file, pack)
    assert (kept.state, kept.locked, kept.found) == ("kept", was, digest(pack))
    assert codes(kept) == ["lock-differs", "kept-serves"]
    assert kept.problems[1].message == f"The copy that was kept of tiny 1.0 serves in its place ({was})."


def test_the_copy_serves_where_the_pack_was_uninstalled_or_cannot_be_loaded(file: LockFile, pack: Path) -> None:
    was = digest(pack)
    assert serving(file) == {"tiny 1.0": was}
    assert codes(standing(file)) == ["not-installed", "kept-serves"]
    (pack / "rules" / "sheet.yaml").write_text("rules: 3\n", "utf-8")
    assert serving(file, pack) == {"tiny 1.0": was}
    (broken, item) = enforce(catalogue(pack), file).catalogue.set_aside
    assert (broken.name, item.name) == (str(pack), "tiny")


def test_a_new_version_that_nobody_has_agreed_to_leaves_the_old_one_serving(
    tmp_path: Path, file: LockFile, pack: Path
) -> None:
    second = tiny(tmp_path / "second", NEWER)
    assert serving(file, second) == {"tiny 1.0": digest(pack)}
    states = {s.name: (s.state, codes(s)) for s in enforce(catalogue(second), file).standings}
    assert states == {
        "tiny 1.0": ("kept", ["not-installed", "kept-serves"]),
        "tiny 2.0": ("refused", ["not-locked"]),
    }


def test_an_evaluation_by_the_copy_pins_the_copy(file: LockFile, pack: Path, tmp_path: Path) -> None:
    was = digest(pack)
    rewrite(pack, *CHANGE)
    service = Service(catalogue(pack), lock=file.path, durable=False, today=dt.date(2025, 8, 1))
    (evaluation, *_) = service.prepare([evidence(tmp_path, "tiny")]).evaluations()
    assert evaluation.pins.pack.digest == was


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        CHANGE,
        NEWER,
        ("rules/sheet.yaml", "kind: ragging", "kind: nothing"),
        ("framework.yaml", "id: tiny", "id: tinier"),
    ],
)
def test_a_copy_that_was_tampered_with_is_refused_too(
    file: LockFile, pack: Path, name: str, old: str, new: str
) -> None:
    assert file.keep is not None
    rewrite(pack, *CHANGE)
    copy = copy_of(file.lock.packs[0], file.keep)
    text = (copy / name).read_text("utf-8")
    (copy / name).write_text(text.replace(old, new, 1), "utf-8")
    assert serving(file, pack) == {}
    assert codes(standing(file, pack)) == ["lock-differs", "altered-copy"]


def test_a_copy_with_a_file_too_many_or_too_few_is_refused(file: LockFile, pack: Path) -> None:
    assert file.keep is not None
    rewrite(pack, *CHANGE)
    copy = copy_of(file.lock.packs[0], file.keep)
    (copy / "guidance" / "more.yaml").write_text("id: more\n", "utf-8")
    assert codes(standing(file, pack)) == ["lock-differs", "altered-copy"]
    (copy / "guidance" / "more.yaml").unlink()
    (copy / "guidance" / "hints.yaml").unlink()
    assert codes(standing(file, pack)) == ["lock-differs", "altered-copy"]


def test_a_copy_that_is_gone_is_told(file: LockFile, pack: Path) -> None:
    assert file.keep is not None
    rewrite(pack, *CHANGE)
    copy = copy_of(file.lock.packs[0], file.keep)
    copy.rename(copy.with_name("moved"))
    assert codes(standing(file, pack)) == ["lock-differs", "not-kept"]


def test_a_copy_is_an_ordinary_pack_byte_for_byte(file: LockFile, pack: Path) -> None:
    assert file.keep is not None
    copy = copy_of(file.lock.packs[0], file.keep)
    there, kept = ({p.relative_to(d): p.read_bytes() for p in d.rglob("*") if p.is_file()} for d in (pack, copy))
    assert kept == there


def test_lock_and_copies_can_be_moved_together(file: LockFile, tmp_path: Path) -> None:
    was = file.lock.packs[0].digest
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("bandstand.lock", "bandstand.lock.d"):
        (tmp_path / name).rename(moved / name)
    assert serving(read_lock(moved / "bandstand.lock")) == {"tiny 1.0": was}


# Locking again


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_locking_again_takes_the_new_pack_and_lets_the_old_copy_go(file: LockFile, pack: Path) -> None:
    assert file.keep is not None
    rewrite(pack, *CHANGE)
    again = write_lock(file.path, pack)
    assert serving(again, pack) == {"tiny 1.0": digest(pack)}
    assert names_in(file.keep) == [copy_of(again.lock.packs[0], file.keep).name]
    assert changes(file.lock, again.lock)[0] == (
        f"tiny 1.0: was {file.lock.packs[0].digest}, is {again.lock.packs[0].digest}."
    )


@pytest.mark.parametrize("breaks", ["write_lock", "keep_pack"])
def test_locking_that_is_interrupted_leaves_the_old_lock_and_its_copy(
    file: LockFile, pack: Path, breaks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = digest(pack)
    rewrite(pack, *CHANGE)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, breaks, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_lock(file.path, pack)
    assert serving(read_lock(file.path), pack) == {"tiny 1.0": was}


def test_a_copy_whose_writing_fails_half_way_leaves_nothing_behind(
    file: LockFile, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert file.keep is not None
    before = names_in(file.keep)
    rewrite(pack, *CHANGE)
    real, written = atomic.write_new, itertools.count()

    def full(path: Path, content: bytes, mode: int) -> None:
        if next(written) == 5:
            raise OSError(28, "No space left on device", str(path))
        real(path, content, mode)

    monkeypatch.setattr(keep, "write_new", full)
    with pytest.raises(OSError, match="No space left"):
        write_lock(file.path, pack)
    assert names_in(file.keep) == before
    assert serving(read_lock(file.path)) == {"tiny 1.0": file.lock.packs[0].digest}


def test_a_lock_whose_writing_fails_stays_as_it_was(
    file: LockFile, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = file.path.read_bytes()
    rewrite(pack, *CHANGE)

    def fail(_: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(PermissionError):
        write_lock(file.path, pack)
    assert file.path.read_bytes() == content
    assert [name for name in names_in(file.path.parent) if name.startswith(".")] == []


def test_a_copy_that_was_altered_is_put_right_when_the_same_is_locked_again(file: LockFile, pack: Path) -> None:
    assert file.keep is not None
    copy = copy_of(file.lock.packs[0], file.keep)
    rewrite(copy, *CHANGE)
    again = write_lock(file.path, pack)
    assert serving(again) == {"tiny 1.0": digest(pack)}
    assert names_in(file.keep) == [copy.name]


def test_what_was_begun_and_never_finished_is_taken_away_by_the_next_lock(file: LockFile, pack: Path) -> None:
    assert file.keep is not None
    (file.keep / ".tiny-1.0-0123456789ab.a1_b2c3d" / "rules").mkdir(parents=True)
    before = names_in(file.keep)
    write_lock(file.path, pack)
    assert names_in(file.keep) == before[1:]


def test_what_others_put_beside_the_copies_is_left_alone(file: LockFile, pack: Path) -> None:
    assert file.keep is not None
    (file.keep / "tiny-0.9-000000000000").mkdir()
    (file.keep / "README.md").write_text("Ours.\n", "utf-8")
    rewrite(pack, *CHANGE)
    write_lock(file.path, pack)
    assert {"tiny-0.9-000000000000", "README.md"} <= {*names_in(file.keep)}


# Overlays


def test_an_overlay_is_locked_with_its_pack(tmp_path: Path, pack: Path) -> None:
    ours = overlay(tmp_path / "ours")
    file = write_lock(tmp_path / "bandstand.lock", pack, overlays=[ours])
    (locked,) = file.lock.overlays
    assert (locked.id, locked.over) == ("ours", "tiny 1.0")
    serves = standing(file, pack, overlays=[ours])
    assert (serves.state, serves.overlay) == ("locked", "ours")


def test_an_overlay_that_differs_is_not_in_the_lock_or_was_not_given_keeps_its_pack_from_serving(
    tmp_path: Path, pack: Path
) -> None:
    ours = overlay(tmp_path / "ours")
    file = write_lock(tmp_path / "with.lock", pack, overlays=[ours])
    was = file.lock.overlays[0].digest
    without = write_lock(tmp_path / "without.lock", pack)
    assert codes(standing(file, pack)) == ["missing-overlay"]
    assert "locked with the overlay ours" in standing(file, pack).problems[0].message
    assert codes(standing(without, pack, overlays=[ours])) == ["not-locked"]
    other = overlay(tmp_path / "other", id="other")
    assert codes(standing(file, pack, overlays=[other])) == ["lock-differs"]
    overlay(ours, text="What the publisher never said.")
    differs = standing(file, pack, overlays=[ours])
    assert (differs.state, codes(differs)) == ("refused", ["lock-differs"])
    assert was in differs.problems[0].message
    assert serving(file, pack, overlays=[ours]) == {}


def test_what_the_rules_come_down_to_under_an_overlay_is_locked_by_itself(tmp_path: Path, pack: Path) -> None:
    ours = overlay(tmp_path / "ours")
    (ours / "values.yaml").write_text("change: [{ at: ladder.levels.2.need, to: 2 }]\n", "utf-8")
    file = write_lock(tmp_path / "bandstand.lock", pack, overlays=[ours])
    (laid,), (alone,) = file.lock.overlays, file.lock.packs
    assert laid.clauses != alone.clauses
    assert standing(file, pack, overlays=[ours]).state == "locked"


def test_an_overlay_lies_over_the_copy_that_was_kept(tmp_path: Path, pack: Path) -> None:
    ours = overlay(tmp_path / "ours")
    file = write_lock(tmp_path / "bandstand.lock", pack, overlays=[ours])
    rewrite(pack, *CHANGE)
    kept = standing(file, pack, overlays=[ours])
    assert (kept.state, kept.overlay) == ("kept", "ours")


def test_an_overlay_over_a_pack_that_is_refused_is_told_why_it_is_refused(tmp_path: Path, pack: Path) -> None:
    ours = overlay(tmp_path / "ours")
    file = write_lock(tmp_path / "bandstand.lock", pack, overlays=[ours], keep=None)
    rewrite(pack, "framework.yaml", 'version: "1.0"', 'version: "1.1"')
    with pytest.raises(ProblemsError) as caught:
        enforce(catalogue(pack), file, [ours])
    assert {problem.code for problem in caught.value.problems} == {"not-locked", "not-installed"}
    with pytest.raises(NotFoundError, match=r"is for tiny 1\.0, which is not installed"):
        write_lock(tmp_path / "another.lock", pack, overlays=[ours])
    with pytest.raises(NotFoundError, match=r"is for stranger 1\.0, which is not installed"):
        enforce(catalogue(pack), file, [overlay(tmp_path / "other", pack="stranger")])


def test_an_overlay_whose_rules_come_down_to_something_else_is_refused(tmp_path: Path, pack: Path) -> None:
    ours = overlay(tmp_path / "ours")
    file = write_lock(tmp_path / "bandstand.lock", pack, overlays=[ours])
    (locked,) = file.lock.overlays
    other = locked.model_copy(update={"clauses": f"sha256:{'0' * 64}"})
    file.path.write_text(lock_text(file.lock.model_copy(update={"overlays": (other,)})), "utf-8")
    assert codes(standing(read_lock(file.path), pack, overlays=[ours])) == ["clauses-differ"]


# The service


def test_the_service_refuses_input_for_a_framework_that_the_lock_refuses_and_says_why(
    tmp_path: Path, pack: Path
) -> None:
    file = write_lock(tmp_path / "bandstand.lock", pack, keep=None)
    rewrite(pack, *CHANGE)
    service = Service(catalogue(pack), lock=file.path, durable=False)
    with pytest.raises(ProblemsError) as caught:
        service.pack("tiny")
    assert [problem.code for problem in caught.value.problems] == ["lock-differs"]
    for question in (Question(), Question(framework="tiny")):
        with pytest.raises(ProblemsError) as caught:
            service.prepare([evidence(tmp_path, "tiny")], question=question)
        assert [problem.code for problem in caught.value.problems] == ["lock-differs"]
    with pytest.raises(NotFoundError):
        service.pack("tinier")


def test_the_other_frameworks_serve(tmp_path: Path, pack: Path) -> None:
    cat = EntryPoint("cat_toolkit", "bandstand_cat_toolkit", PROJECT)
    path = tmp_path / "bandstand.lock"
    there = load_catalogue(points=[cat], packs=[pack])
    lock, vouching = make_lock(there, (), Terms(), {}, "0.1.0")
    making.install(path, lock, there, vouching, None)
    rewrite(pack, *CHANGE)
    service = Service(load_catalogue(points=[cat], packs=[pack]), lock=path, durable=False)
    alone = service.prepare([evidence(tmp_path, "cat_toolkit")])
    assert {case.evaluator.pack.id for case in alone.cases} == {"cat_toolkit"}
    both = evidence(tmp_path, "cat_toolkit", "tiny")
    with pytest.raises(ProblemsError) as caught:
        service.prepare([both])
    assert [problem.code for problem in caught.value.problems] == ["lock-differs"]
    going_on = service.prepare([both], question=Question(keep_going=True))
    assert {case.evaluator.pack.id for case in going_on.cases} == {"cat_toolkit"}
    assert [problem.code for problem in going_on.problems] == ["lock-differs"]
    with pytest.raises(ProblemsError) as caught:
        service.candidates([both], "cat_toolkit")
    assert [problem.code for problem in caught.value.problems] == ["lock-differs"]


def test_without_a_lock_everything_is_as_it_was(pack: Path) -> None:
    service = Service(catalogue(pack))
    assert service.standings == ()
    assert service.pack("tiny").digest == digest(pack)


# What differs


def test_what_differs_is_listed_with_what_became_of_the_copies(file: LockFile, pack: Path) -> None:
    def found(version: str = "0.1.0") -> list[str]:
        return [problem.code for problem in differences(catalogue(pack), file, (), version)]

    assert found() == []
    assert found("0.2.0") == ["other-bandstand"]
    assert file.keep is not None
    copy = copy_of(file.lock.packs[0], file.keep)
    rewrite(copy, *CHANGE)
    assert found() == ["altered-copy"]
    rewrite(pack, *CHANGE)
    assert found() == ["lock-differs", "altered-copy"]


def test_another_bandstand_alone_keeps_nothing_from_serving(file: LockFile, pack: Path) -> None:
    lock_with(file.path, ('bandstand: "0.1.0"', 'bandstand: "9.9"'))
    assert standing(read_lock(file.path), pack).state == "locked"


def test_the_packs_of_this_repository_can_be_locked_and_kept(tmp_path: Path) -> None:
    there = load_catalogue()
    path = tmp_path / "bandstand.lock"
    lock, vouching = make_lock(there, (), Terms(keep="kept"), {}, "0.1.0")
    making.install(path, lock, there, vouching, None)
    nothing = load_catalogue(points=[])
    nothing.kinds.update(there.kinds)
    enforced = enforce(nothing, read_lock(path))
    assert {s.state for s in enforced.standings} == {"kept"}
    assert {p.name: p.digest for p in enforced.catalogue.packs} == {p.name: p.digest for p in there.packs}
