"""A whole pack drawn at random, which the real loader reads; and one with a random overlay laid over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bandstand import canonical
from bandstand.errors import ProblemsError
from bandstand.models.framework import Framework
from bandstand.models.overlay import Overlay, ValuesFile
from bandstand.models.standard import Standard
from bandstand.models.unfold import unfold
from bandstand.packs.draft import Draft
from bandstand.packs.load import assemble
from bandstand.packs.overlay import OVERLAY, VALUES, LaidOver, OverlayFiles, lay_over
from bandstand.packs.shape import read_as
from bandstand.packs.yaml_source import Source
from bandstand.rules.base import RuleContext
from random_packs.dice import Dice
from random_packs.frameworks import SETS, framework, standards
from random_packs.overlays import draw_values
from random_packs.rules import Rules
from random_packs.strangers import LooseDrawing, kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.models.clauses import Conclusion
    from bandstand.packs.pack import Pack

KINDS: Final = kinds()
#: What a framework is read from before its outcomes are known.
_NO_OUTCOME: Final = [{"id": "none", "label": "None", "rules": ["none"], "sets": ["none"], "action": "none"}]


def draw_pack(seed: int) -> Pack:
    """The pack of a seed; every other has an overlay laid over it."""
    dice = Dice(seed)
    pack = _load(_Drawing(dice, f"drawn{seed}").content())
    return _overlaid(dice, pack) if dice.chance() else pack


def _load(content: dict[str, Any]) -> Pack:
    """A pack of files' contents, read as the loader reads what it found in a folder."""
    draft = Draft(place="drawn", sources={name: Source(name, data) for name, data in content.items()})
    assemble(draft, KINDS)
    if draft.pack is None:
        raise ProblemsError(draft.all_problems())
    return draft.pack


def _overlaid(dice: Dice, pack: Pack) -> Pack:
    """The pack with a random overlay, of which entries that would break the pack are left out."""
    values = draw_values(dice, pack)
    try:
        return _lay_over(pack, values)
    except ProblemsError:
        pass
    kept: dict[str, Any] = {}
    laid = pack
    for field, given in values.items():
        for one in given.items() if isinstance(given, dict) else given:
            there = kept.get(field)
            more = {
                **kept,
                field: {**(there or {}), one[0]: one[1]} if isinstance(given, dict) else [*(there or ()), one],
            }
            try:
                laid = _lay_over(pack, more)
            except ProblemsError:
                continue
            kept = more
    return laid


def _lay_over(pack: Pack, values: dict[str, Any]) -> Pack:
    about = {"id": "trust", "pack": pack.id, "version": pack.version, "by": "board", "on": "2025-06-01", "why": "So."}
    sources = {OVERLAY: Source(OVERLAY, about), VALUES: Source(VALUES, values)}
    overlay = read_as(Overlay, sources[OVERLAY], about)
    read = read_as(ValuesFile, sources[VALUES], values)
    assert overlay is not None, sources[OVERLAY].problems
    assert read is not None, sources[VALUES].problems
    laid = LaidOver(overlay, {}, canonical.digest({name: source.data for name, source in sources.items()}))
    return lay_over(pack, OverlayFiles(sources, read, laid), KINDS)


@dataclass
class _Part:
    """Rules that belong together, and the sets of criteria that they are about."""

    rules: list[str]
    sets: list[str]
    fields: dict[str, Any]


