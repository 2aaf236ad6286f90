"""An example is held to what it expects, its reasons too, and says in a sentence what came out otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bandstand.engine.evaluate import Evaluator
from bandstand.examples import try_example
from bandstand.models.example import Example
from bandstand.packs.load import load_pack
from bandstand.plugins import ask_plugins
from tiny import tiny

if TYPE_CHECKING:
    from bandstand.packs.pack import Pack

KINDS = ask_plugins(points=[]).kinds
SEEN = {"criteria": ["A.*", "B.1"], "claim": "met", "source": "observation", "date": "2025-07-01"}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return load_pack(tiny(tmp_path_factory.mktemp("pack")), KINDS)


def example(expect: dict[str, Any], **fields: Any) -> Example:
    given = {"name": "Somebody is at a level of the ladder", "as_of": "2025-07-10", "evidence": [SEEN], **fields}
    return Example.model_validate({**given, "expect": expect})


def differences(pack: Pack, expect: dict[str, Any], **fields: Any) -> tuple[str, ...]:
    return try_example(Evaluator(pack, durable=False), example(expect, **fields)).differences


def test_the_example_of_the_manual_holds(pack: Pack) -> None:
    page = (Path(__file__).parent.parent / "docs" / "testing.md").read_text("utf-8")
    (written,) = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])["examples"]
    assert try_example(Evaluator(pack, durable=False), Example.model_validate(written)).differences == ()


REASONS = {
    "ladder.L1": ["A.1", "A.2"],
    "ladder.L2.enough": ["B.1"],
    "ladder.L2": ["ladder.L1", "ladder.L2.enough"],
    "ladder.level": ["ladder.L2"],
    "expected.for.early": [],
    "action.row2": [],
}


def test_the_reasons_of_a_conclusion_are_what_the_conditions_that_held_look_at(pack: Pack) -> None:
    assert differences(pack, {"because": REASONS}) == ()


def test_the_reasons_may_stand_in_any_order(pack: Pack) -> None:
    assert differences(pack, {"because": {"ladder.L1": ["A.2", "A.1"]}}) == ()


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (
            {"ladder.L1": ["A.1"]},
            "ladder.L1 is yes because of A.1 and A.2",
        ),
        (
            {"ladder.L1": ["A.1", "B.1"]},
            "ladder.L1 is yes because of A.1 and A.2, and not because of B.1",
        ),
        (
            {"expected.band": ["grade"]},
            "expected.band is none because no clause concluded it otherwise, and not because of grade",
        ),
        (
            {"ladder.levle": ["A.1"]},
            "ladder.levle is no conclusion here, so it has no reasons. Did you mean ladder.level?",
        ),
    ],
)
def test_other_reasons_are_said(pack: Pack, reasons: dict[str, list[str]], said: str) -> None:
    assert differences(pack, {"because": reasons}) == (said,)


def test_somebody_who_is_stopped_by_one_line_is_stopped_because_of_that_line(pack: Pack) -> None:
    short = {"criteria": ["A.2"], "claim": "not_met", "source": "observation", "date": "2025-07-02"}
    expect = {"conclusions": {"ladder.L1": False}, "because": {"ladder.L1": ["A.2"], "ladder.L1.short": ["A.2"]}}
    assert differences(pack, expect, evidence=[SEEN, short]) == ()


def test_a_purpose_that_is_refused_against_expectation_says_so(pack: Pack) -> None:
    (said,) = differences(pack, {"level": 2}, purpose="pay")
    assert said.startswith("it was refused: tiny 1.0 does not serve pay (line 2)")
    assert differences(pack, {"refused": "says nothing of pay"}, purpose="pay") == ()
    (said,) = differences(pack, {"refused": "money"}, purpose="pay")
    assert said.startswith('the refusal does not say "money": tiny 1.0')
    assert differences(pack, {"refused": "pay"}) == ("it was expected to be refused for None, and was not",)


def test_what_a_rule_kind_raises_is_a_difference(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("nowhere")

    monkeypatch.setattr(KINDS["cumulative_levels"], "sentences", broken)
    assert differences(pack, {"level": 2}) == ("it cannot be put into words: KeyError: 'nowhere'",)
    monkeypatch.setattr(Evaluator, "evaluate", broken)
    assert differences(pack, {"level": 2}) == ("it cannot be evaluated: KeyError: 'nowhere'",)
