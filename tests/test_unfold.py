"""What a claim says: of the points of a scale, of the statements of a cell, and of nothing that it does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import support
from bandstand.models.finding import Claim
from bandstand.models.standard import Criterion
from bandstand.models.unfold import unfold
from support import criterion, scale, statement

if TYPE_CHECKING:
    from bandstand.models.unfold import Unfolded

POINTS = ("begins", "grows", "leads")
MET, PARTLY_MET, NOT_MET = Claim.MET, Claim.PARTLY_MET, Claim.NOT_MET


FRAMEWORK = support.framework(
    scales=[scale("growth", *POINTS), scale("stage", *POINTS, ordinal=False)],
    flags=[{"id": "teaches_a_class", "label": "Teaches a class"}],
)


def points(**fields: dict[str, Any]) -> list[dict[str, Any]]:
    """The points of a criterion, each with a text unless the test is about another."""
    return support.points(*POINTS, **fields)


def unfolded(*criteria: dict[str, Any]) -> Unfolded:
    return unfold(FRAMEWORK, [support.standard_of("S", *criteria)])


def said(found: Unfolded, name: str, claim: str) -> dict[str, Claim]:
    return dict(found.unfolds[name, claim])


LOST: dict[str, Any] = {"status": "missing", "note": "The cell is empty."}
ON_A_SCALE = criterion("A", scale="growth", points=points())
CELLS = criterion(
    "B",
    scale="stage",
    points=points(grows={"statements": [statement("B.1"), statement("B.2")]}, leads=LOST),
)
IN_PARTS = criterion("C", statements=[statement("C.1"), statement("C.2")])
PLAIN = criterion("D")


def test_a_criterion_by_itself_is_its_own_unit_and_takes_the_three_claims() -> None:
    found = unfolded(PLAIN)
    assert list(found.units) == ["D"]
    assert list(found.names) == ["D"]
    assert found.claims_of("D") == list(Claim)
    assert [said(found, "D", claim) for claim in Claim] == [{"D": claim} for claim in Claim]
    assert found.members == {}


@pytest.mark.parametrize(
    ("claim", "of_points"),
    [
        ("not_met", (NOT_MET, NOT_MET, NOT_MET)),
        ("begins", (MET, NOT_MET, NOT_MET)),
        ("grows", (MET, MET, NOT_MET)),
        ("leads", (MET, MET, MET)),
    ],
)
def test_a_point_claimed_says_met_of_all_up_to_it_and_not_met_of_those_above(
    claim: str, of_points: tuple[Claim, ...]
) -> None:
    found = unfolded(ON_A_SCALE)
    assert list(found.units) == ["A@begins", "A@grows", "A@leads"]
    assert said(found, "A", claim) == dict(zip(found.units, of_points, strict=True))


def test_a_criterion_on_an_ordinal_scale_takes_its_points_and_not_met_and_nothing_else() -> None:
    found = unfolded(ON_A_SCALE)
    assert found.claims_of("A") == ["not_met", *POINTS]
    assert ("A", "met") not in found.unfolds
    assert ("A", "partly_met") not in found.unfolds


def test_a_claim_about_one_point_of_an_ordinal_scale_says_what_it_implies_of_the_others_and_no_more() -> None:
    found = unfolded(ON_A_SCALE)
    assert found.claims_of("A@grows") == [MET, PARTLY_MET, NOT_MET]
    assert said(found, "A@grows", MET) == {"A@begins": MET, "A@grows": MET}
    assert said(found, "A@grows", PARTLY_MET) == {"A@grows": PARTLY_MET}
    assert said(found, "A@grows", NOT_MET) == {"A@grows": NOT_MET, "A@leads": NOT_MET}


def test_a_point_of_an_ordinal_scale_that_lost_its_text_can_still_be_claimed() -> None:
    found = unfolded(criterion("A", scale="growth", points=points(grows=LOST)))
    assert list(found.units) == ["A@begins", "A@grows", "A@leads"]
    assert said(found, "A", "grows") == {"A@begins": MET, "A@grows": MET, "A@leads": NOT_MET}
    assert found.units["A@grows"].descriptor is None
    assert found.units["A@grows"].text == "The document has lost its text."


@pytest.mark.parametrize("claim", Claim)
def test_a_cell_says_the_same_of_each_of_its_statements(claim: Claim) -> None:
    found = unfolded(CELLS)
    assert said(found, "B@grows", claim) == {"B.1": claim, "B.2": claim}
    assert said(found, "B.1", claim) == {"B.1": claim}
    assert found.members["B@grows"] == ("B.1", "B.2")


@pytest.mark.parametrize("claim", [*Claim, *POINTS])
def test_a_criterion_with_points_that_do_not_take_in_one_another_cannot_be_claimed_without_its_point(
    claim: str,
) -> None:
    found = unfolded(CELLS)
    assert "B" in found.criteria
    assert "B" not in found.names
    assert found.claims_of("B") == []
    assert ("B", claim) not in found.unfolds


def test_a_point_that_takes_in_no_other_says_nothing_of_the_others() -> None:
    found = unfolded(CELLS)
    assert said(found, "B@begins", MET) == {"B@begins": MET}
    assert said(found, "B@begins", NOT_MET) == {"B@begins": NOT_MET}


def test_a_point_without_a_text_on_a_scale_that_is_not_ordinal_asks_for_nothing() -> None:
    found = unfolded(CELLS)
    assert list(found.units) == ["B@begins", "B.1", "B.2"]
    assert "B@leads" not in found.names


@pytest.mark.parametrize("claim", Claim)
def test_a_criterion_with_statements_says_the_same_of_each_of_them(claim: Claim) -> None:
    found = unfolded(IN_PARTS)
    assert list(found.units) == ["C.1", "C.2"]
    assert found.members == {"C": ("C.1", "C.2")}
    assert said(found, "C", claim) == {"C.1": claim, "C.2": claim}
    assert said(found, "C.2", claim) == {"C.2": claim}


def test_everything_comes_in_the_order_of_the_standards_and_knows_where_it_stands() -> None:
    found = unfolded(PLAIN, CELLS, IN_PARTS, ON_A_SCALE)
    assert list(found.units) == ["D", "B@begins", "B.1", "B.2", "C.1", "C.2", "A@begins", "A@grows", "A@leads"]
    assert list(found.criteria) == ["D", "B", "C", "A"]
    assert {unit: standard.id for unit, standard in found.standard_of.items()} == dict.fromkeys(found.units, "S")
    assert {unit.id: unit.criterion for unit in found.units.values() if unit.criterion == "B"} == {
        "B@begins": "B",
        "B.1": "B",
        "B.2": "B",
    }
    assert [(found.units[name].point) for name in ("D", "B.1", "C.1", "A@leads")] == [None, "grows", None, "leads"]


def test_a_unit_has_the_fields_of_its_criterion_and_the_source_of_its_own_part() -> None:
    parts = [statement("E.1", source=7, condition="where appropriate", tags=["mentor"])]
    unit = unfolded(criterion("E", only_if=["teaches_a_class"], set="cells", statements=parts)).units["E.1"]
    assert (unit.set, unit.only_if) == ("cells", ("teaches_a_class",))
    assert (unit.condition, unit.tags, unit.source) == ("where appropriate", ("mentor",), "7")


def test_a_criterion_without_a_text_is_a_unit_that_says_why() -> None:
    given = criterion("F", descriptor=None, status="unresolved", note="Two texts could be meant.")
    unit = unfolded(given).units["F"]
    assert unit.descriptor is None
    assert unit.text == "Which of the document's texts belongs here cannot be told for certain; F shows them all."


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"descriptor": None}, "a criterion that is present has a descriptor"),
        ({"status": "missing"}, "a criterion that is present has a descriptor, and no other has"),
        ({"descriptor": None, "status": "missing"}, "has a note that says why"),
        ({"points": points()}, "points and scale go together"),
        ({"scale": "growth"}, "points and scale go together"),
        ({"scale": "growth", "points": points(), "statements": [statement("A.1")]}, "points or statements, not both"),
        ({"scale": "growth", "points": points(grows={})}, "a point that is present has a descriptor or statements"),
        ({"scale": "growth", "points": points(grows={"status": "blank"})}, "has a note that says why"),
        (
            {"scale": "growth", "points": points(grows={"descriptor": "It grows.", "statements": [statement("A.1")]})},
            "a descriptor or statements, not both",
        ),
    ],
)
def test_a_criterion_that_does_not_hang_together_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Criterion.model_validate(criterion("A", **fields))
