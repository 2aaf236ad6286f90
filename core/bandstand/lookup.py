"""Finds things of a pack: one by its id, or all that the document does not state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bandstand import words
from bandstand.errors import NotFoundError
from bandstand.models.guidance import Link
from bandstand.models.listing import Doubt, Expected, ItemListing, ProvenanceListing
from bandstand.models.provenance import kind_of, line_numbers, models_within
from bandstand.models.standard import Point
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel

    from bandstand.models.framework import Scale
    from bandstand.models.overlay import Settled
    from bandstand.packs.pack import Pack


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a pack.

    Attributes:
        kind: What it is, in a word.
        id: Its id.
        value: The thing itself.
        pack: The pack that it is in.
        also: What else in the pack has the same id; ``kind:id`` names each.
    """

    kind: str
    id: str
    value: BaseModel
    pack: Pack
    also: tuple[str, ...] = ()

    def listing(self) -> ItemListing:
        """The thing with its kind and the document that its lines are of."""
        return ItemListing(
            kind=self.kind,
            id=self.id,
            framework=self.pack.id,
            version=self.pack.version,
            document=self.pack.framework.document.file,
            item=self.value.model_dump(mode="json", by_alias=True, exclude_none=True),
            official=self.official,
            settled=self.settled,
            own=self._expected([self.id]),
            inherited=self._expected(self._scale.closure(self.id)[1:] if self._scale else []),
            following=self._expected(self._scale.following(self.id) if self._scale else []),
        )

    @property
    def official(self) -> tuple[str, ...]:
        """Ids of texts in it that are the publisher's own wording, given by the trust's overlay."""
        if self.pack.overlay is None:
            return ()
        within = (f"{self.id}.", f"{self.id}@")
        return tuple(n for n in self.pack.overlay.wording if n == self.id or n.startswith(within))

    @property
    def settled(self) -> tuple[Settled, ...]:
        """What of it is the trust's, by its overlay; of a standard, its criteria too; of a criterion, who names it."""
        if self.pack.overlay is None:
            return ()
        added = {
            c for c, standard in self.pack.standard_of.items() if self.kind == "standard" and standard.id == self.id
        }
        return tuple(
            settled
            for settled in self.pack.overlay.settled
            if (settled.kind, settled.item) == (self.kind, self.id)
            or (settled.how == "added" and settled.kind == "rule" and settled.now == self.id)
            or (settled.kind == "criterion" and settled.item in added)
        )

    @property
    def _scale(self) -> Scale | None:
        """The scale of a point, where its points build on one another."""
        scales = self.pack.framework.scales if self.kind == "point" else ()
        return next((s for s in scales if not s.ordinal and self.id in {point.id for point in s.points}), None)

    def _expected(self, points: Sequence[str]) -> tuple[Expected, ...]:
        if self._scale is None:
            return ()
        return tuple(
            Expected(
                id=unit.id,
                label=unit.label,
                descriptor=unit.descriptor,
                point=point,
                condition=unit.condition,
                only_if=unit.only_if,
                source=unit.source,
            )
            for point in points
            for unit in self.pack.criteria.values()
            if unit.point == point
        )


def find_item(pack: Pack, wanted: str) -> Item:
    """The thing of ``pack`` with the id ``wanted``, in whatever letter case; ``rule:ladder`` is the rule of that id.

    Raises:
        NotFoundError: There is none; the message suggests the nearest, or says what refers to it.
    """
    groups = _groups(pack)
    kind, colon, name = wanted.partition(":")
    if colon and kind.replace("_", " ").lower() in {known for known, _ in groups}:
        # A grade's id may hold a colon, but begins with no kind of thing.
        groups = [group for group in groups if group[0] == kind.replace("_", " ").lower()]
        wanted = name
    for of, items in groups:
        for own, value in items.items():
            if own.lower() == wanted.lower():
                also = dict.fromkeys(other for other, more in groups if own in more and other != of)
                return Item(of, own, value, pack, tuple(also))
    grades = pack.find_grades(wanted)
    if len(grades) == 1:
        return Item("grade", grades[0].id, grades[0], pack)
    known = list(dict.fromkeys(name for _, items in groups for name in items))
    remedy = _referred_to(pack, wanted) or _points_there(pack, wanted) or did_you_mean(wanted, known)
    if remedy.startswith("It is one of"):
        # The first few of hundreds are no help.
        remedy = f"`bandstand show {pack.id}` lists what there is."
    raise NotFoundError(f'{pack.name} has nothing called "{wanted}". {remedy}')


def _referred_to(pack: Pack, code: str) -> str | None:
    """What refers to the code of another publication, where something does."""
    of = [c.id for c in pack.unfolded.criteria.values() if code.upper() in (ref.upper() for ref in c.refs)]
    if not of:
        return None
    refer = "refer" if len(of) > 1 else "refers"
    who = f"which {words.listed(of)} {refer} to"
    return f"It is a code of another publication, {who}; try `bandstand show {pack.id} {of[0]}`."


