"""One thing of a pack by its id, with what a stage inherits and what follows it; all that a document does not state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import reading
import support
from bandstand.errors import NotFoundError
from bandstand.lookup import find_item, provenance_of
from bandstand.models.guidance import Crosswalk, Guidance
from bandstand.plugins import load_catalogue
from commands import Cli, validate
from support import criterion, points, statement
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.models.listing import Expected, ItemListing
    from bandstand.packs.pack import Pack

STAGES = ("first", "second", "coach", "head")
READ: dict[str, Any] = {"basis": "interpreted", "note": "It could be read otherwise."}


def staged() -> Pack:
    """Stages of which coach and head both build on second; B is asked under a condition, and only of those who swim."""
    below = {"second": ["first"], "coach": ["second"], "head": ["second"]}
    of = support.framework(
        scales=[
            support.scale("stage", *STAGES, ordinal=False, **{s: {"builds_on": b} for s, b in below.items()}),
            support.scale("pace", "slow", "steady", steady={"builds_on": ["slow"]}),
        ],
        flags=[{"id": "swims", "label": "Swims"}],
        sections=[{"id": "one", "label": "Section one", "summary": "All of it.", "source": 1}],
        strands=[{"id": "teaching", "label": "Teaching"}],
        grades=[{"id": "teaching:G1", "label": "G1", "strand": "teaching", "column": 1, "source": 4}],
    )
    cells = {stage: {"statements": [statement(f"A.{stage}.{n}") for n in (1, 2)]} for stage in STAGES}
    blank = {"status": "blank", "note": "It is blank."}
    others = {stage: blank for stage in STAGES if stage != "first"}
    only = {"statements": [statement("B.first.1", condition="where there is water", source=44)]}
    return support.pack(
        of,
        support.standard_of(
            "one",
            criterion("A", scale="stage", points=points(*STAGES, **cells)),
            criterion("B", scale="stage", points=points(*STAGES, first=only, **others), only_if=["swims"]),
            criterion("C", scale="pace", points=points("slow", "steady")),
        ),
    )


def listing(of: Pack, name: str) -> ItemListing:
    return find_item(of, name).listing()


def ids(expected: tuple[Expected, ...]) -> list[str]:
    return [one.id for one in expected]


# one thing


def test_a_thing_is_found_in_whatever_letter_case_and_said_with_what_it_is() -> None:
    of = staged()
    found = {name: (find_item(of, name).kind, find_item(of, name).id) for name in ("ONE", "a.First.2", "b", "C@steady")}
    assert found == {
        "ONE": ("standard", "one"),
        "a.First.2": ("criterion", "A.first.2"),
        "b": ("criterion", "B"),
        "C@steady": ("criterion", "C@steady"),
    }


def test_of_several_things_with_one_id_one_is_shown_the_others_are_named_and_each_can_be_asked_for() -> None:
    of = staged()
    found = find_item(of, "one")
    assert (found.kind, found.also) == ("standard", ("section",))
    assert [(item.kind, item.id) for item in (find_item(of, "section:ONE"), find_item(of, "Standard:one"))] == [
        ("section", "one"),
        ("standard", "one"),
    ]
    assert find_item(of, "coach").also == ()


def test_a_grade_is_found_as_the_framework_prints_it_and_without_its_strand() -> None:
    of = staged()
    found = [(item.kind, item.id) for item in (find_item(of, "teaching:g1"), find_item(of, "g1"), find_item(of, "G 1"))]
    assert found == [("grade", "teaching:G1")] * 3


def test_what_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match=r'ladder 2024\.1 has nothing called "coahc"\. Did you mean coach\?'):
        find_item(staged(), "coahc")


@pytest.mark.parametrize(
    ("wanted", "remedy"),
    [
        ("stl47", "It is a code of another publication, which C refers to; try `bandstand show ladder C`."),
        ("PO", "It is a code of another publication, which C and D refer to; try `bandstand show ladder C`."),
        ("A@third", "A has A@slow and A@steady."),
        ("z", "`bandstand show ladder` lists what there is."),
        ("E1", "Did you mean x.E1 or y.E1?"),
    ],
)
def test_what_is_not_there_and_has_no_one_nearest_is_answered_with_what_there_is(wanted: str, remedy: str) -> None:
    of = support.pack(
        support.framework(scales=[support.scale("pace", "slow", "steady", steady={"builds_on": ["slow"]})]),
        support.standard_of(
            "one",
            criterion("A", scale="pace", points=points("slow", "steady")),
            criterion("C", refs=["STL47", "PO"]),
            criterion("D", refs=["PO"]),
            criterion("x.E1"),
            criterion("y.E1"),
        ),
    )
    with pytest.raises(NotFoundError) as caught:
        find_item(of, wanted)
    assert str(caught.value) == f'ladder 2024.1 has nothing called "{wanted}". {remedy}'


def test_a_stage_has_its_own_statements_and_those_that_it_inherits_nearest_first() -> None:
    found = listing(staged(), "coach")
    assert ids(found.own) == ["A.coach.1", "A.coach.2"]
    assert ids(found.inherited) == ["A.second.1", "A.second.2", "A.first.1", "A.first.2", "B.first.1"]
    assert {one.point for one in found.inherited} == {"first", "second"}


def test_what_follows_a_stage_is_what_each_that_builds_on_it_adds_and_no_more() -> None:
    of = staged()
    assert ids(listing(of, "first").following) == ["A.second.1", "A.second.2"]
    assert ids(listing(of, "second").following) == ["A.coach.1", "A.coach.2", "A.head.1", "A.head.2"]
    assert listing(of, "coach").following == listing(of, "head").following == ()


def test_a_statement_is_listed_with_its_condition_whom_it_is_for_and_its_own_lines() -> None:
    (conditional,) = [one for one in listing(staged(), "first").own if one.id == "B.first.1"]
    assert (conditional.condition, conditional.only_if) == ("where there is water", ("swims",))
    assert (conditional.label, conditional.descriptor, conditional.source) == ("B.first.1", "Does it.", "44")


@pytest.mark.parametrize("name", ["steady", "pace", "stage", "A", "A.first.1", "one"])
def test_only_a_point_that_accumulates_without_taking_in_the_others_has_statements(name: str) -> None:
    found = listing(staged(), name)
    assert (found.own, found.inherited, found.following) == ((), (), ())


# the command


@pytest.fixture
def cli(installed: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line with whatever is installed, read once."""
    monkeypatch.setattr("bandstand.service.load_catalogue", reading.catalogue)
    return installed


