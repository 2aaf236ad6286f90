"""Writes a framework plugin to begin with, from the template, under a name, title and publisher of its own."""

from __future__ import annotations

import json
import re
import shlex
import unicodedata
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from bandstand import schemas
from bandstand.errors import StartError
from bandstand.hookspecs import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from bandstand.plugins import Catalogue
    from bandstand.rules.base import Rule

#: The template's own names, each of which stands for what it is replaced by, wherever it stands.
_NAME: Final = "starter_framework"
_DASHED: Final = "starter-framework"
_TITLE: Final = "Starter title"
_PUBLISHER: Final = "Starter publisher"
#: Files whose names begin with a dot would be read as this repository's own; they are kept under another name.
_DOT: Final = "dot-"
#: Where titles stand in double quotes, which JSON, YAML and TOML escape alike.
_QUOTED: Final = (".toml", ".yaml", ".json")
_SCHEMAS: Final = "schemas"
_LEFT_OUT: Final = ("__pycache__",)
_WORD = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_LONGEST_NAME = 40
_LONGEST_TITLE = 200
_SUGGESTED: Final = "our_framework"


@dataclass(frozen=True)
class Project:
    """A plugin that is to be written; names that cannot be used are refused when it is made.

    Attributes:
        name: The framework's id, from which the module and the distribution have their names.
        title: The document's title; the name in words when None.
        publisher: Who publishes it; a placeholder when None.

    Raises:
        StartError: A name cannot be used; the message says what could be.
    """

    name: str
    title: str | None = None
    publisher: str | None = None

    def __post_init__(self) -> None:
        if not (_WORD.fullmatch(self.name) and 1 < len(self.name) <= _LONGEST_NAME):
            raise StartError(
                f'"{self.name}" cannot be the name of a framework: that is 2 to {_LONGEST_NAME} small letters and '
                f"digits, a letter first, with one underscore between words. Did you mean {suggested(self.name)}?"
            )
        for what, text in (("title", self.title), ("publisher", self.publisher)):
            if text is not None and not (text.strip() and text.isprintable() and len(text) <= _LONGEST_TITLE):
                raise StartError(f"A {what} is up to {_LONGEST_TITLE} characters on one line. Give another --{what}.")

    @property
    def module(self) -> str:
        """Name of the Python module that has the hooks."""
        return f"bandstand_{self.name}"

    @property
    def distribution(self) -> str:
        """Name of the distribution, and of the folder where none is given."""
        return "-".join(("bandstand", *self.name.split("_")))

    def files(self) -> dict[str, str]:
        """The template's files under the project's names: every text, by its path below the project."""
        texts = _texts(files(__package__) / "template", "")
        return {self._path(name): self._filled(name, text) for name, text in texts}

    def next_steps(self, folder: Path) -> tuple[str, ...]:
        """The commands to go on with, once the project stands in a folder."""
        return (
            f"python -m pip install --editable {shlex.quote(str(folder))}",
            f"bandstand check {self.name} --strict",
            f"bandstand test {self.name} --min-coverage 100",
        )

    def _path(self, name: str) -> str:
        parts = (f".{part.removeprefix(_DOT)}" if part.startswith(_DOT) else part for part in name.split("/"))
        return "/".join(parts).replace(_NAME, self.name)

    def _filled(self, name: str, text: str) -> str:
        title = self.title or self.name.replace("_", " ").capitalize()
        publisher = self.publisher or "Your trust"
        is_quoted = name.endswith(_QUOTED)
        stands_for = {
            _NAME: self.name,
            _DASHED: self.name.replace("_", "-"),
            _TITLE: _escaped(title) if is_quoted else title,
            _PUBLISHER: _escaped(publisher) if is_quoted else publisher,
        }
        # All in one go, so that nothing is replaced in what was filled in.
        return re.sub("|".join(map(re.escape, stands_for)), lambda found: stands_for[found[0]], text)


def check_unused(project: Project, catalogue: Catalogue) -> None:
    """See that nothing which is installed has the project's name.

    Raises:
        StartError: A framework or a plugin has it; two of one name cannot be installed together.
    """
    plugins = entry_points(group=PROJECT).names
    if project.name in plugins or project.name in catalogue.frameworks():
        raise StartError(f'There is a framework "{project.name}" already: it is installed. Choose another name.')


def write(project: Project, folder: Path, kinds: Iterable[type[Rule]]) -> tuple[str, ...]:
    """Write the project into a folder that is not there, or empty; the paths of its files below it, in order.

    Args:
        project: What is to be written.
        folder: Where.
        kinds: The kinds of rule that editors are to know.

    Raises:
        StartError: There is something in the folder already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StartError(f"{folder} is there already, and a new framework goes into an empty folder. Name another.")
    content = project.files()
    content.update((f"{_SCHEMAS}/{name}", text.decode()) for name, text in schemas.texts(kinds).items())
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return tuple(sorted(content))


def suggested(name: str) -> str:
    """The nearest name that can be used: ``Our Framework!`` becomes ``our_framework``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "_".join(re.findall(r"[a-z0-9]+", plain)).lstrip("0123456789_")[:_LONGEST_NAME].rstrip("_")
    return words if len(words) > 1 else _SUGGESTED


def _texts(folder: Traversable, below: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        name = f"{below}{entry.name}"
        if entry.name in _LEFT_OUT:
            continue
        if entry.is_dir():
            yield from _texts(entry, f"{name}/")
        else:
            yield name, entry.read_text("utf-8")


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
