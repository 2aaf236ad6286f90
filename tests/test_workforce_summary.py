"""What a table of results comes to: counts that are true, and none of a few people, however somebody reckons."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bandstand import plugins
from bandstand.cohort.results import SCHEMA
from bandstand.suppress import may_tell
from bandstand.workforce.counts import Counts, Pinned
from bandstand.workforce.summary import summarise
from bandstand.workforce.telling import told
from bandstand.workforce.verify import row_of
from commands import Cli, validate
from workforce import catalogue, examples_evaluated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bandstand.models.summary import OutcomeSummary, Summary

THRESHOLD = 5
KEY = ("smart_equip", "ladder")
#: Grade, level, zone, level before and zone before.
Kind = tuple[str, int, str | None, int, str | None]


@pytest.fixture(autouse=True)
def _plugins_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "load_catalogue", catalogue)


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(monkeypatch, capsys)


def rows(*many: tuple[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """So many people with these fields each, besides what somebody's row on the ladder has."""
    somebody = row_of(next(e for e in examples_evaluated() if (e.pack.id, e.outcome.id) == KEY))
    made = [fields for number, fields in many for _ in range(number)]
    return [{**somebody, "person": f"P-{at:04}", **fields} for at, fields in enumerate(made)]


def results(path: Path, of: Iterable[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(of), schema=SCHEMA), path)
    return path


def teaching(grade: str, level: int, zone: str | None = "amber", **more: Any) -> dict[str, Any]:
    return {"grade": f"teaching:{grade}", "level": level, "zone": zone, **more}


# what is told of counts


def counts(people: Sequence[Kind]) -> Counts:
    found = Counts(Pinned("appraisal", examples_evaluated()[0].as_of, "p 1", "sha256:none", None))
    for grade, level, zone, before, zone_before in people:
        found.places[grade, level, zone] += 1
        found.levels_moved[before, level] += 1
        found.zones_moved[zone_before, zone] += 1
        found.seen["all"] += 1
        found.actions["go_on"] += 1
    return found


#: The zone of each level by grade, as everybody knows it who knows the framework.
BANDS: dict[str, tuple[str | None, ...]] = {
    "a": ("red", "amber", "amber"),
    "b": ("red", "red", "green"),
    "c": ("amber", "green", "green"),
}
#: Everything that anybody could be, where the zone follows from grade and level, and where it also goes by a role.
BY_BAND: list[Kind] = []
for grade, zones in BANDS.items():
    BY_BAND += [(grade, level, zones[level], before, zones[before]) for level in (0, 1, 2) for before in (0, 1, 2)]
BY_ROLE: list[Kind] = [
    (grade, level, zone, before, was)
    for grade in "ab"
    for level in (0, 1)
    for before in (0, 1)
    for zone in (None, "red")
    for was in (None, "red")
]


def populations(kinds: Sequence[Kind]) -> st.SearchStrategy[list[Kind]]:
    return st.lists(st.tuples(st.sampled_from(kinds), st.integers(1, 9)), min_size=1, max_size=12).map(
        lambda many: [kind for kind, number in many for _ in range(number)]
    )


class Reader:
    """Somebody who knows every number that is told, what anybody could be, and that people are whole."""

    def __init__(self, found: OutcomeSummary, kinds: Sequence[Kind]) -> None:
        self.people = {kind: z3.Int(f"n{at}") for at, kind in enumerate(kinds)}
        self.known = [number >= 0 for number in self.people.values()]
        self.withheld: list[Any] = []
        self._tell(kinds, found.people)
        if found.levels is not None:
            for column in found.levels.columns:
                self._tell((k for k in kinds if str(k[1]) in column.members), column.people)
            for group in found.levels.groups:
                here = [kind for kind in kinds if kind[0] in group.members]
                self._tell(here, group.people)
                for column, number in zip(found.levels.columns, group.counts, strict=True):
                    self._tell((k for k in here if str(k[1]) in column.members), number)
        if found.zones is not None:
            everybody = (tuple("abc"), found.zones.least, found.zones.exact)
            for members, least, exact in (everybody, *((g.members, g.least, g.exact) for g in found.zones.groups)):
                for zone, number in zip(found.zones.zones, least, strict=True):
                    whole = self._sum(k for k in kinds if k[0] in members and k[2] == zone)
                    self.known.append(whole == number if exact else whole >= number)
        for moved, before, now in ((found.levels_moved, 3, 1), (found.zones_moved, 4, 2)):
            if moved is None:
                continue
            for column in moved.now:
                self._tell((k for k in kinds if name(k[now]) in column.members), column.people)
            for was, line in zip(moved.before, moved.cells, strict=True):
                here = [kind for kind in kinds if name(kind[before]) in was.members]
                self._tell(here, was.people)
                for column, number in zip(moved.now, line, strict=True):
                    self._tell((k for k in here if name(k[now]) in column.members), number)

    def _sum(self, kinds: Iterable[Kind]) -> Any:
        return z3.Sum([self.people[kind] for kind in kinds])

    def _tell(self, kinds: Iterable[Kind], number: int | None) -> None:
        whole = self._sum(kinds)
        if number is None:
            self.withheld.append(whole)
        else:
            self.known.append(whole == number)

    def ranges(self) -> Iterable[int]:
        """How wide the range of each number is that is withheld."""
        for number in self.withheld:
            ends = []
            for least in (True, False):
                search = z3.Optimize()
                search.add(*self.known)
                goal = search.minimize(number) if least else search.maximize(number)
                assert search.check() == z3.sat
                ends.append(int((search.lower(goal) if least else search.upper(goal)).as_long()))
            yield ends[1] - ends[0]

    def can_be(self, people: Sequence[Kind]) -> bool:
        of, solver = Counter(people), z3.Solver()
        solver.add(*self.known, *(number == of[kind] for kind, number in self.people.items()))
        return bool(solver.check() == z3.sat)


