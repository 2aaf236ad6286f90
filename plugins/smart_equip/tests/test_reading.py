"""The pack against a second reading of the document, but for the ladder, whose 139 lines `test_fidelity` reads."""

from __future__ import annotations

import pytest

import reading
from bandstand.lookup import provenance_of

PACK = reading.pack("smart_equip")
READING = reading.read_beside(__file__)
BESIDE_THE_LADDER = [standard for standard in PACK.standards if standard.level is None]
EQUIP_SETS = ("teacher", "ta", "support", "meetings")
BLANK = ("ES2", "ES3", "QE3", "QE4", "QC2", "IE4", "PT2")

#: Lists of which the document has no names to go by.
NUMBERED = {"seven_principles": "principle", "policies": "policy", "national_links": "link"}

PARTS = {
    **reading.parts(BESIDE_THE_LADDER, (listed for listed in PACK.guidance if listed.id not in NUMBERED)),
    **{standard.id: standard.source for standard in BESIDE_THE_LADDER},
    **{
        f"{NUMBERED[listed.id]}.{number}": item.source
        for listed in PACK.guidance
        if listed.id in NUMBERED
        for number, item in enumerate(listed.items, start=1)
    },
}


def of_set(name: str) -> list[str]:
    return [c.id for c in PACK.unfolded.criteria.values() if c.set == name]


@pytest.mark.parametrize("name", EQUIP_SETS)
def test_an_equip_set_has_24_rows_in_the_documents_order(name: str) -> None:
    codes = [f"{letters}{n}" for letters in ("ES", "QE", "QC", "UR", "IE", "PT") for n in range(1, 5)]
    assert of_set(name) == [f"{name}.{code}" for code in codes]


def test_the_other_sets_have_48_headteacher_statements_and_6_star_criteria() -> None:
    assert of_set("headteacher") == [f"ht.{n}" for n in range(1, 49)]
    assert of_set("star") == [f"star.{n}" for n in range(1, 7)]


def test_seven_rows_for_support_staff_are_blank() -> None:
    assert sorted(reading.doubtful(PACK, "blank")) == sorted(f"support.{code}" for code in BLANK)


def test_every_other_row_of_the_equip_sets_describes_both_ends() -> None:
    rows = [c for c in PACK.unfolded.criteria.values() if c.set in EQUIP_SETS]
    assert [c.id for c in rows if c.below is None] == [f"support.{code}" for code in BLANK]


def test_the_lost_code_of_a_row_for_support_staff_is_read_as_ur1() -> None:
    row = PACK.unfolded.criteria["support.UR1"]
    assert (row.basis, row.source) == ("interpreted", "194")
    before, lost, _, _, after = reading.lines_of(PACK)[192:197]
    assert ("QC4" in before, "UR1" in lost, "UR2" in after) == (True, False, True)


def test_the_lists_of_guidance_are_whole() -> None:
    counts = {listed.id: len(listed.items) for listed in PACK.guidance if listed.id in NUMBERED}
    assert counts == {"seven_principles": 7, "policies": 6, "national_links": 13}
    assert [name for name in PARTS if name.startswith("objective.")] == ["objective.1", "objective.2", "objective.3"]
    assert sum(name.startswith("by_level.") for name in PARTS) == 24


def test_everything_that_was_read_is_in_the_pack() -> None:
    assert reading.only_read(READING, PARTS) == []


def test_everything_in_the_pack_was_read() -> None:
    assert reading.only_in_pack(READING, PARTS) == []
    ladder = [name for name, standard in PACK.standard_of.items() if standard.level is not None]
    assert reading.only_in_pack(READING, PACK.criteria) == ladder


def test_everything_is_cited_where_it_was_read() -> None:
    assert reading.cited_elsewhere(READING, PARTS) == []


def test_the_words_that_were_read_stand_where_they_were_read() -> None:
    assert reading.words_elsewhere(READING, reading.lines_of(PACK)) == []


def test_what_the_document_does_not_state_is_counted_and_explained() -> None:
    assert provenance_of(PACK).counts == {
        "missing": 14,
        "unresolved": 2,
        "blank": 7,
        "illustrative": 11,
        "interpreted": 93,
        "proposed": 2,
    }
    assert reading.unexplained(PACK) == []


def test_no_purpose_that_it_refuses_is_served() -> None:
    assert {"pay", "capability", "ranking"} <= {refusal.id for refusal in PACK.framework.refuses}
    assert reading.refused_and_served(PACK) == []
