"""What is told of a few people: nothing, and nothing by which it could be worked out, however somebody reckons."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import support
from attack import Reader, kinds_of_people
from bandstand.change.report import told
from bandstand.change.tally import Cell, Tally, Told
from bandstand.suppress import (
    cells_withheld,
    coarsened,
    crossed_cells_withheld,
    first_that_may_be_told,
    may_tell,
    rows_withheld,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.models.impact import OutcomeImpact
    from bandstand.packs.pack import Pack

slow = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


# what may be told at all


def test_nobody_may_be_told_and_a_few_may_not() -> None:
    assert [may_tell(number, 10) for number in (0, 1, 9, 10, 11)] == [True, False, False, True, True]


def test_the_finest_way_of_telling_that_tells_of_no_few_is_taken() -> None:
    choices = [(("a",), ("b",), ("c",)), (("a", "b"), ("c",)), (("a", "b", "c"),)]
    assert first_that_may_be_told(choices, {"a": 12, "b": 0, "c": 10}, 10) == choices[0]
    assert first_that_may_be_told(choices, {"a": 8, "b": 3, "c": 10}, 10) == choices[1]
    assert first_that_may_be_told(choices, {"a": 8, "b": 3, "c": 9}, 10) == choices[2]
    assert first_that_may_be_told(choices, {"a": 3, "b": 3, "c": 3}, 10) is None


def test_neighbours_are_put_together_until_nobody_or_enough_are_in_each() -> None:
    parts = (("a",), ("b",), ("c",), ("d",))
    assert coarsened(parts, {"a": 12, "b": 4, "c": 7, "d": 20}, 10) == (("a",), ("b", "c"), ("d",))
    assert coarsened(parts, {"a": 12, "b": 0, "c": 7, "d": 20}, 10) == (("a", "c"), ("b",), ("d",))
    assert coarsened(parts, {"a": 3}, 10) == parts


@given(st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 25)), min_size=1, max_size=4))
def test_partitions_made_one_from_the_other_tell_nothing_when_compared(sizes: list[dict[str, int]]) -> None:
    partition: tuple[tuple[str, ...], ...] = tuple((name,) for name in "abcdefgh")
    for of in sizes:
        before, partition = partition, coarsened(partition, of, 10)
        assert all(any(set(part) <= set(whole) for whole in partition) for part in before)
        if sum(of.values()) >= 10:
            assert all(may_tell(sum(of.get(name, 0) for name in part), 10) for part in partition)


# tables of rows and columns

THRESHOLD = 5


@st.composite
def tables(draw: st.DrawFn) -> dict[int, list[int]]:
    """A table in which each row has enough people, and each column none or enough."""
    width = draw(st.integers(2, 4))
    small = st.one_of(st.integers(0, 7), st.sampled_from([0, 0, 1, 12, 20]))
    rows = draw(st.lists(st.lists(small, min_size=width, max_size=width), min_size=2, max_size=5))
    columns = [max(enumerate(c), key=lambda item: item[1])[0] for c in zip(*rows, strict=True)]
    for row in rows:
        row[row.index(max(row))] += max(0, THRESHOLD - sum(row))
    for at, top in enumerate(columns):
        whole = sum(row[at] for row in rows)
        rows[top][at] += 0 if may_tell(whole, THRESHOLD) else THRESHOLD - whole
    return dict(enumerate(rows))


def ends(known: Sequence[Any], number: Any) -> tuple[int, int]:
    """The least and the most that a number can be, of a reader who knows all that."""
    found = []
    for least in (True, False):
        search = z3.Optimize()
        search.add(*known)
        goal = search.minimize(number) if least else search.maximize(number)
        assert search.check() == z3.sat
        found.append(int((search.lower(goal) if least else search.upper(goal)).as_long()))
    return found[0], found[1]


@settings(slow, max_examples=60)
@given(tables())
def test_a_withheld_number_of_a_table_can_be_anything_in_a_range_as_wide_as_the_threshold(
    table: dict[int, list[int]],
) -> None:
    withheld = rows_withheld(table, THRESHOLD)
    for row, cells in table.items():
        assert row in withheld or all(may_tell(cell, THRESHOLD) for cell in cells)
    if not withheld:
        return
    width = len(table[0])
    unknown = {(row, at): z3.Int(f"r{row}c{at}") for row in withheld for at in range(width)}
    known = [number >= 0 for number in unknown.values()]
    known += [z3.Sum([unknown[row, at] for at in range(width)]) == sum(table[row]) for row in withheld]
    for at in range(width):
        together = sum(table[row][at] for row in withheld)
        known.append(z3.Sum([unknown[row, at] for row in withheld]) == together)
    for (_, at), number in unknown.items():
        least, most = ends(known, number)
        if sum(table[other][at] for other in withheld):
            assert most - least >= THRESHOLD


def test_a_row_is_never_withheld_alone() -> None:
    table = {"a": [30, 2], "b": [20, 20], "c": [40, 10]}
    assert rows_withheld(table, 5) == {"a", "b"}


def test_nothing_is_withheld_where_nothing_is_of_a_few() -> None:
    assert rows_withheld({"a": [30, 0], "b": [20, 20]}, 5) == frozenset()


# cells of which the sum is told


@settings(slow, max_examples=150)
@given(st.dictionaries(st.integers(0, 11), st.integers(0, 12), min_size=2), st.sets(st.integers(0, 11)))
def test_a_withheld_cell_can_be_anything_in_a_range_as_wide_as_the_threshold(
    block: dict[int, int], few: set[int]
) -> None:
    if not may_tell(sum(block.values()), THRESHOLD) or len(block) * (THRESHOLD - 1) < THRESHOLD:
        return
    withheld = cells_withheld(block, few & block.keys(), THRESHOLD)
    assert all(key in withheld or may_tell(number, THRESHOLD) for key, number in block.items())
    if sum(block.values()):
        assert few & block.keys() <= withheld
    cells = {key: z3.Int(f"c{key}") for key in withheld}
    # Short of a block of which nothing is told, a reader who knows where people are knows that nobody is nowhere.
    least_of_all = 0 if len(withheld) == len(block) else 1
    someone = [key for key in withheld if block[key] or not least_of_all]
    known = [cells[key] >= least_of_all for key in someone] + [cells[key] == 0 for key in withheld - set(someone)]
    known.append(z3.Sum(list(cells.values())) == sum(block[key] for key in withheld))
    for key in someone:
        least, most = ends(known, cells[key])
        assert most - least >= THRESHOLD


def test_with_a_small_number_goes_as_much_as_hides_it() -> None:
    assert cells_withheld({"a": 2, "b": 40, "c": 12, "d": 0}, set(), 10) == {"a", "c"}
    assert cells_withheld({"a": 40, "b": 12, "c": 0}, set(), 10) == frozenset()
    # So few that only their sum may be told: where they are not is withheld as well.
    assert cells_withheld({"a": 3, "b": 4, "c": 4, "d": 0}, set(), 10) == {"a", "b", "c", "d"}


# cells of a table of which the totals are told


@st.composite
def crossed(draw: st.DrawFn) -> dict[tuple[int, int], int]:
    """A table in which each row and each column has nobody or enough people."""
    tall, width = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    small = st.one_of(st.integers(0, 7), st.sampled_from([0, 0, 0, 1, 12, 40]))
    cells = {(row, at): draw(small) for row in range(tall) for at in range(width)}
    for line in (
        *([(r, c) for c in range(width)] for r in range(tall)),
        *([(r, c) for r in range(tall)] for c in range(width)),
    ):
        whole = sum(cells[cell] for cell in line)
        most = max(line, key=lambda cell: cells[cell])
        cells[most] += 0 if may_tell(whole, THRESHOLD) else THRESHOLD - whole
    return cells


def margins(cells: dict[tuple[int, int], int], numbers: dict[tuple[int, int], Any]) -> list[Any]:
    """What a reader knows of the numbers of a table that are not told."""
    known = []
    for side in (0, 1):
        for name in {cell[side] for cell in cells}:
            line = [cell for cell in cells if cell[side] == name]
            whole = z3.Sum([numbers.get(cell, z3.IntVal(cells[cell])) for cell in line])
            known.append(whole == sum(cells[cell] for cell in line))
    return known


@settings(slow, max_examples=150)
@given(crossed())
def test_a_withheld_cell_of_a_table_with_totals_can_be_anything_in_a_range_as_wide_as_the_threshold(
    cells: dict[tuple[int, int], int],
) -> None:
    withheld = crossed_cells_withheld(cells, THRESHOLD)
    assert all(cell in withheld or may_tell(number, THRESHOLD) for cell, number in cells.items())
    numbers = {cell: z3.Int(f"r{cell[0]}c{cell[1]}") for cell in withheld}
    # In a row or a column of which something is told, a reader knows that what is withheld is somebody.
    lines = [{cell[side] for cell, number in cells.items() if number} for side in (0, 1)]
    shown = [cell for cell in cells if cell[0] in lines[0] and cell[1] in lines[1] and cell not in withheld]
    told_of = [{cell[side] for cell in shown} for side in (0, 1)]
    some = [cell for cell in withheld if cells[cell] and cell[0] in told_of[0] and cell[1] in told_of[1]]
    known = [numbers[cell] >= int(cell in some) for cell in withheld] + margins(cells, numbers)
    for cell in withheld:
        least, most = ends(known, numbers[cell])
        assert most - least >= THRESHOLD


def test_with_a_small_cell_go_the_corners_of_the_rectangle_with_the_fewest_people() -> None:
    cells = {("a", 0): 2, ("a", 1): 40, ("a", 2): 30, ("b", 0): 20, ("b", 1): 10, ("b", 2): 50, ("c", 0): 0}
    cells |= {("c", 1): 90, ("c", 2): 12}
    assert crossed_cells_withheld(cells, 5) == {("a", 0), ("a", 1), ("b", 0), ("b", 1)}
    assert crossed_cells_withheld({cell: 10 * n for cell, n in cells.items()}, 5) == frozenset()


def test_where_no_rectangle_of_people_holds_a_small_cell_a_zero_is_withheld_too() -> None:
    cells = {("a", 0): 2, ("a", 1): 40, ("b", 0): 20, ("b", 1): 0}
    assert crossed_cells_withheld(cells, 5) == cells.keys()


def test_a_row_of_which_even_all_numbers_are_too_few_is_withheld_whole_and_no_other() -> None:
    cells = {(row, at): 50 for row in "bcd" for at in range(6)} | {("a", at): int(at < 5) for at in range(6)}
    withheld = crossed_cells_withheld(cells, 5)
    assert {("a", at) for at in range(6)} <= withheld
    assert len({row for row, _ in withheld}) == 2


# everything that is told of an outcome, at once


def tally(people: Sequence[Cell]) -> Tally:
    found = Tally(Told(level=True, zone=True, result=False, action=True))
    found.cells.update(people)
    return found


PACK: Pack = support.pack(
    support.framework(outcomes=[support.outcome(), support.outcome(id="other"), support.outcome(id="third")])
)


def all_told(threshold: int, **tallies: Tally) -> dict[str, OutcomeImpact]:
    return {found.outcome: found for found in told(tallies, (PACK, PACK), threshold)}


def populations(kinds: Sequence[Cell]) -> st.SearchStrategy[list[Cell]]:
    """People of whom most stay as they are, as it is when a pack is changed."""
    stays = [kind for kind in kinds if kind.fate == "same"]
    some = st.lists(st.sampled_from(kinds), max_size=16)
    many = st.lists(st.tuples(st.sampled_from(stays), st.integers(1, 9)), min_size=1, max_size=8)
    return st.tuples(some, many).map(lambda both: both[0] + [kind for kind, n in both[1] for _ in range(n)])


SMALL = kinds_of_people("abc", "xy", (0, 1), ("red", "amber"))
TALL = kinds_of_people("ab", "x", (0, 1, 2, 3), (None,))


@pytest.mark.parametrize("kinds", [SMALL, TALL], ids=["with zones and schools", "with many levels"])
def test_nobody_works_out_a_small_number_from_all_that_is_told(kinds: list[Cell]) -> None:
    @settings(slow, max_examples=25)
    @given(populations(kinds))
    def attack(people: list[Cell]) -> None:
        found = all_told(4, ladder=tally(people))["ladder"]
        if found.people is None:
            return
        reader = Reader(found, kinds)
        assert reader.can_be(Counter(people))
        for name, least, most in reader.ranges():
            assert most - least >= 4, name

    attack()


@given(populations(SMALL))
def test_whatever_is_told_is_nobody_or_enough(people: list[Cell]) -> None:
    found = all_told(6, ladder=tally(people))["ladder"]
    numbers = [block.people for block in found.blocks]
    for table in (found.grades, found.schools):
        for group in table.groups if table else ():
            numbers += [group.people, *(count for count in group.counts if count is not None)]
    for matrix in (found.levels, found.zones):
        for row in matrix.cells if matrix else ():
            numbers += [cell for cell in row if cell is not None]
    assert [number for number in numbers if not may_tell(number, 6)] == []


@given(populations(SMALL))
def test_what_is_told_is_true(people: list[Cell]) -> None:
    found = all_told(6, ladder=tally(people))["ladder"]
    assert found.people in (None, len(people))
    for block in found.blocks:
        assert block.people == sum(kind.fate in block.fates for kind in people)
    for by, table in (("grade", found.grades), ("school", found.schools)):
        for group in table.groups if table else ():
            here = [kind for kind in people if getattr(kind, by) in group.members]
            assert group.people == len(here)
            for block, count in zip(table.columns if table else (), group.counts, strict=True):
                assert count in (None, sum(kind.fate in block.fates for kind in here))


@given(st.lists(populations(SMALL), min_size=2, max_size=3))
def test_groups_of_one_outcome_are_within_those_of_another(several: list[list[Cell]]) -> None:
    names = ("ladder", "other", "third")
    found = all_told(8, **{name: tally(people) for name, people in zip(names, several, strict=False)})
    tables = [[set(group.members) for group in impact.grades.groups] for impact in found.values() if impact.grades]
    for one in tables:
        for other in tables:
            both = set().union(*one) & set().union(*other)
            for part in (members & both for members in one):
                for whole in (members & both for members in other):
                    assert part <= whole or whole <= part or not part & whole


def test_a_whole_of_too_few_people_is_said_to_be_that_and_no_more() -> None:
    people = [SMALL[0]] * 9
    found = all_told(10, ladder=tally(people))["ladder"]
    assert (found.people, found.blocks, found.grades, found.levels) == (None, (), None, None)
    assert found.notes == ("Fewer than 10 people were evaluated, so nothing is told of them.",)


def test_where_a_few_change_their_level_they_are_told_with_others_who_change() -> None:
    same = next(kind for kind in TALL if kind.fate == "same")
    lower = next(kind for kind in TALL if kind.fate == "lower")
    advice = next(kind for kind in TALL if kind.fate == "recommendation")
    found = all_told(10, ladder=tally([same] * 40 + [lower] * 3 + [advice] * 20))["ladder"]
    assert [(block.label, block.people) for block in found.blocks] == [("any change", 23), ("no change", 40)]
    assert found.levels is None
    few = all_told(10, ladder=tally([same] * 40 + [lower] * 3))["ladder"]
    assert (few.blocks, few.levels, few.grades) == ((), None, None)
    assert few.notes == ("Fewer than 10 people would change, or would not; how many is withheld.",)


def test_people_who_are_few_at_a_level_are_not_told_to_be_nowhere_else() -> None:
    stay = [Cell("a", "x", "same", (level, level), None) for level in (0, 1) for _ in range(20)]
    down = [Cell("a", "x", "lower", (1, 0), None)] * 12
    head = [Cell("a", "x", "same", (3, 3), None)] * 2
    found = all_told(10, ladder=tally([*stay, *down, *head]))["ladder"]
    assert found.levels is not None
    was_at_three = found.levels.cells[3]
    assert was_at_three[:3] == (None, None, None)
    assert was_at_three[3] is None
