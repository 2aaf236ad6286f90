"""What conclusions come to in the table of results: from positions of values to levels, zones and words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from bandstand import __version__
from bandstand.cohort.table import concluded, every, listed, number, word
from bandstand.models.framework import ZONES
from bandstand.rules.base import ground

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from bandstand.cohort.ask import Ask
    from bandstand.cohort.grid import Flags
    from bandstand.models.provenance import Ground
    from bandstand.rules.program import Program

    #: Of a conclusion, by its position: of each person, the position of the value that the row goes by.
    Pick = Callable[[int], npt.NDArray[np.int16]]

_NONE = -1


class Answers:
    """The columns of an outcome that its conclusions fill, and those that are everybody's.

    Args:
        ask: What is asked.
        program: The program whose conclusions they are.
    """

    def __init__(self, ask: Ask, program: Program) -> None:
        pack, outcome = ask.pack, ask.pack.outcomes[ask.outcome]
        self._ask, self._outcome, self._program = ask, outcome, program
        self._actions = [action.id for action in pack.framework.actions]
        self._action_grounds = [ground(action) for action in pack.framework.actions]
        self._level = None if outcome.level is None else program.positions[outcome.level]
        self.levels = np.zeros(0, np.int16)
        self.above = self.levels
        if self._level is not None:
            known = [int(value or 0) for value in program.conclusions[self._level].values]
            self.levels = np.array(known, np.int16)
            self.above = np.array([min((v for v in known if v > one), default=_NONE) for one in known], np.int16)
        summing_up = outcome.rules[0] if outcome.level is None else None
        self._told = [at for at, c in enumerate(program.conclusions) if ask.every_conclusion or c.rule == summing_up]
        self._texts = list(
            dict.fromkeys(json.dumps(value) for at in self._told for value in program.conclusions[at].values)
        )

    def of_everybody(self, size: int) -> dict[str, pa.Array]:
        """The columns that are the same for everybody: what was asked, and the pins."""
        ask, pack = self._ask, self._ask.pack
        return {
            "framework": every(pack.id, size),
            "outcome": every(ask.outcome, size),
            "purpose": every(ask.purpose, size),
            "as_of": pa.array(np.full(size, np.datetime64(ask.as_of, "D")), pa.date32()),
            "pack": every(pack.name, size),
            "pack_digest": every(pack.digest, size),
            "overlay_digest": every(None if pack.overlay is None else pack.overlay.digest, size),
            "engine": every(f"bandstand {__version__}", size),
        }

    def concluded(self, pick: Pick, size: int) -> dict[str, pa.Array]:
        """The columns that conclusions fill."""
        notes = [self._action(name, pick) for name in self._outcome.notes]
        return {
            "level": self.level(pick, size),
            "next_level": self._numbers(self.above, pick, size),
            "zone": self.zone(pick, size),
            "action": word(self._action(self._outcome.action, pick), self._actions),
            "notes": self._notes(notes, size),
            "conclusions": self._conclusions(pick, size),
        }

    def level(self, pick: Pick, size: int) -> pa.Array:
        """The level; none where there are no levels."""
        return self._numbers(self.levels, pick, size)

    def zone(self, pick: Pick, size: int) -> pa.Array:
        """The zone; none where there is none."""
        name = self._outcome.zone
        if name is None:
            return every(None, size)
        at = self._program.positions[name]
        declared = self._program.conclusions[at].values
        place = np.array([next((n for n, zone in enumerate(ZONES) if zone == value), _NONE) for value in declared])
        return word(place[pick(at)], ZONES)

    def action_grounds(self, pick: Pick) -> Iterator[tuple[Ground, Flags]]:
        """What the actions rest on that are recommended to somebody, and to whom."""
        for name in (self._outcome.action, *self._outcome.notes):
            chosen = self._action(name, pick)
            for at, one in enumerate(self._action_grounds):
                yield one, chosen == at

    def _numbers(self, numbers: npt.NDArray[np.int16], pick: Pick, size: int) -> pa.Array:
        if self._level is None:
            return number(np.zeros(size, np.int16), np.zeros(size, np.bool_))
        values = numbers[pick(self._level)]
        return number(values, values >= 0)

    def _action(self, name: str, pick: Pick) -> npt.NDArray[np.int32]:
        at = self._program.positions[name]
        place = {action: n for n, action in enumerate(self._actions)}
        known = [place.get(str(value), _NONE) for value in self._program.conclusions[at].values]
        return np.array(known, np.int32)[pick(at)]

    def _notes(self, notes: list[npt.NDArray[np.int32]], size: int) -> pa.ListArray:
        if not notes:
            return listed([], self._actions, size)
        said = np.stack(notes, axis=1)
        return pa.ListArray.from_arrays(
            np.concatenate([[0], np.cumsum((said >= 0).sum(axis=1))]).astype(np.int32),
            word(said[said >= 0], self._actions),
        )

    def _conclusions(self, pick: Pick, size: int) -> pa.ListArray:
        place = {text: n for n, text in enumerate(self._texts)}
        declared = [self._program.conclusions[at] for at in self._told]
        columns = [
            np.array([place[json.dumps(value)] for value in one.values], np.int32)[pick(at)]
            for at, one in zip(self._told, declared, strict=True)
        ]
        return concluded(columns, [one.name for one in declared], self._texts, size)
