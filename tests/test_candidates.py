"""Evidence for one framework as candidate evidence in another: what is shown, and that none of it counts by itself."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

import reading
import support
from bandstand.candidates import candidates, to_accept
from bandstand.errors import NotFoundError
from bandstand.interop.inbox import read_evidence
from bandstand.lookup import find_item
from bandstand.models.finding import Finding
from bandstand.models.guidance import Crosswalk
from bandstand.plugins import load_catalogue
from commands import Cli, validate, write_csv
from support import criterion, record, statement

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.interop.inbox import Inbox
    from bandstand.models.evidence import Evidence
    from bandstand.models.listing import Candidate
    from bandstand.packs.pack import Pack

TODAY = dt.date(2025, 7, 31)
OUTCOME = {"id": "all", "label": "All", "rules": ["action"], "sets": ["list"], "action": "action.value"}
WITHIN = [{"id": "I", "label": "Within", "summary": "All of it.", "source": 1}]


def link(start: str, *to: str, note: str | None = None, relation: str = "same_subject") -> dict[str, Any]:
    """A link; one with a note is proposed, any other stated."""
    basis = "proposed" if note else "stated"
    return {"from": start, "to": to, "relation": relation, "basis": basis, "source": 1, "note": note}


def crosswalk(to: str, *links: dict[str, Any], targets: str = "") -> Crosswalk:
    """Links with another framework or, where there are targets, with a publication that no pack holds."""
    fields = {"to": to, "label": to, "summary": "Another one.", "source": 1, "links": links}
    external = {"external": True, "targets": {name: name for name in targets.split()}} if targets else {}
    return Crosswalk.model_validate({**fields, **external})


def framework(name: str, *crosswalks: Crosswalk) -> Pack:
    """A framework with criteria X and Y, of which Y has two statements, in standard NAME.1 of section I."""
    standard = support.standard_of(
        f"{name}.1",
        criterion(f"{name}.X", label="Sharing plans"),
        criterion(f"{name}.Y", statements=[statement(f"{name}.Y.1"), statement(f"{name}.Y.2")]),
        section="I",
    )
    of = support.framework(id=name, outcomes=[OUTCOME], sections=WITHIN)
    ruled = support.ruled_pack(of, [standard], support.ACTION)
    return support.pack(of, standard, rules=ruled.rules, lowered=ruled.lowered, crosswalks=crosswalks)


def found(here: list[Crosswalk], there: list[Crosswalk], *records: Evidence) -> list[Candidate]:
    """Candidates in ``there`` out of records of ``here``; without records, of one about here.X."""
    packs = {"here": framework("here", *here), "there": framework("there", *there)}
    return candidates(records or [about("here.X")], packs, "there")


def about(name: str, **fields: Any) -> Evidence:
    return record(name, **{"framework": name.partition(".")[0], **fields})


def targets(listed: list[Candidate]) -> list[tuple[str, str]]:
    """What the only candidate may be about, and whether every link to it is stated; nothing where there is none."""
    return [(target.id, target.basis) for candidate in listed for target in candidate.targets]


# what is linked


def test_a_link_leads_from_the_record_s_framework_to_the_other() -> None:
    assert targets(found([crosswalk("there", link("here.X", "there.X", "there.Y"))], [])) == [
        ("there.X", "stated"),
        ("there.Y", "stated"),
    ]


def test_a_link_is_followed_the_other_way_round_too() -> None:
    assert targets(found([], [crosswalk("here", link("there.Y", "here.Y", "here.X", note="It is near."))])) == [
        ("there.Y", "proposed")
    ]


def test_links_with_one_publication_join_where_they_meet_and_are_as_firm_as_the_weaker() -> None:
    here = [crosswalk("published", link("here.X", "P1", "P2"), targets="P1 P2 P3")]
    stated = link("there.X", "P2", "P3")
    near = link("there.Y", "P1", note="It is near.")
    there = [crosswalk("published", stated, near, link("there.1", "P3"), targets="P1 P2 P3")]
    joined = found(here, there)
    assert targets(joined) == [("there.X", "stated"), ("there.Y", "proposed")]
    assert [target.notes for target in joined[0].targets] == [(), ("It is near.",)]


def test_links_with_publications_that_only_have_one_name_do_not_join() -> None:
    here = [crosswalk("published", link("here.X", "P1"), targets="P1")]
    assert found(here, [crosswalk("printed", link("there.X", "P1"), targets="P1")]) == []
    assert found(here, [crosswalk("published", link("there.X", "P1"))]) == []


@pytest.mark.parametrize("name", ["here.Y", "here.Y.1", "here.Y.2"])
@pytest.mark.parametrize("linked", ["here.Y", "here.1", "I"])
def test_a_record_is_about_all_that_its_criterion_stands_in(name: str, linked: str) -> None:
    ways = [crosswalk("there", link(linked, "there.X"))], [crosswalk("here", link("there.X", linked))]
    assert targets(found(ways[0], [], about(name))) == [("there.X", "stated")]
    assert targets(found([], ways[1], about(name))) == [("there.X", "stated")]


def test_a_record_is_not_about_what_stands_beside_or_within_its_criterion() -> None:
    links = crosswalk("there", link("here.X", "there.X"), link("here.Y.1", "there.Y"))
    assert found([links], [], about("here.Y.2")) == []
    assert targets(found([links], [], about("here.Y.1"))) == [("there.Y", "stated")]


def test_that_one_thing_supports_another_makes_no_evidence_for_it() -> None:
    supports = link("here.X", "there.X", relation="supports")
    assert found([crosswalk("there", supports)], []) == []
    assert found([], [crosswalk("here", link("there.X", "here.X", relation="supports"))]) == []
    one = crosswalk("published", link("here.X", "P1", relation="supports"), targets="P1")
    other = crosswalk("published", link("there.X", "P1"), targets="P1")
    assert found([one], [other]) == []
    back = crosswalk("published", link("there.X", "P1", relation="supports"), targets="P1")
    assert found([crosswalk("published", link("here.X", "P1"), targets="P1")], [back]) == []


def test_one_text_in_two_frameworks_is_a_link_like_one_subject() -> None:
    assert targets(found([crosswalk("there", link("here.X", "there.X", relation="same_text"))], [])) == [
        ("there.X", "stated")
    ]


@pytest.mark.parametrize("first", ["stated", "proposed"])
def test_what_a_document_states_goes_before_what_is_proposed_and_is_shown_once(first: str) -> None:
    both = [link("here.X", "there.X"), link("here.X", "there.X", note="It is near.")]
    ordered = both if first == "stated" else both[::-1]
    (candidate,) = found([crosswalk("there", *ordered)], [])
    assert [(target.id, target.basis, target.notes) for target in candidate.targets] == [("there.X", "stated", ())]


def test_of_two_proposed_links_to_one_thing_the_first_is_shown() -> None:
    both = link("here.X", "there.X", note="It is near."), link("here.1", "there.X", note="It is about as near.")
    (candidate,) = found([crosswalk("there", *both)], [])
    assert [(target.basis, target.notes) for target in candidate.targets] == [("proposed", ("It is near.",))]


def test_evidence_for_the_framework_itself_or_for_none_that_is_installed_is_no_candidate() -> None:
    links = [crosswalk("there", link("here.X", "there.X"))]
    assert found(links, [], about("there.X"), about("elsewhere.X")) == []


def test_what_the_other_framework_has_already_is_no_candidate_again() -> None:
    links = [crosswalk("there", link("here.X", "there.X"))]
    accepted = {"accepted_by": "A-2"}
    given = about("here.X", id="e-1"), about("there.X", accepted_from="e-1", **accepted), about("here.X", id="e-2")
    assert [candidate.evidence for candidate in found(links, [], *given)] == ["e-2"]
    back = about("there.X", id="e-3"), about("here.X", accepted_from="e-3", **accepted)
    assert found(links, [], *back) == []


def test_records_that_say_they_were_accepted_from_one_another_are_no_candidates_and_no_endless_search() -> None:
    links = [crosswalk("there", link("here.X", "there.X"))]
    one = about("here.X", id="e-1", accepted_from="e-2", accepted_by="A-2")
    other = about("there.X", id="e-2", accepted_from="e-1", accepted_by="A-2")
    assert found(links, [], one, other) == []


def test_candidates_come_in_the_order_of_the_records_and_say_what_these_say() -> None:
    links = [crosswalk("there", link("here.X", "there.X", "there.1", "elsewhere"))]
    later = about("here.X", date="2025-06-02", claim="partly_met", source="peer", author="A-1", id="e-2")
    listed = found(links, [], later, about("here.Y"), about("here.X", date="2025-06-01", id="e-1", person="P-2"))
    assert [candidate.evidence for candidate in listed] == ["e-2", "e-1"]
    first = listed[0]
    assert (first.person, first.framework, first.criteria) == ("P-1", "here", ("here.X",))
    assert (first.claim, first.source.value, first.author) == ("partly_met", "peer", "A-1")
    assert (first.date, first.to) == (dt.date(2025, 6, 2), "there")
    assert [target.label for target in first.targets] == ["Sharing plans", "Standard there.1", "elsewhere"]


def test_a_framework_that_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match=r'There is no framework "theer"\. Did you mean there\?'):
        candidates([], {"there": framework("there")}, "theer")


# the table in which somebody accepts them

PACKS = {
    "here": framework("here", crosswalk("there", link("here.X", "there.X", "there.Y"))),
    "there": framework("there"),
}


def table(*records: Evidence) -> str:
    return to_accept(candidates(records, PACKS, "there"))


def read_back(text: str, folder: Path, **filled_in: str) -> Inbox:
    """The table as it is read again, with some of its columns filled in."""
    rows = [{**row, **filled_in} for row in csv.DictReader(io.StringIO(text))]
    return read_evidence([write_csv(folder / "to-accept.csv", rows)], PACKS, today=TODAY)


def test_the_table_has_a_row_for_each_with_what_a_person_has_to_say_left_blank() -> None:
    (row,) = csv.DictReader(io.StringIO(table(about("here.X", author="A-1", id="e-1"))))
    blank = [name for name, cell in row.items() if cell == ""]
    assert blank == ["criteria", "claim", "attachments", "accepted_by"]
    assert {name: row[name] for name in ("person", "framework", "source", "author", "date", "accepted_from")} == {
        "person": "P-1",
        "framework": "there",
        "source": "appraiser",
        "author": "A-1",
        "date": "2025-07-01",
        "accepted_from": "e-1",
    }
    assert row["note"] == (
        "Candidate from here (here.X, met): look at there.X sharing plans and there.Y there.Y. Fill in criteria, claim "
        "and accepted_by, or take the row out."
    )


@pytest.mark.parametrize(
    "filled_in",
    [
        {},
        {"criteria": "there.X"},
        {"criteria": "there.X", "claim": "met"},
        {"criteria": "there.X", "accepted_by": "A-2"},
        {"claim": "met", "accepted_by": "A-2"},
    ],
    ids=" and ".join,
)
def test_no_row_counts_before_everything_is_filled_in(tmp_path: Path, filled_in: dict[str, str]) -> None:
    inbox = read_back(table(about("here.X")), tmp_path, **filled_in)
    assert inbox.evidence == []
    assert len(inbox.problems) >= 1


def test_a_row_that_somebody_accepted_counts_and_says_where_it_is_from_and_who_accepted_it(tmp_path: Path) -> None:
    text = table(about("here.X", claim="not_met", id="e-1"))
    inbox = read_back(text, tmp_path, criteria="there.Y.1", claim="partly_met", accepted_by="A-2")
    assert inbox.problems == []
    (accepted,) = inbox.evidence
    assert (accepted.accepted_from, accepted.accepted_by, accepted.source.value) == ("e-1", "A-2", "appraiser")
    evaluation = support.evaluate(PACKS["there"], accepted)
    assert evaluation.findings["there.Y.1"].finding is Finding.PARTLY_MET
    assert evaluation.findings["there.Y.1"].evidence == accepted.id
    assert evaluation.findings["there.Y.2"].finding is Finding.NOT_EVIDENCED


def test_nobody_accepts_evidence_about_themselves(tmp_path: Path) -> None:
    inbox = read_back(table(about("here.X")), tmp_path, criteria="there.X", claim="met", accepted_by="P-1")
    (problem,) = inbox.problems
    assert (inbox.evidence, problem.code, problem.place.path) == ([], "agreed-with-oneself", "accepted_by")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_an_id_that_a_spreadsheet_would_take_for_a_formula_is_made_safe_and_read_back_the_same(
    tmp_path: Path, sign: str
) -> None:
    odd = about("here.X", id=f"{sign}1+1", person=f"{sign}P-1", author=f"{sign}A-1")
    text = table(odd)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [cell for cell in cells if cell.startswith(sign)] == []
    (accepted,) = read_back(text, tmp_path, criteria="there.X", claim="met", accepted_by="A-2").evidence
    assert (accepted.accepted_from, accepted.person, accepted.author) == (odd.id, odd.person, odd.author)


def test_files_that_show_it_go_with_it_but_for_one_whose_address_the_table_cannot_hold(tmp_path: Path) -> None:
    files = [{"uri": "https://x.example/a b.pdf", "sha256": "ab" * 32}, {"uri": "notes.txt"}, {"uri": "x;y.txt"}]
    text = table(about("here.X", attachments=files))
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["note"].endswith("Left out, for the ; in the address: one attachment.")
    (accepted,) = read_back(text, tmp_path, criteria="there.X", claim="met", accepted_by="A-2").evidence
    assert [file.model_dump(exclude_none=True) for file in accepted.attachments] == files[:2]


def test_cells_with_commas_quotes_and_letters_of_any_script_are_read_back_the_same(tmp_path: Path) -> None:
    odd = about("here.X", id='e "1", two', person="Zoë", author="Ö;1")
    (accepted,) = read_back(table(odd), tmp_path, criteria="there.X", claim="met", accepted_by="A-2").evidence
    assert (accepted.accepted_from, accepted.person, accepted.author) == (odd.id, odd.person, odd.author)


# the shipped packs

INSTALLED = reading.catalogue().frameworks()
CROSSWALKS = [(name, walk) for name, of in INSTALLED.items() for walk in of.crosswalks]


@pytest.mark.parametrize(("name", "walk"), CROSSWALKS, ids=[f"{name} to {walk.to}" for name, walk in CROSSWALKS])
def test_a_shipped_crosswalk_names_things_that_are_there_on_both_sides(name: str, walk: Crosswalk) -> None:
    of = reading.pack(name)
    assert [one.from_ for one in walk.links if find_item(of, one.from_).id != one.from_] == []
    named = dict.fromkeys(target for one in walk.links for target in one.to)
    if walk.external:
        assert walk.to not in INSTALLED
        assert list(named) == [target for target in named if target in walk.targets]
    else:
        other = INSTALLED[walk.to]
        assert [target for target in named if find_item(other, target).id != target] == []


def test_publications_that_several_shipped_frameworks_are_linked_with_have_the_same_things_everywhere() -> None:
    listed: dict[str, dict[str, str]] = {}
    for name, walk in CROSSWALKS:
        if walk.external:
            known = listed.setdefault(walk.to, dict(walk.targets))
            assert known == walk.targets, f"{name} lists other things of {walk.to}"
    assert listed


def test_evidence_on_a_component_of_the_toolkit_may_be_worth_a_look_under_the_teachers_standards_descriptors() -> None:
    (candidate,) = candidates(
        [record("1d.iii", "high_impact", framework="cat_toolkit")], INSTALLED, "hampshire_careers"
    )
    assert targets([candidate]) == [("4", "proposed")]
    assert candidates([record("L5.1", framework="smart_equip")], INSTALLED, "npqel") == []


# the command


@pytest.fixture
def cli(installed: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line with the two small frameworks alone."""
    catalogue = load_catalogue(points=[])
    catalogue.packs.extend(PACKS.values())
    monkeypatch.setattr("bandstand.service.load_catalogue", lambda: catalogue)
    return installed


