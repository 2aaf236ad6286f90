"""The lock's file: read, written so that people can review it, and compared with another."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bandstand.errors import ProblemsError
from bandstand.locks.atomic import write_atomically
from bandstand.models.lock import Lock
from bandstand.models.problem import Place, Problem
from bandstand.packs.shape import read_as
from bandstand.packs.yaml_source import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bandstand.packs.yaml_source import Path as PathInFile
    from bandstand.packs.yaml_source import Source

#: The lock that is used where none is named and there is one in the present folder.
DEFAULT: Final = "bandstand.lock"
#: What the folder of the kept copies is called after the lock, unless another is named.
KEPT_BESIDE: Final = ".d"

_HEAD: Final = """\
# What this trust has agreed to evaluate with. `bandstand lock` writes this file: review and commit it, and let the
# command write it again rather than edit it. Whatever is not as it says here is refused.
"""
#: Texts that YAML reads as the text that they are, and nothing else.
_PLAIN: Final = re.compile(r"(?:[a-z][a-z0-9_]*|(?:sha256|ed25519):[0-9a-f]+|\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class LockFile:
    """A lock, and where it was read from.

    Attributes:
        path: The file.
        lock: What it holds.
        source: The file with its lines.
    """

    path: Path
    lock: Lock
    source: Source

    @property
    def keep(self) -> Path | None:
        """The folder of the kept copies."""
        return None if self.lock.keep is None else self.path.parent / self.lock.keep

    def place(self, path: PathInFile = ()) -> Place:
        """Where something in it stands, as ``("packs", 2)``."""
        return self.source.place(path).model_copy(update={"file": str(self.path)})


def read_lock(path: Path) -> LockFile:
    """Read a lock.

    Raises:
        ProblemsError: It cannot be read, or is no lock; the first problem says that nothing serves.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        why = f"The lock cannot be read ({error.strerror or error}), so no pack serves."
        remedy = "Check its path and its rights, or write it with `bandstand lock`."
        raise ProblemsError([_problem(path, why, remedy)]) from error
    source = read_yaml(str(path), content)
    lock = read_as(Lock, source, source.data) if not source.problems else None
    if lock is None:
        remedy = "Take it from where you keep its history, or write it again with `bandstand lock`."
        raise ProblemsError([_problem(path, "The lock is damaged, so no pack serves.", remedy), *source.problems])
    return LockFile(path, lock, source)


def write_lock(path: Path, lock: Lock) -> bool:
    """Write a lock whole or not at all; whether it was otherwise before.

    Raises:
        OSError: It cannot be written; what was there before is there still.
    """
    text = lock_text(lock).encode()
    if path.is_file() and path.read_bytes() == text:
        return False
    write_atomically(path, text)
    return True


def lock_text(lock: Lock) -> str:
    """A lock as its file holds it: a value on each line, everything in order, so that what changed is what differs."""
    data = lock.model_dump(mode="json", exclude_none=True)
    lines = [f"{name}: {_scalar(data.get(name))}" for name in ("lock", "bandstand", "follow", "keep")]
    order = {
        "trust": lambda item: (item["fingerprint"],),
        "packs": lambda item: (item["id"], item["version"]),
        "overlays": lambda item: (item["pack"], item["version"]),
    }
    for name, key in order.items():
        if data[name]:
            lines.extend([f"{name}:", *(line for item in sorted(data[name], key=key) for line in _item(item))])
        else:
            lines.append(f"{name}: []")
    return "\n".join([_HEAD + lines[0], *lines[1:], ""])


def _item(item: Mapping[str, str]) -> Iterator[str]:
    for n, (name, value) in enumerate(item.items()):
        yield f"{'    ' if n else '  - '}{name}: {_scalar(value)}"


def _scalar(value: object) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value not in ("true", "false", "null"):
        return value
    # A text of JSON is a text of YAML too, but for line breaks that JSON leaves as they are, which no name here has.
    return json.dumps(value, ensure_ascii=False)


def relative_to_lock(folder: Path, lock: Path) -> str:
    """A folder as the lock names it: from the lock's own folder, so that both can be moved together."""
    return Path(os.path.relpath(folder, lock.parent)).as_posix()


def changes(old: Lock, new: Lock) -> list[str]:
    """What one lock has otherwise than another, a sentence each, naming both digests."""
    return [
        *_changed("", {p.name: p.digest for p in old.packs}, {p.name: p.digest for p in new.packs}),
        *_changed("The rules of ", _same(old, new), _same(new, old)),
        *_changed(
            "The overlay of ",
            {o.over: f"{o.id} {o.digest}" for o in old.overlays},
            {o.over: f"{o.id} {o.digest}" for o in new.overlays},
        ),
        *(f"{key.fingerprint} is not trusted any more." for key in old.trust if key not in new.trust),
        *(f"{key.fingerprint} is trusted from now on." for key in new.trust if key not in old.trust),
        *_changed("", *({"What is followed": x.follow, "What wrote the lock": x.bandstand} for x in (old, new))),
        *_changed("", *({"The folder of the copies": str(x.keep)} for x in (old, new))),
    ]


def _same(one: Lock, other: Lock) -> dict[str, str]:
    """Digests of the clauses of the packs whose files are the same in both locks."""
    digests = {pack.name: pack.digest for pack in other.packs}
    return {pack.name: pack.clauses for pack in one.packs if digests.get(pack.name) == pack.digest}


def _changed(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if name not in new:
            yield f"{what}{name}: not locked any more (was {old[name]})."
        elif name not in old:
            yield f"{what}{name}: locked from now on ({new[name]})."
        elif old[name] != new[name]:
            yield f"{what}{name}: was {old[name]}, is {new[name]}."


def _problem(path: Path, message: str, remedy: str) -> Problem:
    return Problem(code="broken-lock", place=Place(file=str(path)), message=message, remedy=remedy)