def name(place: float | str | None) -> str:
    return "no zone" if place is None else str(place)


@pytest.mark.parametrize("kinds", [BY_BAND, BY_ROLE], ids=["zones by band", "zones by role too"])
def test_nobody_works_out_a_small_number_from_all_tables_together(kinds: list[Kind]) -> None:
    @settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(populations(kinds))
    def attack(people: list[Kind]) -> None:
        (found,) = told({KEY: counts(people)}, {}, THRESHOLD)
        if found.people is None:
            assert len(people) < THRESHOLD
            return
        reader = Reader(found, kinds)
        assert reader.can_be(people), "what is told is true"
        assert [width for width in reader.ranges() if width < THRESHOLD] == []

    attack()


@settings(deadline=None)
@given(st.sampled_from([BY_BAND, BY_ROLE]).flatmap(populations))
def test_whatever_is_told_is_nobody_or_enough(people: list[Kind]) -> None:
    (found,) = told({KEY: counts(people)}, {}, THRESHOLD)
    numbers = [int(text) for text in re.findall(r"'people': (\d+)", str(found.model_dump()))]
    if found.levels is not None:
        numbers += [number or 0 for group in found.levels.groups for number in group.counts]
    if found.zones is not None:
        numbers += [number for group in found.zones.groups for number in group.least]
    for moved in (found.levels_moved, found.zones_moved):
        numbers += [number or 0 for line in moved.cells for number in line] if moved else []
    assert [number for number in numbers if not may_tell(number, THRESHOLD)] == []


def test_zones_are_told_of_those_alone_of_whom_the_level_is() -> None:
    of: dict[Kind, int] = {
        ("a", 0, "red", 0, "red"): 30,
        ("a", 1, "amber", 0, "red"): 20,
        ("b", 0, "red", 0, "red"): 20,
        ("b", 2, "green", 0, "red"): 3,
        ("c", 2, "green", 2, "green"): 20,
        ("c", 0, "amber", 0, "amber"): 9,
    }
    (found,) = told({KEY: counts([kind for kind, number in of.items() for _ in range(number)])}, {}, THRESHOLD)
    assert found.levels is not None
    assert [group.counts for group in found.levels.groups] == [(30, 20, 0), (None, 0, None), (None, 0, None)]
    assert found.zones is not None
    assert [(group.least, group.exact) for group in found.zones.groups] == [
        ((0, 30, 20, 0, 0), True),
        ((0, 0, 0, 0, 0), False),
        ((0, 0, 0, 0, 0), False),
    ]
    assert (found.zones.least, found.zones.exact) == ((0, 30, 20, 0, 0), False)
    assert found.zones_moved is None
    assert "From which zone to which is withheld" in " ".join(found.notes)


def test_from_zone_to_zone_is_withheld_where_something_is_of_levels() -> None:
    of: dict[Kind, int] = {
        ("a", 0, "red", 0, "red"): 5,
        ("a", 1, "amber", 1, "amber"): 1,
        ("a", 1, "amber", 2, "amber"): 5,
    }
    (found,) = told({KEY: counts([kind for kind, number in of.items() for _ in range(number)])}, {}, THRESHOLD)
    assert found.zones is not None
    assert found.zones.exact
    assert found.levels_moved is not None
    assert found.levels_moved.cells[0] == (None, None, 0)
    assert found.zones_moved is None


