"""The pack against the published toolkit and a second reading of it: everything counted, and cited where it stands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

import reading
from bandstand.lookup import provenance_of
from bandstand.models.provenance import line_numbers

if TYPE_CHECKING:
    from bandstand.models.framework import Section

PACK = reading.pack("cat_toolkit")
READING = reading.read_beside(__file__)
DOMAINS = PACK.framework.sections
COMPONENTS = PACK.unfolded.criteria
POINTS = PACK.framework.scales[0].points

#: Words that the toolkit uses in a sense of its own, and all that it says of a component.
TERMS = {item.id: item for listed in PACK.guidance if listed.id == "terms" for item in listed.items}
TEXTS = {name: component.model_dump_json() for name, component in COMPONENTS.items()}

#: Of each of these the document has two texts for three points.
HALF_LOST = ("1d.i", "1d.ii", "1d.iii", "1d.iv", "1d.v", "1d.vi")

#: A component's own name is read on the smart card (`card.`); domains and the general bullets of points are numbered.
PARTS = {
    **{f"card.{n}" if n in COMPONENTS else n: source for n, source in reading.parts(PACK.standards).items()},
    **reading.parts(guidance=PACK.guidance),
    **{standard.id: standard.source for standard in PACK.standards},
    **{f"domain.{domain.id}": domain.source for domain in DOMAINS},
    **{f"point.{point.id}.{n}": f.source for point in POINTS for n, f in enumerate(point.features, start=1)},
}


def test_the_toolkit_has_4_domains_16_subdomains_and_70_components() -> None:
    assert [domain.id for domain in DOMAINS] == ["1", "2", "3", "4"]
    assert Counter(subdomain.section for subdomain in PACK.standards) == {"1": 5, "2": 2, "3": 4, "4": 5}
    assert Counter(name[0] for name in COMPONENTS) == {"1": 23, "2": 10, "3": 19, "4": 18}


def test_each_point_of_proficiency_has_four_general_bullets() -> None:
    assert [len(point.features) for point in POINTS] == [4, 4, 4]


def test_210_points_have_204_texts_of_which_12_belong_to_no_point_for_certain() -> None:
    units = PACK.criteria.values()
    assert Counter((unit.status, unit.descriptor is not None) for unit in units) == {
        ("present", True): 192,
        ("unresolved", False): 18,
    }
    unattributed = {name: len(c.unattributed) for name, c in COMPONENTS.items() if c.unattributed}
    assert unattributed == dict.fromkeys(HALF_LOST, 2)


def test_the_points_without_a_text_are_those_of_1d_i_to_vi() -> None:
    expected = [f"{component}@{point.id}" for component in HALF_LOST for point in POINTS]
    assert sorted(reading.doubtful(PACK, "unresolved", "point")) == sorted(expected)


def test_everything_that_was_read_is_in_the_pack() -> None:
    assert reading.only_read(READING, PARTS) == []


def test_everything_in_the_pack_was_read_but_for_the_points_without_a_text() -> None:
    without_text = [unit.id for unit in PACK.criteria.values() if unit.status == "unresolved"]
    assert reading.only_in_pack(READING, PARTS) == [f"{name}!unresolved" for name in without_text]
    assert reading.only_in_pack(READING, PACK.criteria) == without_text


def test_everything_is_cited_where_it_was_read() -> None:
    assert reading.cited_elsewhere(READING, PARTS) == []


def test_the_words_that_were_read_stand_where_they_were_read() -> None:
    assert reading.words_elsewhere(READING, reading.lines_of(PACK)) == []


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.label)
def test_each_domain_carries_the_documents_heading(domain: Section) -> None:
    assert domain.title in reading.lines_of(PACK)


def test_what_the_document_does_not_state_is_counted_and_explained() -> None:
    assert provenance_of(PACK).counts == {"missing": 3, "unresolved": 20, "interpreted": 36, "proposed": 14}
    assert reading.unexplained(PACK) == []


def test_no_purpose_that_it_refuses_is_served() -> None:
    assert {"pay", "capability", "ranking"} <= {refusal.id for refusal in PACK.framework.refuses}
    assert reading.refused_and_served(PACK) == []


def test_nothing_expects_a_point_of_anybody_or_makes_a_level_a_score_or_a_threshold() -> None:
    assert [purpose.id for purpose in PACK.framework.purposes] == ["development"]
    assert {rule.KIND for rule in PACK.rules} == {"profile", "decision_table"}
    assert (PACK.framework.grades, PACK.framework.roles) == ((), ())
    assert [(o.level, o.zone) for o in PACK.outcomes.values()] == [(None, None)]
    gaps = " ".join(gap.what for gap in PACK.framework.gaps if gap.status == "missing")
    assert "How components weigh against one another, and which point is expected of which role" in gaps


def test_no_link_to_the_national_standards_is_called_stated() -> None:
    links = [link for crosswalk in PACK.crosswalks for link in crosswalk.links]
    assert {link.basis for link in links} == {"proposed"}
    gaps = [gap for gap in PACK.framework.gaps if "is aligned with" in gap.what]
    assert [(gap.status, line_numbers(gap.source)) for gap in gaps] == [("missing", [22])]


def test_support_staff_are_explained_for_every_component_that_speaks_of_them() -> None:
    term = TERMS["term.support_staff"]
    assert "teaching assistants and other classroom practitioners are included" in (term.text or "")
    assert list(term.about) == [name for name, texts in TEXTS.items() if "support staff" in texts]


def test_power_and_love_are_explained_for_the_culture_and_every_component_that_names_both() -> None:
    named = [name for name, texts in TEXTS.items() if "power and love" in texts or "and with love" in texts]
    for term in ("term.power", "term.love", "term.power_and_love"):
        assert list(TERMS[term].about) == [*named, "2a", "2b"]
        assert line_numbers(TERMS[term].source) == [224]
    assert "not to control" in (TERMS["term.power"].text or "")
    assert "care, empathy and respect" in (TERMS["term.love"].text or "")