def row(criteria: str, **fields: str) -> dict[str, str]:
    given = {"id": f"e-{criteria}", "person": "P-1", "framework": "here", "criteria": criteria, "claim": "met"}
    return {**given, "source": "appraiser", "date": "2025-07-01", **fields}


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    rows = [row("here.X"), row("here.X", id="e-2", person="P-2"), row("here.Y"), row("there.X", framework="there")]
    return write_csv(tmp_path / "evidence.csv", rows)


def test_the_command_shows_what_may_be_worth_a_look_and_that_none_of_it_counts(cli: Cli, evidence: Path) -> None:
    code, out, err = cli("candidates", evidence, "--to", "there")
    folded = " ".join(out.split())
    assert (code, err) == (0, "")
    assert "P-1 e-here.X here: here.X 1 July 2025 there.X sharing plans and there.Y there.Y stated" in folded
    assert "e-2" in folded
    assert "e-here.Y" not in folded
    assert "None of it counts under there yet. With -o FILE.csv, a table has a row for each" in folded


def test_the_command_can_be_asked_about_some_people_and_knows_who_is_not_there(cli: Cli, evidence: Path) -> None:
    _, out, _ = cli("candidates", evidence, "--to", "there", "--person", "P-2", "--json")
    assert [one["evidence"] for one in json.loads(out)["candidates"]] == ["e-2"]
    code, out, err = cli("candidates", evidence, "--to", "there", "--person", "P-3")
    assert (code, out) == (2, "")
    assert 'There is nothing about "P-3" in these files.' in err