def test_where_there_are_no_levels_zones_are_told_by_themselves() -> None:
    of = counts([])
    of.places.update({("a", None, "red"): 20, ("a", None, "green"): 30, ("b", None, "red"): 30, ("b", None, None): 9})
    of.seen["all"] = 89
    (found,) = told({KEY: of}, {}, THRESHOLD)
    assert found.levels is None
    assert found.zones is not None
    assert [(group.least, group.exact) for group in found.zones.groups] == [
        ((0, 20, 0, 0, 30), True),
        ((9, 30, 0, 0, 0), True),
    ]


def test_of_fewer_people_than_the_threshold_nothing_is_told() -> None:
    (found,) = told({KEY: counts([BY_ROLE[0]] * 4)}, {}, THRESHOLD)
    assert (found.people, found.levels, found.seen, found.caveats) == (None, None, (), ())
    assert found.notes == ("Fewer than 5 people were evaluated, so nothing is told of them.",)


def test_what_is_said_of_all_but_a_few_is_withheld_as_what_is_said_of_a_few() -> None:
    of = counts([BY_ROLE[0]] * 20)
    of.caveats.update({"one-view": 17, "provisional": 3, "no-grade": 10, "validity": 20})
    (found,) = told({KEY: of}, {}, THRESHOLD)
    assert {one.code: one.people for one in found.caveats} == {
        "one-view": None,
        "provisional": None,
        "no-grade": 10,
        "validity": 20,
    }


# what a table of results comes to


def summed(path: Path, of: Iterable[dict[str, Any]]) -> Summary:
    return summarise(results(path / "results.parquet", of), THRESHOLD, catalogue())


def test_levels_and_zones_are_counted_by_grade_in_the_frameworks_order(tmp_path: Path) -> None:
    people = rows(
        (9, teaching("UPS1", 3)),
        (8, teaching("M1-6", 1, "red")),
        (6, teaching("M1-6", 2)),
        (5, {"grade": None, "zone": "green"}),
    )
    (found,) = summed(tmp_path, people).outcomes
    assert (found.label, found.people) == ("The leadership ladder", 28)
    assert found.levels is not None
    assert found.zones is not None
    assert [group.members for group in found.levels.groups] == [
        ("teaching:M1-6",),
        ("teaching:UPS1",),
        ("not known",),
    ]
    by_level = {
        column.members: count for column, count in zip(found.levels.columns, found.levels.groups[0].counts, strict=True)
    }
    assert by_level["1",] == 8
    assert by_level["2",] == 6
    assert found.zones.zones == (None, "red", "amber", "gold", "green")
    assert found.zones.groups[0].least == (0, 8, 6, 0, 0)
    assert (found.zones.least, found.zones.exact) == ((0, 8, 15, 0, 5), True)


def test_how_much_is_seen_and_what_is_recommended_are_counted(tmp_path: Path) -> None:
    some = {"seen": 30, "criteria": 60, "action": "objective"}
    all_of_it = {"seen": 60, "criteria": 60, "action": "keep"}
    (found,) = summed(tmp_path, rows((9, some), (8, all_of_it), (7, {"seen": 0, "action": "keep"}))).outcomes
    assert {part.label: part.people for part in found.seen} == {"nothing": 7, "up to half": 9, "all": 8}
    assert {part.label: part.people for part in found.actions} == {"objective": 9, "keep": 15}


def test_caveats_and_advice_are_counted_once_for_each_person(tmp_path: Path) -> None:
    shaky = {"caveats": ["basis:illustrative", "one-view"], "notes": ["target_high"]}
    (found,) = summed(tmp_path, rows((9, shaky), (8, {"caveats": [], "notes": []}))).outcomes
    assert {one.code: one.people for one in found.caveats} == {"basis:illustrative": 9, "one-view": 9}
    assert {one.code: one.people for one in found.advice} == {"target_high": 9}


def test_movement_is_told_where_an_earlier_day_was_compared_with(tmp_path: Path) -> None:
    up = teaching("M1-6", 2, "amber", level_before=1, zone_before="red")
    stays = teaching("M1-6", 1, "red", level_before=1, zone_before="red")
    (found,) = summed(tmp_path, rows((9, up), (8, stays))).outcomes
    assert found.levels_moved is not None
    assert [part.label for part in found.levels_moved.before] == ["1", "2"]
    assert found.levels_moved.cells == ((8, 9), (0, 0))
    assert found.zones_moved is not None
    assert found.zones_moved.cells[1][:3] == (0, 8, 9)
    (without,) = summed(tmp_path, rows((9, teaching("M1-6", 2)))).outcomes
    assert (without.levels_moved, without.zones_moved) == (None, None)


def test_an_outcome_with_the_levels_of_another_is_told_once(tmp_path: Path) -> None:
    people = rows((9, teaching("M1-6", 2)), (8, teaching("M1-6", 1)))
    twice = [
        *people,
        *({**row, "outcome": "second", "level": 1 if at == 0 else row["level"]} for at, row in enumerate(people)),
    ]
    first, second = summed(tmp_path, twice).outcomes
    assert first.levels is not None
    assert second.levels is None
    assert second.notes == ("Told of an outcome above, where they are the same: levels, zones, actions.",)