def _points_there(pack: Pack, wanted: str) -> str | None:
    """The points of the criterion before an ``@`` that has none of that name: the nearest may be another stage's."""
    head, _, point = wanted.partition("@")
    for criterion in pack.unfolded.criteria.values():
        if point and "." not in point and criterion.points and criterion.id.lower() == head.lower():
            return f"{criterion.id} has {words.listed([f'{criterion.id}@{p.at}' for p in criterion.points], 12)}."
    return None


def _groups(pack: Pack) -> list[tuple[str, dict[str, Any]]]:
    """Everything that has an id, by what it is."""
    framework = pack.framework
    return [
        ("standard", {standard.id: standard for standard in pack.standards}),
        ("criterion", dict(pack.unfolded.criteria)),
        ("criterion", {unit.id: unit for unit in pack.criteria.values()}),
        ("cell", dict(_cells(pack))),
        ("grade", {grade.id: grade for grade in framework.grades}),
        ("role", {role.id: role for role in framework.roles}),
        ("scale", {scale.id: scale for scale in framework.scales}),
        ("point", {point.id: point for scale in framework.scales for point in scale.points}),
        ("career stage", {stage.id: stage for stage in framework.career_stages}),
        ("flag", {flag.id: flag for flag in framework.flags}),
        ("group", {group.id: group for group in framework.groups}),
        ("fact", {fact.id: fact for fact in framework.facts}),
        ("rule", dict(pack.rule_by_id)),
        ("outcome", dict(pack.outcomes)),
        ("zone", {zone.id: zone for zone in framework.zones}),
        ("action", {action.id: action for action in framework.actions}),
        ("review point", {point.id: point for point in framework.review_points}),
        ("section", {section.id: section for section in framework.sections}),
        ("list of guidance", {guidance.id: guidance for guidance in pack.guidance}),
        ("item of guidance", {item.id: item for guidance in pack.guidance for item in guidance.items}),
        ("crosswalk", {crosswalk.to: crosswalk for crosswalk in pack.crosswalks}),
    ]


def _cells(pack: Pack) -> Iterator[tuple[str, Point]]:
    """The points of criteria by id, apart from those that are units themselves."""
    for criterion in pack.unfolded.criteria.values():
        for point in criterion.points:
            if (name := f"{criterion.id}@{point.at}") not in pack.criteria:
                yield name, point


def provenance_of(pack: Pack) -> ProvenanceListing:
    """All that the document does not state in so many words, or has no text for."""
    parts: list[BaseModel] = [
        pack.framework,
        *pack.standards,
        *pack.rules,
        *pack.guidance,
        *pack.crosswalks,
    ]
    doubts = sorted(dict.fromkeys(doubt for part in parts for doubt in _doubts(part)), key=_place)
    counts: Counter[str] = Counter(doubt.status for doubt in doubts)
    return ProvenanceListing(
        framework=pack.id,
        version=pack.version,
        document=pack.framework.document.file,
        overlay=None if pack.overlay is None else pack.overlay.listed(),
        settled=() if pack.overlay is None else pack.overlay.settled,
        counts={status: counts[status] for status in _STATUSES if counts[status]},
        doubts=tuple(doubts),
    )


def _place(doubt: Doubt) -> tuple[int | str, ...]:
    """By status and then by line; whatever else sets two apart keeps them in one order everywhere."""
    line = line_numbers(doubt.source)[0]
    return (_STATUSES.index(doubt.status), line, doubt.id, doubt.label, doubt.kind, doubt.source, doubt.note or "")


_STATUSES = ("missing", "unresolved", "blank", "illustrative", "interpreted", "trust", "proposed")


def _doubts(part: BaseModel) -> Iterator[Doubt]:
    """What is doubtful in one part of a pack; what has no id of its own goes by that of what it is in."""
    named: dict[tuple[str | int, ...], tuple[str, str]] = {}
    for path, model in models_within(part):
        above = next((named[path[:n]] for n in range(len(path), -1, -1) if path[:n] in named), ("", ""))
        own = next((str(getattr(model, field)) for field in ("id", "to") if hasattr(model, field)), "")
        if isinstance(model, Point):
            own = f"{above[0]}@{model.at}"
        if isinstance(model, Link):
            own = f"{model.from_} to {', '.join(model.to)}"
        label = next((str(getattr(model, field)) for field in ("label", "what") if hasattr(model, field)), above[1])
        named[path] = (own or above[0], label)
        statuses = {str(getattr(model, "status", "present")), str(getattr(model, "basis", "stated"))}
        for status in sorted(statuses - {"present", "stated"}):
            if status == "interpreted" and statuses & {"missing", "unresolved", "blank"}:
                continue
            yield Doubt.model_validate(
                {
                    "status": status,
                    "kind": kind_of(model),
                    "id": own or above[0] or "framework",
                    "label": label or own,
                    "source": str(getattr(model, "source", "1")),
                    "note": getattr(model, "note", None),
                }
            )
