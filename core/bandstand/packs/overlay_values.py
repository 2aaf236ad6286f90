"""Values of a pack that an overlay confirms or changes: where they are, and which of them a trust may set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bandstand import words
from bandstand.packs.address import is_doubtful, value_within
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from bandstand.models.overlay import Change, Confirm
    from bandstand.packs.address import Spot
    from bandstand.packs.overlay_edit import Edit
    from bandstand.packs.yaml_source import Path

#: What only a pack says of itself: from an entry's by, on and why its basis and note are made.
_OWN = frozenset({"source", "basis", "note"})


def confirm(edit: Edit, says: Confirm) -> None:
    """Make whatever the document does not state at an address, or within it, the trust's as it is."""
    spot = edit.spot(says.at, ("at",))
    if spot is None or _is_set_already(edit, spot, ("at",), within=False):
        return
    raw = edit.raw(spot.file, spot.path) if _is_given(edit, spot) else None
    doubtful = _doubtful(spot)
    alone = not doubtful and not spot.is_part and is_doubtful(spot.part) and spot.wraps and _is_number(raw)
    if not doubtful and not alone:
        if is_doubtful(spot.part):
            message = f"{says.at} has no source of its own: it rests on what the whole part rests on."
            edit.report("no-effect", ("at",), message, f"Confirm {spot.part_address}.")
        else:
            where = words.lines(str(getattr(spot.part, "source", "1")))
            message = f"The document states {says.at} ({where}), so there is nothing to confirm."
            edit.report("no-effect", ("at",), message, "Take the entry out.")
        return
    value = value_within(raw, of_list=isinstance(spot.path[-1], int))
    settled = edit.settle(spot.address, spot.kind, spot.item, "confirmed", (value, value))
    if alone:
        edit.wrap(spot, raw, settled)
    for path in doubtful:
        # What another entry changes is the trust's by that entry.
        if not edit.is_trusts(spot, path):
            edit.mark(spot.file, path, settled)


def change(edit: Edit, says: Change) -> None:
    """Put values in the place of the pack's; whoever changes a part has decided it as it then stands."""
    spot = edit.spot(says.at, ("at",))
    if spot is None:
        return
    targets = list(_targets(edit, spot, says.to, ("to",)))
    twice = [target for target, _, below in targets if _is_set_already(edit, target, below, within=True)]
    for target, _, _ in targets:
        edit.set_by.setdefault((target.file, target.path), edit.entry)
    if not targets or twice:
        return
    was = {target.address: _present(edit, target) for target, _, _ in targets}
    if all((type(was[t.address]), was[t.address]) == (type(value), value) for t, value, _ in targets):
        edit.report("no-effect", ("to",), f"{says.at} is what it is changed to already.", "Confirm it instead.")
        return
    named = {str(below[1]): was[target.address] for target, _, below in targets if len(below) > 1}
    values = (named or was[targets[0][0].address], says.to)
    settled = edit.settle(spot.address, spot.kind, spot.item, "changed", values)
    whole = spot.is_part and is_doubtful(spot.part)
    for target, value, _ in targets:
        if target.wraps and _is_number(value) and not (whole and target.part_path == spot.path):
            edit.wrap(target, value, settled)
            continue
        edit.raw(spot.file, target.path[:-1])[target.path[-1]] = value
        edit.touch(spot.file, target.path)
        if not (spot.is_part and is_doubtful(target.part)):
            edit.mark(spot.file, target.part_path, settled)
    for path in _doubtful(spot):
        if not edit.is_trusts(spot, path):
            edit.mark(spot.file, path, settled)


def _doubtful(spot: Spot) -> list[Path]:
    """Paths of the parts at an address and within it that the document does not state."""
    own: dict[Path, BaseModel] = {spot.path: spot.part} if spot.is_part else {}
    return [path for path, part in {**own, **spot.parts_below}.items() if is_doubtful(part)]


def _targets(edit: Edit, spot: Spot, value: Any, below: Path) -> Iterator[tuple[Spot, Any, Path]]:
    """What a change sets, each with its value and its place in the entry; nothing, and problems, where it may not."""
    wraps = spot.wraps
    if not spot.may_change or (not spot.is_part and _names_own(value)):
        message = f"{spot.address} says what something is or rests on, or how evidence counts."
        remedy = "Change values alone; whose decision it is goes into by, on and why of the entry."
        edit.report("fixed-value", below, message, remedy)
    elif isinstance(value, dict) and (spot.is_part or wraps):
        for name, one in value.items():
            inner = edit.index.get(f"{spot.address}.{name}")
            if not spot.is_part and name == wraps:
                yield spot, one, (*below, name)
            elif inner is None:
                known = [own.path[-1] for own in edit.index.values() if own.path[:-1] == spot.path]
                message = f'"{name}" is no field of {spot.address}.'
                edit.report("unknown-field", (*below, name), message, did_you_mean(name, list(map(str, known))))
            else:
                yield from _targets(edit, inner, one, (*below, name))
    elif spot.is_part and wraps:
        yield from _targets(edit, edit.index[f"{spot.address}.{wraps}"], value, below)
    elif spot.is_part:
        message = f"{spot.address} has several values."
        edit.report("bad-value", below, message, "Give those that change by their names, as { need: 5 }.")
    elif spot.parts_below:
        message = f"{spot.address} holds parts with sources of their own, which stay the document's."
        edit.report("fixed-value", below, message, "Change the values in them one by one, each by its own address.")
    else:
        yield spot, value, below


def _is_set_already(edit: Edit, spot: Spot, below: Path, *, within: bool) -> bool:
    """Whether another entry sets the same or what holds it, or ``within`` it something; a problem says where."""
    for (file, path), other in edit.set_by.items():
        shared = min(len(path), len(spot.path)) if within else len(path)
        if file == spot.file and other is not edit.entry and path[:shared] == spot.path[:shared]:
            line = edit.source.place(other.path).line
            message = f"{spot.address} is set by another entry already, in line {line}."
            edit.report("duplicate-entry", below, message, "Keep one of them.")
            return True
    return False


def _is_given(edit: Edit, spot: Spot) -> bool:
    return isinstance(spot.path[-1], int) or spot.path[-1] in edit.raw(spot.file, spot.path[:-1])


def _present(edit: Edit, spot: Spot) -> Any:
    """The value that something has, be it given or by default."""
    if _is_given(edit, spot):
        return edit.raw(spot.file, spot.path)
    owner = spot.owner
    assert owner is not None
    names = {info.alias or name: name for name, info in type(owner).model_fields.items()}
    return getattr(owner, names[spot.field])


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _names_own(value: Any) -> bool:
    """Whether a value brings a source, a basis or a note along."""
    if isinstance(value, dict):
        return not _OWN.isdisjoint(value) or any(map(_names_own, value.values()))
    return isinstance(value, list) and any(map(_names_own, value))