def test_show_gives_a_stage_with_its_own_inherited_and_following_statements(cli: Cli) -> None:
    code, out, _ = cli("show", "hampshire_careers", "UPR1", "--json")
    content = json.loads(out)
    validate("item", content)
    assert (code, content["kind"], content["id"]) == (0, "point", "UPR1")
    assert {part: len(content[part]) for part in ("own", "inherited", "following")} == {
        "own": 76,
        "inherited": 97 + 73 + 100,
        "following": 54,
    }
    points_of = {part: list(dict.fromkeys(one["point"] for one in content[part])) for part in ("own", "inherited")}
    assert points_of == {"own": ["UPR1"], "inherited": ["MPR", "ECT2", "ECT1"]}
    assert {one["point"] for one in content["following"]} == {"UPR2-3"}
    of = reading.pack("hampshire_careers")
    assert [one["id"] for one in content["own"]] == [u.id for u in of.criteria.values() if u.point == "UPR1"]


def test_show_prints_the_same_with_how_many_there_are(cli: Cli) -> None:
    code, out, _ = cli("show", "hampshire_careers", "upr1")
    assert code == 0
    titles = [line.strip() for line in out.splitlines() if line.startswith(("Its own", "Inherited", "Added next"))]
    assert titles == ["Its own: 76", "Inherited: 270", "Added next: 54"]
    assert "1.1@UPR1.1" in out
    assert "3.4@MPR.1" in out
    assert "Only for: teaches_early_reading." in " ".join(out.replace("│", "").split())
    assert "1.1@LP.1" not in out


@pytest.mark.parametrize(
    ("framework", "name", "kind"),
    [("smart_equip", "long_absence", "flag"), ("smart_equip", "ECT1", "career stage"), ("smart_equip", "E", "group")],
)
def test_what_a_person_can_have_and_headings_are_found_too(framework: str, name: str, kind: str) -> None:
    assert find_item(reading.pack(framework), name).kind == kind


