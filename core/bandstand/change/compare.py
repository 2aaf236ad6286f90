"""Compares two versions of a pack as models: what changed in meaning, in wording and in provenance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bandstand.change.bands import bands
from bandstand.change.clauses import effects
from bandstand.change.conditions import condition
from bandstand.change.criteria import standards
from bandstand.change.fields import Layer
from bandstand.change.levels import ladder
from bandstand.change.said import named
from bandstand.change.schema import schema
from bandstand.change.tables import table
from bandstand.change.views import view
from bandstand.change.walk import Special, Spot, Walk
from bandstand.models.change import Change, PackSide, Subject
from bandstand.models.framework import View
from bandstand.rules.conditions import Condition
from bandstand.rules.cumulative_levels import CumulativeLevels
from bandstand.rules.decision_table import DecisionTable
from bandstand.rules.expected_band import ExpectedBand
from bandstand.rules.kinds import KINDS
from bandstand.rules.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from bandstand.packs.pack import Pack
    from bandstand.rules.base import Rule

_SPECIALS: Mapping[type[BaseModel], Special] = {
    View: view,
    CumulativeLevels: ladder,
    ExpectedBand: bands,
    DecisionTable: table,
    Condition: condition,
}
_ORDER = {subject: at for at, subject in enumerate(Subject)}


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two versions of a pack, by subject and then in the order of the files.

    Attributes:
        meaning: What can change what is concluded, or what is asked of evidence and people.
        wording: Labels and texts alone.
        provenance: Source lines, basis and notes.
    """

    meaning: tuple[Change, ...]
    wording: tuple[Change, ...]
    provenance: tuple[Change, ...]


def compare(old: Pack, new: Pack) -> Changes:
    """Everything that is not the same in two packs but for the versions' names, however their files are written."""
    kinds = [Counter(type(rule) for rule in pack.rules) for pack in (old, new)]
    lone = frozenset(rule.id for rule in new.rules if all(count[type(rule)] <= 1 for count in kinds))
    walk = Walk(_SPECIALS, lone)
    framework = Spot(Subject.FRAMEWORK, "framework", "the framework")
    walk.models(old.framework, new.framework, framework, but={"version"})
    _rules(walk, old, new)
    standards(walk, old.standards, new.standards)
    schema(walk, old.evidence_schema, new.evidence_schema)
    _read_by_no_rule(walk, old, new)
    _out_of_date(walk, old, new)
    _see_that_nothing_is_missed(walk, old, new)
    found = {
        layer: tuple(sorted(changes, key=lambda change: _ORDER[change.kind]))
        for layer, changes in walk.log.changes.items()
    }
    return Changes(found[Layer.MEANING], found[Layer.WORDING], found[Layer.PROVENANCE])


def side(pack: Pack) -> PackSide:
    """A pack as a comparison names it."""
    laid = pack.overlay
    return PackSide(
        id=pack.id,
        version=pack.version,
        digest=pack.digest,
        overlay=None if laid is None else laid.overlay.id,
        overlay_digest=None if laid is None else laid.digest,
    )


def _rules(walk: Walk, old: Pack, new: Pack) -> None:
    was, now = old.rule_by_id, new.rule_by_id
    for name in dict.fromkeys((*was, *now)):
        before, after = was.get(name), now.get(name)
        spot = _spot(after or was[name])
        if before is None:
            walk.log.add(Layer.MEANING, spot, "added", f"{named(spot.noun, now[name])} is new.", None, after)
        elif after is None:
            walk.log.add(Layer.MEANING, spot, "removed", f"{named(spot.noun, before)} is gone.", before)
        elif type(before) is not type(after):
            sentence = f"{spot.noun} is now of the kind {after.KIND}; before, of the kind {before.KIND}."
            walk.log.add(Layer.MEANING, spot, "changed", sentence, before, after)
        else:
            walk.models(before, after, spot, but={"kind"})
    order = [name for name in was if name in now], [name for name in now if name in was]
    walk.order(order[0], order[1], Spot(Subject.RULE, "rules", ""), "rule", ordered=False)


def _read_by_no_rule(walk: Walk, old: Pack, new: Pack) -> None:
    """Crosswalks, which say what may be worth a look elsewhere, and guidance, which only informs."""
    was, now = ({crosswalk.to: crosswalk for crosswalk in pack.crosswalks} for pack in (old, new))
    walk.parts(was, now, Spot(Subject.CROSSWALK, "crosswalks", ""), "crosswalk to", ordered=False)
    before, after = ({item.id: item for item in pack.guidance} for pack in (old, new))
    walk.parts(before, after, Spot(Subject.GUIDANCE, "guidance", "", Layer.WORDING), "guidance", ordered=False)


def _out_of_date(walk: Walk, old: Pack, new: Pack) -> None:
    """What happens at a day at which a pack does not hold: a trust's overlay says it beside the pack, and not in it."""
    was, now = ("warn" if pack.overlay is None else pack.overlay.overlay.expired for pack in (old, new))
    spot = Spot(Subject.FRAMEWORK, "overlay/expired", "the framework")
    walk.leaf(Layer.MEANING, spot, "what happens at a day at which it does not hold", was, now)


def _spot(rule: Rule) -> Spot:
    subject = Subject.PROFILE if isinstance(rule, Profile) else Subject.RULE
    return Spot(subject, f"rules/{rule.id}", f"rule {rule.id}")


def _see_that_nothing_is_missed(walk: Walk, old: Pack, new: Pack) -> None:
    """A rule that comes to something else although no change of meaning was noted: a stranger's kind may do that."""
    meaning = walk.log.changes[Layer.MEANING]
    addresses = [change.address for change in meaning]
    was, now = effects(old), effects(new)
    for name, effect in now.items():
        rule, spot = new.rule_by_id[name], _spot(new.rule_by_id[name])
        if name not in was or was[name] == effect:
            continue
        # What a stranger's rule comes to may follow from what was noted elsewhere, unless the rule itself is another.
        is_noted = bool(meaning) if type(rule) in KINDS or rule == old.rule_by_id[name] else spot.address in addresses
        if not is_noted and not any(address.startswith(f"{spot.address}/") for address in addresses):
            sentence = f"{spot.noun} concludes otherwise, for a reason that no field of it shows."
            walk.log.add(Layer.MEANING, spot, "changed", sentence)