def test_the_command_writes_json_by_its_published_schema(cli: Cli, evidence: Path) -> None:
    code, out, _ = cli("candidates", evidence, "--to", "there", "--json")
    content = json.loads(out)
    validate("candidates", content)
    assert code == 0
    assert [(one["evidence"], [t["id"] for t in one["targets"]]) for one in content["candidates"]] == [
        ("e-here.X", ["there.X", "there.Y"]),
        ("e-2", ["there.X", "there.Y"]),
    ]


def test_the_command_says_where_nothing_is_linked(cli: Cli, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "evidence.csv", [row("here.Y"), row("there.X", framework="there")])
    code, out, _ = cli("candidates", path, "--to", "there")
    assert (code, out.strip()) == (0, "No evidence for other frameworks is linked with there.")
    assert json.loads(cli("candidates", path, "--to", "there", "--json")[1]) == {"candidates": []}


def test_the_command_writes_the_table_once_and_replaces_it_only_by_force(
    cli: Cli, evidence: Path, tmp_path: Path
) -> None:
    path = tmp_path / "to-accept.csv"
    code, out, _ = cli("candidates", evidence, "--to", "there", "-o", path)
    assert (code, len(path.read_text("utf-8-sig").splitlines())) == (0, 3)
    assert "has a row for each: fill in criteria, claim and who accepts it" in " ".join(out.split())
    path.write_text("mine", "utf-8")
    code, out, err = cli("candidates", evidence, "--to", "there", "-o", path)
    assert (code, out, path.read_text("utf-8")) == (2, "", "mine")
    assert "is there already; --force replaces it" in " ".join(err.replace("│", "").split())
    code, _, _ = cli("candidates", evidence, "--to", "there", "-o", path, "--force", "--json")
    assert (code, len(path.read_text("utf-8-sig").splitlines())) == (0, 3)


