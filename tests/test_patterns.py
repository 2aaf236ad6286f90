"""Patterns of evidence schemas: those that some text makes slow to read are found, with such a text, and no others."""

from __future__ import annotations

import itertools
import random
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bandstand.errors import ProblemsError
from bandstand.packs.load import load_pack
from bandstand.packs.pattern_steps import Stepper, TooIntricateError
from bandstand.packs.pattern_tree import UnreadPatternError, read_pattern
from bandstand.packs.patterns import LONGEST_FIELD, SlowInput, slow_input
from bandstand.plugins import load_catalogue
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.models.problem import Problem

#: Each takes steps that multiply with every round: a repeat in a repeat, alternatives that begin alike, empty rounds.
EXPONENTIAL = [
    r"^(a+)+$",
    r"^(a*)*b",
    r"^(a|a)*$",
    r"^(a|ab|b)*c$",
    r"^([a-z]+ ?)+$",
    r"^(\w+\s?)*$",
    r"^(.*,)*x$",
    r"^(x+x+)+y$",
    r"^(\d+|\d+\.\d*)*$",
    r"^((a|bc)+(d|bcd))*$",
    r"^(aa|aaa)*$",
    r"^((ab)*|(ab)*c)*$",
    r"^(?:a{1,30}){1,30}$",
    r"^(a?){30}a{30}$",
    "^" + "(a|b|c)?" * 60 + "$",
]
#: Each takes steps that add up: repeats beside one another that take the same, and a repeat begun anywhere.
ADDING = [
    r"^a*a*$",
    r"^\s*\s*x$",
    r"^.*.*.*=.*$",
    r"^[a-z]+[a-z0-9]*[0-9]*!$",
    r"\s+$",
    r"[0-9]+ pages",
    r"(foo|bar)*baz$",
]
QUICK = [
    r"^(\w|\d)*$",
    r"^([a-z]+-)*[a-z]+$",
    r"^[a-z]+( [a-z]+)*$",
    r"^[^\s]([^\x00]{0,118}[^\s])?$",
    r"^([1-9][0-9]{0,2}(,[0-9]{3})*)$",
    r"^[a-z0-9]+([._-][a-z0-9]+)*@[a-z0-9-]+(\.[a-z0-9-]+)+$",
    r"^\d{20}\d{20}$",
    r"^\d{1,20}\d{1,20}$",
    r"^[a-f0-9]{64}$",
    r"(a+)+",
    r"https?://\S+",
    r"\bdraft\b",
    r"",
]


@pytest.mark.parametrize("pattern", EXPONENTIAL)
def test_a_pattern_that_multiplies_is_found_with_a_short_text(pattern: str) -> None:
    slow = slow_input(pattern)
    assert slow is not None
    assert len(slow.text) < LONGEST_FIELD / 10


@pytest.mark.parametrize("pattern", ADDING)
def test_a_pattern_that_adds_up_is_found_with_a_text_that_fills_a_field(pattern: str) -> None:
    slow = slow_input(pattern)
    assert slow is not None
    assert LONGEST_FIELD - 10 < len(slow.text) <= LONGEST_FIELD


def test_the_texts_that_are_shown_really_keep_a_reader_busy() -> None:
    slow = [search(pattern, shown(pattern)) for pattern in EXPONENTIAL[::3]]
    # Thirty times the rounds are nine hundred times the steps and more: minutes, where a quick pattern takes no time.
    slow += [search(pattern, shown(pattern, rounds=30)) for pattern in ADDING[::3]]
    quick = [search(pattern, "a" * 30 * LONGEST_FIELD + "!") for pattern in QUICK]
    assert {running.wait() for running in quick} == {0}
    assert {running.wait() for running in slow} == {-signal.SIGKILL}


def shown(pattern: str, rounds: int = 1) -> str:
    slow = slow_input(pattern)
    assert slow is not None
    return SlowInput(slow.before, slow.again, rounds * slow.times, slow.after).text


def search(pattern: str, text: str) -> subprocess.Popen[bytes]:
    """Python itself, looking for a pattern in a text in another process, which is stopped after a second of work."""
    program = "import re, resource, sys; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n"
    program += "re.search(sys.argv[1], sys.stdin.read())"
    running = subprocess.Popen([sys.executable, "-I", "-c", program, pattern], stdin=subprocess.PIPE)  # noqa: S603
    assert running.stdin is not None
    running.stdin.write(text.encode())
    running.stdin.close()
    return running


@pytest.mark.parametrize("pattern", QUICK)
def test_a_pattern_that_is_quick_over_every_text_is_let_pass(pattern: str) -> None:
    assert slow_input(pattern) is None