def test_show_gives_a_cell_with_its_statements_and_the_condition_of_each(cli: Cli) -> None:
    code, out, _ = cli("show", "hampshire_careers", "5.2@upr1")
    folded = " ".join(out.replace("│", "").split())
    assert (code, folded.startswith("cell 5.2@UPR1"), "Lines 806-811 (stated)" in folded) == (0, True, True)
    assert [name in folded for name in ("5.2@UPR1.1", "5.2@UPR1.4", "5.2@MPR.1")] == [True, True, False]
    content = json.loads(cli("show", "hampshire_careers", "5.2@UPR1", "--json")[1])
    validate("item", content)
    assert (content["kind"], len(content["item"]["statements"])) == ("cell", 4)
    conditional = " ".join(cli("show", "npqel", "3.LH2.1")[1].split())
    assert "Only where it applies: when teaching early reading phonics" in conditional
    assert "Part of 3.LH2 Lines 459-462 (stated)" in conditional
    assert "Part of 1c.iv at High impact" in " ".join(cli("show", "cat_toolkit", "1c.iv@high_impact")[1].split())


# all that a document does not state


def test_the_tiny_pack_s_doubts_are_its_example_value_and_what_the_trust_set(tmp_path: Path) -> None:
    catalogue = load_catalogue(points=[], packs=[tiny(tmp_path)])
    assert catalogue.set_aside == []
    found = provenance_of(catalogue.frameworks()["tiny"])
    assert (found.framework, found.version, found.document) == ("tiny", "1.0", "tiny.txt")
    assert found.counts == {"illustrative": 1, "trust": 1}
    one, other = found.doubts
    assert (one.kind, one.id, one.label, one.source) == ("bound", "later", "Expected level", "33")
    assert one.note == "The figure is an example."
    assert (other.status, other.kind, other.id, other.source) == ("trust", "findings policy", "tiny", "7")


def test_everything_that_is_not_stated_or_has_no_text_is_listed_by_status_and_line_whatever_part_it_is_in() -> None:
    unclear = {"status": "unresolved", "note": "Which is it?", "source": 20, "basis": "interpreted"}
    standard = support.standard_of(
        "one",
        criterion("A", descriptor=None, status="blank", note="The row is empty.", source=50),
        criterion("B", scale="pace", points=points("slow", "steady", slow=unclear)),
        gaps=[{"what": "A lost line.", "status": "missing", "source": 12}],
    )
    listed = {"id": "hints", "label": "Hints", "summary": "Some.", "source": 60}
    hint = {"id": "hint", "label": "Hint", "text": None, "status": "missing", "source": 60, "note": "It is lost."}
    other = {"to": "other", "label": "Other", "summary": "Another.", "source": 70}
    link = {"from": "A", "to": ["X", "Y"], "relation": "supports", "basis": "proposed", "source": 70, "note": "Near."}
    row = {"when": {}, "then": "go_on", "source": 80, "basis": "trust"}
    found = provenance_of(
        support.pack(
            support.framework(
                scales=[support.scale("pace", "slow", "steady", steady={"source": 21, **READ})],
                gaps=[
                    {"what": "A lost table.", "status": "missing", "source": 40},
                    {"what": "An unclear line.", "status": "unresolved", "source": 30, **READ},
                ],
            ),
            standard,
            rules=(support.read_rule({**support.ACTION, "rows": [row]}),),
            guidance=(Guidance.model_validate({**listed, "items": [hint]}),),
            crosswalks=(Crosswalk.model_validate({**other, "links": [link]}),),
        )
    )
    assert [(doubt.status, doubt.kind, doubt.id, doubt.source) for doubt in found.doubts] == [
        ("missing", "gap", "one", "12"),
        ("missing", "gap", "ladder", "40"),
        ("missing", "guidance item", "hint", "60"),
        ("unresolved", "point", "B@slow", "20"),
        ("unresolved", "gap", "ladder", "30"),
        ("blank", "criterion", "A", "50"),
        ("interpreted", "scale point", "steady", "21"),
        ("trust", "row", "action", "80"),
        ("proposed", "link", "A to X, Y", "70"),
    ]
    assert list(found.counts.items()) == [
        ("missing", 3),
        ("unresolved", 2),
        ("blank", 1),
        ("interpreted", 1),
        ("trust", 1),
        ("proposed", 1),
    ]
    assert [doubt.label for doubt in found.doubts][:2] == ["A lost line.", "A lost table."]


def test_a_framework_whose_document_states_everything_has_no_doubts() -> None:
    found = provenance_of(support.pack(support.framework(), support.standard_of("one", criterion("A"))))
    assert (found.counts, found.doubts) == ({}, ())