def test_what_the_command_wrote_counts_for_nobody_until_it_is_filled_in(
    cli: Cli, evidence: Path, tmp_path: Path
) -> None:
    path = tmp_path / "to-accept.csv"
    cli("candidates", evidence, "--to", "there", "--person", "P-1", "-o", path)
    code, out, err = cli("evaluate", path, "--framework", "there")
    assert (code, out) == (2, "")
    assert "row 2" in err
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{**one, "criteria": "there.X", "claim": "met", "accepted_by": "A-2"} for one in csv.DictReader(file)]
    (entry,) = json.loads(cli("evaluate", write_csv(path, rows), "--framework", "there", "--json")[1])
    assert entry["findings"]["there.X"]["finding"] == "met"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "theer"), 'There is no framework "theer". Did you mean there?'),
        (("--to", "there", "-o", "to-accept.xlsx"), "give a name that ends in .csv"),
    ],
)
def test_what_the_command_cannot_do_is_answered_plainly(
    cli: Cli, evidence: Path, words: tuple[str, ...], said: str
) -> None:
    code, out, err = cli("candidates", evidence, *words)
    assert (code, out) == (2, "")
    assert said in err


def test_the_command_gives_no_candidates_out_of_bad_rows(cli: Cli, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "bad.csv", [row("here.X"), row("here.Z")])
    code, out, err = cli("candidates", path, "--to", "there")
    assert (code, out) == (2, "")
    assert 'row 3, criteria: "here.Z" is not a criterion of here' in err
