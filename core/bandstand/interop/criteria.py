"""How criteria are written in files: reads an id in any letter case, and says of any other what there is instead."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.interop.source import quoted, squeezed, unambiguous
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.models.standard import Standard
    from bandstand.packs.pack import Pack

_BETWEEN = re.compile(r"[;,|]")
#: What belongs where somebody wrote a space within an id.
_JOINTS = ("", ".", "@")
#: So many names or runs of them are listed in one message.
_MOST = 16


class CriteriaNames:
    """What evidence may name in one pack, as people write it."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._unfolded = pack.unfolded

    def read(self, name: str) -> str:
        """The id that ``name`` is in another letter case, where that is one alone; else ``name`` as it stands."""
        if name in self._unfolded.names:
            return name
        return self._by_case.get(name.casefold(), name)

    def split(self, text: str) -> list[str]:
        """The criteria that one cell names, each once."""
        if text in self._unfolded.names:
            return [text]
        return list(
            dict.fromkeys(name for part in _BETWEEN.split(text) for name in self._split_at_spaces(part.strip()))
        )

    def unknown(self, name: str) -> tuple[str, str]:
        """Message and remedy for what is no criterion of the pack."""
        value = quoted(name)
        message = f'"{value}" is not a criterion of {self._pack.name}'
        meant = self._respelt(name)
        if meant is not None:
            without = ", without the space" if _key(meant) == _key(name) and re.search(r"\s", name) else ""
            return f"{message}.", f"Write {meant}{without}."
        points = self._points_of(name)
        if points:
            # The nearest point is no guess worth making: it claims another stage, or another height.
            of = points[0].partition("@")[0]
            return f"{message} ({of} has {', '.join(points)}).", "Write the one that it is about."
        standard = _standard_of(value, self._pack)
        if standard is None:
            known = self._unfolded.criteria if "@" in value else self._unfolded.names
            return f"{message}.", did_you_mean(value, known)
        there, near = self._there(value, standard)
        remedy = did_you_mean(value, near) if value.lower() != standard.id.lower() else ""
        if not remedy.startswith("Did"):
            remedy = "Write the one that it is about."
        return f"{message} ({there}).", remedy

    @cached_property
    def _by_case(self) -> dict[str, str]:
        """Every id that evidence may name, and every criterion, by its small letters; those of one alone."""
        return unambiguous((name.casefold(), name) for name in (*self._unfolded.names, *self._unfolded.criteria))

    @cached_property
    def _by_key(self) -> dict[str, str]:
        """Every id that evidence may name by its key, and by that with its point's label."""
        labels = {point.id: point.label for scale in self._pack.framework.scales for point in scale.points}
        parted = [(name, *name.partition("@")) for name in self._unfolded.names]
        written = [(f"{head}{at}{labels.get(point, point)}", name) for name, head, at, point in parted]
        return unambiguous((_key(form), name) for form, name in (*((n, n) for n in self._unfolded.names), *written))

    def _split_at_spaces(self, part: str) -> Iterator[str]:
        """A part at its spaces, but for those that stand within an id."""
        if self.read(part) in self._unfolded.names:
            yield self.read(part)
            return
        pieces = part.split()
        while pieces:
            piece = pieces.pop(0)
            if pieces and self.read(piece) not in self._unfolded.names and self._respelt(f"{piece} {pieces[0]}"):
                piece = f"{piece} {pieces.pop(0)}"
            yield self.read(piece)

    def _respelt(self, name: str) -> str | None:
        """The id that ``name`` is but for a space, or a dash in its point, or the point's label."""
        pieces = name.split()
        if len(pieces) > 1 and "@" not in name and self.read(pieces[0]) in self._unfolded.names:
            # L7.1 4 may be two criteria, and is not L7.14 for certain.
            return None
        return next((meant for joint in _JOINTS if (meant := self._by_key.get(_key(joint.join(pieces))))), None)

    def _points_of(self, name: str) -> list[str]:
        """What evidence may name of the criterion before the ``@``, where it has no such point."""
        head, at, point = name.partition("@")
        criterion = self._unfolded.criteria.get(self._by_case.get(head.casefold(), head))
        if not at or criterion is None:
            return []
        points = [f"{criterion.id}@{p.at}" for p in criterion.points]
        if any(f"{head}@{point}".casefold().startswith(f"{known}.".casefold()) for known in points):
            return []
        return [known for known in points if known in self._unfolded.names]

    def _there(self, value: str, standard: Standard) -> tuple[str, list[str]]:
        """What a standard has, in words, and the ids among which the value may be a slip.

        A standard may number several lists: next to L3.9, the sheet's L3.1 to L3.6 say more than the ladder's L3.c1.
        """
        name = f"level {standard.level}" if standard.level is not None else standard.id
        names = self._unfolded.names_in(standard)
        stem = _stem(value)
        near = [known for known in names if _stem(known) == stem]
        if len(near) < 2:  # noqa: PLR2004 - one alone would look like all that there is
            near = [criterion.id for criterion in standard.criteria]
        only = "only " if len(near) == 1 and set(names) <= set(near) else ""
        return f"{name} has {only}{words.listed(list(_runs(near)), _MOST)}", near


def _key(name: str) -> str:
    """An id without letter case and spaces, and its point without dashes; before the ``@`` L7.1-4 may be a range."""
    head, at, point = name.partition("@")
    return f"{''.join(head.split()).casefold()}{at}{squeezed(point)}"


def _stem(name: str) -> str:
    return name.rstrip("0123456789").lower()


def _runs(names: Sequence[str]) -> Iterator[str]:
    """The names, those that differ in the number at their end alone as ``L3.1 to L3.6``."""
    for _, group in groupby(names, _stem):
        run = list(group)
        if len(run) > 2:  # noqa: PLR2004 - two are as short by themselves
            yield f"{run[0]} to {run[-1]}"
        else:
            yield from run


def _standard_of(value: str, pack: Pack) -> Standard | None:
    """The standard whose id the value begins with, the longest such."""
    lower = value.lower()
    found = [s for s in pack.standards if lower.startswith(s.id.lower()) and not lower[len(s.id) :][:1].isalnum()]
    return max(found, key=lambda standard: len(standard.id), default=None)
