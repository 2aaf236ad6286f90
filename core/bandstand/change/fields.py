"""What each field of a pack's models is: meaning, wording or provenance; and what tells the things of a list apart."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from bandstand.models.framework import Label, Text
from bandstand.models.provenance import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel


class Layer(IntEnum):
    """What a difference is one of."""

    MEANING = 0
    WORDING = 1
    PROVENANCE = 2


#: Text that is typed as plain text, and lists of nothing but text; what is typed as a label or a text is not named.
_WORDING: Final = frozenset(
    {
        ("Framework", "title"),
        ("Framework", "publisher"),
        ("Section", "title"),
        ("ScalePoint", "features"),
        ("Standard", "title"),
        ("Standard", "examples"),
        ("Standard", "qualifications"),
        ("Criterion", "below"),
        ("Criterion", "unattributed"),
        ("Prompts", "says"),
    }
)
_PROVENANCE: Final = frozenset(
    {
        ("Framework", "document"),
        ("Framework", "gaps"),
        ("Standard", "gaps"),
        ("Criterion", "refs"),
    }
)
#: Texts that nothing reads, but for whether there is one.
PRESENCE_COUNTS: Final = frozenset({("Statement", "condition")})
#: Lists of which the order decides something: what is assumed, what goes first, what is named first.
_ORDERED: Final = frozenset(
    {
        ("Framework", "purposes"),
        ("Framework", "scales"),
        ("Framework", "review_points"),
        ("Framework", "outcomes"),
        ("FindingsPolicy", "views"),
        ("Scale", "points"),
        ("Criterion", "statements"),
        ("Criterion", "points"),
        ("Point", "statements"),
    }
)
#: Lists of words of which the order decides nothing.
_SETS: Final = frozenset(
    {
        ("Grade", "aliases"),
        ("Outcome", "sets"),
        ("Outcome", "purposes"),
        ("Outcome", "views"),
        ("ScalePoint", "builds_on"),
        ("Statement", "tags"),
        ("Criterion", "refs"),
        ("Profile", "sets"),
        ("Expectations", "sets"),
        ("Expectations", "tags"),
        ("GuidanceItem", "about"),
    }
)
_KEYS: Final = ("id", "level", "at", "to")
#: Fields whose names say too little, or something else, in a sentence.
_PHRASES: Final = {
    ("Framework", "valid_from"): "the first day on which it holds",
    ("Framework", "valid_until"): "the last day on which it holds",
    ("Outcome", "level"): "the conclusion that gives the level",
    ("Outcome", "zone"): "the conclusion that gives the zone",
    ("Outcome", "action"): "the conclusion that gives the action",
    ("Outcome", "speaks"): "the conclusion that says whether a view says anything",
    ("Outcome", "notes"): "the conclusions that are said in addition",
    ("Outcome", "colours"): "the rule whose colours it shows",
    ("Outcome", "focus"): "the rule that says what to work on next",
    ("Outcome", "tracks"): "the rule that is compared with an earlier day",
    ("Outcome", "sets"): "the sets of criteria that its evidence is about",
    ("Outcome", "purposes"): "the purposes that it serves",
    ("Outcome", "views"): "the views that it goes by",
    ("Outcome", "rules"): "its rules",
    ("FindingsPolicy", "max_age_months"): "how many months it counts",
    ("FindingsPolicy", "cycle_starts"): "the month and day on which a cycle of reviews begins",
    ("Grade", "column"): "its place in the order of grades",
    ("Grade", "aliases"): "its other spellings",
    ("Role", "level"): "the level that the document names for it",
    ("Role", "says"): "what that level is",
    ("FactAsked", "of"): "whose it is",
    ("FactAsked", "default"): "what holds when it is not given",
    ("FactAsked", "needed"): "whether an evaluation without it says so",
    ("Scale", "ordinal"): "whether a higher point takes in the lower ones",
    ("ScalePoint", "builds_on"): "what it builds on",
    ("Criterion", "status"): "whether the document has a text for it",
    ("Point", "status"): "whether the document has a text for it",
    ("Criterion", "only_if"): "the flags of which a person must have one",
    ("Criterion", "set"): "its set",
    ("Criterion", "group"): "its heading",
    ("Criterion", "scale"): "its scale",
    ("CumulativeLevels", "minimum"): "the minimum for employment",
    ("ExpectedBand", "level"): "the conclusion that it holds against the bands",
    ("Ragging", "order"): "the sheet's lines",
    ("Profile", "focus_on"): "how many are chosen to work on next",
    ("Coverage", "focus_on"): "how many are chosen to work on next",
    ("Expectations", "focus_on"): "how many are chosen to work on next",
    ("Coverage", "tells"): "whether sentences name what is covered or what is left out",
    ("DecisionTable", "hit"): "the hit policy",
    ("Condition", "weight"): "what a failure does",
    ("Condition", "if_unknown"): "what it does where it cannot be told",
    ("RatingCheck", "proposed"): "the fact that holds the proposed rating",
}


@cache
def _hints(model: type[BaseModel]) -> dict[str, Any]:
    return get_type_hints(model, include_extras=True)


def _is_made_of(hint: Any, kinds: Sequence[Any]) -> bool:
    """Whether a type is one of ``kinds``, or a union, list or mapping of one."""
    return any(hint is kind for kind in kinds) or any(_is_made_of(part, kinds) for part in get_args(hint))


@cache
def layer_of(model: type[BaseModel], field: str) -> Layer:
    """What a difference in a field is; what nothing says otherwise of is meaning, and so are strangers' fields."""
    name = (model.__name__, field)
    hints = _hints(model)
    if name in _PROVENANCE or hints[field] is Lines:
        return Layer.PROVENANCE
    if field in ("basis", "note") and hints.get("source") is Lines:
        return Layer.PROVENANCE
    if name in _WORDING or _is_made_of(hints[field], (Label, Text)):
        return Layer.WORDING
    return Layer.MEANING


def keys_layer(model: type[BaseModel], field: str) -> Layer:
    """What it is when a mapping gets a key or loses one: a set of criteria is meaning, though its label is wording."""
    return Layer.WORDING if (model.__name__, field) in _WORDING else Layer.MEANING


def is_ordered(model: type[BaseModel], field: str) -> bool:
    """Whether the order of a list of parts decides something."""
    return (model.__name__, field) in _ORDERED


def is_set(model: type[BaseModel], field: str) -> bool:
    """Whether the order of a list of words decides nothing."""
    return (model.__name__, field) in _SETS


def phrase(model: type[BaseModel], field: str) -> str:
    """A field as a sentence names it."""
    return _PHRASES.get((model.__name__, field), field.rstrip("_").replace("_", " "))


def known_names() -> frozenset[tuple[str, str]]:
    """Every model and field that is named here, so that a test can see that they are there."""
    return _WORDING | _PROVENANCE | _ORDERED | _SETS | PRESENCE_COUNTS | frozenset(_PHRASES)


def keyed(items: Sequence[BaseModel]) -> dict[str, BaseModel] | None:
    """The things of a list by what tells them apart; None where nothing does."""
    for key in _KEYS:
        if all(isinstance(getattr(item, key, None), str | int) for item in items):
            found = {str(getattr(item, key)): item for item in items}
            return found if len(found) == len(items) else None
    return None