def test_a_table_of_several_runs_is_refused(tmp_path: Path, cli: Cli) -> None:
    one = rows((9, teaching("M1-6", 2)), (8, teaching("M1-6", 2, purpose="pay")))
    code, _, err = cli("summary", results(tmp_path / "results.parquet", one))
    assert (code, "holds several runs: smart_equip, ladder, was evaluated for several purposes" in err) == (2, True)


# the command


def test_the_command_prints_tables_of_numbers_and_no_person(tmp_path: Path, cli: Cli) -> None:
    path = results(
        tmp_path / "results.parquet",
        rows((30, teaching("M1-6", 2)), (40, teaching("UPS1", 3)), (13, teaching("M1-6", 3))),
    )
    code, out, err = cli("summary", path)
    assert (code, err) == (0, "")
    assert "People decide; these are recommendations." in out
    assert "smart_equip: The leadership ladder: 83 people" in out
    assert re.search(r"teaching:UPS1 +40 +0", out)
    assert "P-0001" not in out


def test_the_command_writes_json_as_the_published_schema_has_it(tmp_path: Path, cli: Cli) -> None:
    path = results(tmp_path / "results.parquet", rows((30, teaching("M1-6", 2)), (3, teaching("UPS1", 3))))
    code, out, _ = cli("summary", path, "--json", "--threshold", "4")
    document = json.loads(out)
    validate("summary", document)
    assert (code, document["threshold"], document["results"]) == (0, 4, "results.parquet")
    assert document["outcomes"][0]["levels"]["groups"] == [
        {"members": ["teaching:M1-6", "teaching:UPS1"], "people": 33, "counts": [33]}
    ]


def test_the_page_stands_by_itself_and_names_nobody(tmp_path: Path, cli: Cli) -> None:
    many = [(12, teaching("M1-6", level, level_before=level - 1, zone_before="red")) for level in (1, 2, 3)]
    path, page = results(tmp_path / "results.parquet", rows(*many)), tmp_path / "page.html"
    code, _, err = cli("summary", path, "--report", page)
    assert (code, err) == (0, f"{page}: the same as a page.")
    text = page.read_text("utf-8")
    assert text.count("<svg ") == 6
    assert "<h3>Levels by grade</h3>" in text
    assert "People decide; these are recommendations." in text
    assert "P-0001" not in text
    assert not re.search(r"<script|https?://(?!www\.w3\.org)|<link|<img", text)
    code, _, err = cli("summary", path, "--report", page)
    assert (code, "is there already; --force replaces it" in " ".join(err.replace("│", "").split())) == (2, True)


def test_what_is_no_table_of_results_is_said_to_be_none(tmp_path: Path, cli: Cli) -> None:
    other, empty = tmp_path / "other.parquet", tmp_path / "folder"
    pq.write_table(pa.table({"person": ["P-0001"]}), other)
    empty.mkdir()
    broken = tmp_path / "broken.parquet"
    broken.write_text("no")
    words, arrow = tmp_path / "results.csv", tmp_path / "broken.arrow"
    words.write_text("person")
    arrow.write_text("no")
    for path, said in (
        (other, "is no table of results: it has no column framework, outcome"),
        (empty, "is a folder without a Parquet file in it"),
        (broken, "broken.parquet cannot be read: "),
        (words, "is neither Parquet nor Arrow, by its name"),
        (arrow, "broken.arrow cannot be read: "),
        (tmp_path / "none.parquet", "There is no "),
    ):
        code, _, err = cli("summary", path)
        assert (code, said in err) == (2, True), err


def test_an_arrow_file_is_summed_up_as_a_parquet_file_is(tmp_path: Path) -> None:
    people = rows((9, teaching("M1-6", 2)), (8, teaching("M1-6", 1)))
    path = tmp_path / "results.arrow"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, SCHEMA) as writer:
        writer.write_table(pa.Table.from_pylist(people, schema=SCHEMA))
    found = summarise(path, THRESHOLD, catalogue())
    assert found.outcomes == summed(tmp_path, people).outcomes


def test_a_folder_of_parts_is_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "results.parquet"
    folder.mkdir()
    (folder / "_SUCCESS").write_text("")
    people = rows((9, teaching("M1-6", 2)), (8, teaching("M1-6", 1)))
    results(folder / "part-0.parquet", people[:10])
    results(folder / "part-1.parquet", people[10:])
    (found,) = summarise(folder, THRESHOLD).outcomes
    assert found.people == 17
    assert found.label is None