def test_the_patterns_of_the_shipped_packs_are_quick() -> None:
    for pack in load_catalogue().frameworks().values():
        pattern = pack.evidence_schema["properties"]["criteria"]["items"]["pattern"]
        assert slow_input(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?=a+)a", "a look ahead or behind"),
        ("(?<!a)b", "a look ahead or behind"),
        (r"(a+)\1", "a reference back to a group"),
        ("(a)?(?(1)b|c)", "a condition on a group"),
        ("(?>a+)b", "an atomic group"),
        ("a++b", "a possessive repeat"),
        ("(?i)a+", "flags such as (?i)"),
        ("(?i:a+)b", "flags such as (?i:…)"),
    ],
)
def test_what_json_schema_advises_against_is_named_and_not_guessed_at(pattern: str, said: str) -> None:
    with pytest.raises(UnreadPatternError) as caught:
        slow_input(pattern)
    assert str(caught.value) == said


@pytest.mark.parametrize("pattern", ["^" + "[a-z]" * 300 + "$", "^(a{0,60}b{0,60}){0,60}$"])
def test_a_pattern_that_unfolds_to_too_much_is_said_to_be_too_intricate(pattern: str) -> None:
    with pytest.raises(TooIntricateError):
        slow_input(pattern)


def test_a_text_is_worded_part_by_part() -> None:
    assert str(SlowInput("", "a", 9_999, "!")) == '"a" 9,999 times, then "!"'
    assert str(SlowInput("x", "\t", 30, "")) == r'"x", then "\t" 30 times'
    assert SlowInput("x", "ab", 2, "!").text == "xabab!"


def test_a_slow_pattern_is_a_problem_of_its_line_and_shows_the_text(tmp_path: Path) -> None:
    schema = '{\n  "properties": {\n    "note": {\n      "pattern": "^([a-z]+ ?)+$"\n    }\n  }\n}\n'
    draft_problems = problems(tmp_path, schema)
    assert [(p.code, p.place.line, p.place.path) for p in draft_problems] == [
        ("slow-pattern", 4, "properties.note.pattern")
    ]
    (shown,) = draft_problems[0].counter_example
    assert re.fullmatch(r'a field that holds "aa", then "aa" \d\d times, then "."', shown)


def test_names_that_are_patterns_are_looked_into_too(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, '{ "not": { "patternProperties": { "^(a|a)+$": true } } }')
    assert (problem.code, problem.place.path) == ("slow-pattern", "not.patternProperties.^(a|a)+$")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("^(?!x)", 'The pattern "^(?!x)" uses a look ahead or behind, so nobody can tell how long it takes.'),
        ("[a-z]" * 300, "is too intricate to tell how long it takes: it has more than 1,000 characters."),
    ],
)
def test_a_pattern_of_which_nobody_can_tell_is_refused(pattern: str, message: str, tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f'{{ "properties": {{ "note": {{ "pattern": "{pattern}" }} }} }}')
    assert problem.code == "slow-pattern"
    assert problem.message.endswith(message)


def test_very_many_patterns_are_not_looked_into_one_by_one(tmp_path: Path) -> None:
    many = ", ".join(f'"f{n}": {{ "pattern": "^x{n}$" }}' for n in range(150))
    (problem,) = problems(tmp_path, f'{{ "properties": {{ {many} }} }}')
    assert problem.message == "There are more than 100 patterns."


def problems(folder: Path, schema: str) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        load_pack(tiny(folder, ("evidence.schema.json", "", schema)), load_catalogue(points=[]).kinds)
    return list(caught.value.problems)


def made_up(numbers: random.Random, depth: int = 4) -> str:
    """A pattern that nobody would write."""
    kind = numbers.random()
    if depth == 0 or kind < 0.3:
        return numbers.choice(["a", "b", "[ab]"])
    if kind < 0.55:
        return made_up(numbers, depth - 1) + made_up(numbers, depth - 1)
    if kind < 0.75:
        return f"({made_up(numbers, depth - 1)}|{made_up(numbers, depth - 1)})"
    return f"({made_up(numbers, depth - 1)}){numbers.choice(['*', '+', '?', '{2}', '{0,2}', '*?', '{1,4}'])}"


PATTERNS = [f"^{made_up(random.Random(seed))}$" for seed in range(150)]  # noqa: S311 - nothing secret


def test_steps_are_counted_over_what_python_finds() -> None:
    numbers = random.Random(7)  # noqa: S311 - nothing secret
    for pattern in PATTERNS:
        tree, alphabet = read_pattern(pattern)
        stepper = Stepper(tree)
        for length in range(9):
            text = "".join(numbers.choice(alphabet) for _ in range(length))
            if stepper.steps(text, 10_000) < 10_000:
                assert stepper.is_in(text, 10_000) == bool(re.search(pattern, text)), (pattern, text)


def test_no_short_round_makes_a_pattern_slow_that_was_let_pass() -> None:
    rounds = ["".join(letters) for length in range(1, 5) for letters in itertools.product("ab", repeat=length)]
    for pattern in PATTERNS:
        tree, alphabet = read_pattern(pattern)
        if len(pattern) > 60 or slow_input(pattern) is not None:
            continue
        stepper = Stepper(tree)
        for before, again, after in itertools.product(("", "a", "b"), rounds, ("", "a", "b", "0")):
            if set(before + again + after) <= set(alphabet):
                text = before + again * (30 // len(again)) + after
                assert stepper.steps(text, 30_000) < 30_000, (pattern, text)