class _Drawing:
    """Draws the content of one pack."""

    def __init__(self, dice: Dice, name: str) -> None:
        self._dice = dice
        self._framework = framework(dice, name)
        self._standards = standards(dice, [flag["id"] for flag in self._framework["flags"]])
        self._read = Framework.model_validate({**self._framework, "outcomes": _NO_OUTCOME})
        read = [Standard.model_validate(one) for one in self._standards]
        self._context = RuleContext(self._read, unfold(self._read, read), {})
        self._rules_of = Rules(dice, self._read, self._context.unfolded)
        self._rules: dict[str, dict[str, Any]] = {}
        self._concluded: dict[str, list[Conclusion]] = {}

    @property
    def _draw(self) -> Rules:
        """What draws the next rule, of which much is doubtful or nothing."""
        self._dice.doubts(0, 0, 0.5)
        return self._rules_of

    def content(self) -> dict[str, Any]:
        """The pack's files by their names."""
        parts = [self._ladder(), self._profile(), self._coverage(), self._expectations(), self._strange()]
        outcomes = [self._outcome(f"o{at}", part) for at, part in enumerate(parts)]
        if self._dice.chance():
            outcomes.append(self._outcome("all", self._everything(parts)))
        self._dice.shuffle(outcomes)
        rules = self._dice.some(self._rules.values(), len(self._rules))
        return {
            "framework.yaml": {**self._framework, "outcomes": outcomes},
            **{f"standards/{one['id']}.yaml": one for one in self._standards},
            "rules/drawn.yaml": {"rules": rules},
        }

    def _add(self, rule: dict[str, Any] | None) -> list[str]:
        if rule is None:
            return []
        self._rules[rule["id"]] = rule
        # What it concludes is asked of the kind itself, as what it declares is what others may read.
        made = KINDS[rule["kind"]].model_validate(rule)
        self._concluded[rule["id"]] = list(made.conclusions(self._context))
        return [rule["id"]]

    def _of(self, rules: Sequence[str]) -> list[Conclusion]:
        """What some rules conclude of a position."""
        reviews = {name for name in rules if self._is_of_reviews(name)}
        return [conclusion for name in rules if name not in reviews for conclusion in self._concluded[name]]

    def _is_of_reviews(self, rule: str) -> bool:
        return self._rules[rule]["kind"] == "ragging" or self._rules[rule].get("scope") == "review"

    def _one(self, name: str) -> Conclusion:
        return next(one for several in self._concluded.values() for one in several if one.name == name)

    def _loose(self, name: str, sets: Sequence[str], readable: Sequence[str], **fields: Any) -> list[str]:
        of_review = fields.get("scope") == "review"
        conclusions = [
            one for rule in readable for one in self._concluded[rule] if self._is_of_reviews(rule) == of_review
        ]
        drawing = LooseDrawing(self._dice, self._read, self._draw.units(*sets), conclusions)
        return self._add(drawing.rule(name, **fields))

    def _ladder(self) -> _Part:
        dice = self._dice
        sets = ["lines", *dice.some(["plain", "points", "parts"], 0, 2)]
        rules = self._add(self._draw.ladder("ladder", *sets))
        fields: dict[str, Any] = {"level": "ladder.level"}
        bands = self._add(self._draw.bands("expected", self._one("ladder.level"))) if dice.chance(0.8) else []
        if bands:
            fields["zone"] = "expected.zone"
        sheet = self._add(self._draw.sheet("sheet", *sets)) if dice.chance(0.8) else []
        if sheet and dice.chance(0.8):
            fields["colours"] = "sheet"
        rules += [*bands, *sheet]
        if dice.chance(0.3):
            rules += self._loose("loose_review", sets, rules, scope="review")
        if dice.chance(0.3):
            rules += self._loose("loose_ladder", sets, rules)
        return _Part(rules, sets, fields)

    def _profile(self) -> _Part:
        rules = self._add(self._draw.profile("profile"))
        sets = ["points", "plain"]
        if self._dice.chance(0.8):
            rules += self._add(self._draw.conditions("check", "rating_check", sets, self._of(rules)))
        return _Part(rules, sets, self._dice.choice([{}, {"focus": "profile"}, {"speaks": "profile.seen"}]))

    def _coverage(self) -> _Part:
        sets = self._dice.some(["plain", "parts", "lines"], 1)
        rules = self._add(self._draw.coverage("coverage", *sets))
        if self._dice.chance(0.8):
            rules += self._add(self._draw.conditions("plan", "prompts", sets, self._of(rules)))
        return _Part(rules, sets, self._dice.choice([{}, {"focus": "coverage"}]))

    def _expectations(self) -> _Part:
        rules = self._add(self._draw.expectations("career"))
        if self._dice.chance(0.8):
            rules += self._add(self._draw.conditions("rating", "rating_check", ["cells"], self._of(rules)))
        return _Part(rules, ["cells"], {"focus": "career", "speaks": self._dice.choice(["career.seen", "career.met"])})

    def _strange(self) -> _Part:
        """What a stranger's kind alone concludes: levels with gaps that need not start at none, zones, and actions."""
        dice = self._dice
        sets = dice.some(SETS, 1)
        actions = [action["id"] for action in self._framework["actions"]]
        valued: dict[str, Any] = {"act": dice.some(actions, 1), "level": dice.choice([(0, 1, 2), (3, 1, 9), (4, 2)])}
        valued["zone"] = dice.choice([(None, "red", "green"), ("gold", None), ("amber", "red", "gold", "green")])
        valued["note"] = [None, *dice.some(actions, 1)]
        rules = self._loose("loose", sets, [], **valued)
        fields: dict[str, Any] = {"action": "loose.act"}
        fields |= {name: f"loose.{name}" for name in ("level", "zone") if dice.chance(0.7)}
        if dice.chance():
            fields["speaks"] = "loose.t0"
        if dice.chance():
            fields["notes"] = ["loose.note"]
        return _Part(rules, sets, fields)

    def _everything(self, parts: Sequence[_Part]) -> _Part:
        """Rules of every sort in one outcome, of which any sums it up."""
        chosen = self._dice.some(parts, 2)
        rules = [rule for part in chosen for rule in part.rules]
        fields: dict[str, Any] = {}
        for part in chosen:
            fields |= self._dice.choice([part.fields, {}])
        return _Part(self._dice.some(rules, len(rules)), list(SETS), fields)

    def _outcome(self, name: str, part: _Part) -> dict[str, Any]:
        dice, rules = self._dice, list(part.rules)
        actions = [action["id"] for action in self._framework["actions"]]
        fields = dict(part.fields)
        if "action" not in fields:
            table = self._draw.table(f"act_{name}", self._of(rules), actions, always=True)
            rules += self._add(table)
            fields["action"] = f"act_{name}.value"
        notes = list(fields.get("notes", ()))
        for at in range(dice.choice([0, 0, 1, 2])):
            table = self._draw.table(f"note_{name}_{at}", self._of(rules), actions, always=False)
            rules += self._add(table)
            if table["hit"] != "collect":
                notes.append(f"{table['id']}.value")
        if dice.chance(0.2):
            rules = dice.some(rules, len(rules))
        views = [view["id"] for view in self._framework["findings"]["views"]]
        purposes = [purpose["id"] for purpose in self._framework["purposes"]]
        tracked = [rule for rule in rules if not self._is_of_reviews(rule)]
        return {
            "id": name,
            "label": name,
            "rules": rules,
            "sets": part.sets,
            **fields,
            "notes": notes,
            "views": dice.choice([[], [], dice.some(views, 1)]),
            "purposes": dice.choice([[], [], dice.some(purposes, 1)]),
            **({"tracks": dice.choice(tracked)} if dice.chance() else {}),
        }
