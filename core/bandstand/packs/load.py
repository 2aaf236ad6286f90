"""A pack from disk: every file read and validated, then cross-checked; all problems are reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bandstand.canonical import digest
from bandstand.errors import ProblemsError
from bandstand.models.example import ExampleFile
from bandstand.models.framework import Framework
from bandstand.models.guidance import Crosswalk, Guidance
from bandstand.models.problem import Place, Problem
from bandstand.models.standard import Standard
from bandstand.packs.bounds import lies_outside, read_files
from bandstand.packs.check import check_pack
from bandstand.packs.draft import Draft
from bandstand.packs.evidence_schema import read_schema
from bandstand.packs.pack import Pack
from bandstand.packs.shape import read_as
from bandstand.packs.yaml_source import Path, Source, read_yaml
from bandstand.rules.base import Rule, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

#: Folders of a pack, and what stands in them.
FOLDERS: Final = ("standards", "rules", "examples", "guidance", "crosswalks")
FRAMEWORK: Final = "framework.yaml"
EVIDENCE_SCHEMA: Final = "evidence.schema.json"
#: Who vouches for the pack; it says what the pack's digest is, and so is no part of that.
SIGNATURE: Final = "signature.json"
_MOST_FILES: Final = 500


def load_pack(root: Traversable, kinds: Mapping[str, type[Rule]]) -> Pack:
    """Read the pack in the folder ``root``, with rules of the given kinds.

    Raises:
        ProblemsError: The pack has problems; it holds every one of them.
    """
    draft = read_pack(root, kinds)
    if draft.pack is None:
        raise ProblemsError(draft.all_problems())
    return draft.pack


def read_pack(root: Traversable, kinds: Mapping[str, type[Rule]]) -> Draft:
    """The pack in the folder ``root`` with the place of each of its parts; its ``pack`` is None where it has problems.

    Problems of a pack are never raised: they are the draft's.
    """
    draft = Draft(place=str(root))
    _read_files(root, draft)
    assemble(draft, kinds)
    return draft


def assemble(draft: Draft, kinds: Mapping[str, type[Rule]]) -> None:
    """Make a pack of a draft that holds nothing but its sources; what is wrong with them is the draft's problems."""
    _read_parts(draft, kinds)
    if draft.all_problems() or draft.framework is None:
        # References between broken parts would only repeat what is wrong with the parts.
        return
    lowered = check_pack(draft)
    if draft.all_problems():
        return
    content: dict[str, Any] = {name: source.data for name, source in draft.sources.items()}
    content[EVIDENCE_SCHEMA] = draft.evidence_schema
    draft.pack = Pack(
        framework=draft.framework,
        standards=tuple(standard for standard, _ in draft.standards),
        rules=tuple(rule for rule, _, _ in draft.rules),
        lowered=lowered,
        examples=tuple(example for example, _, _ in draft.examples),
        guidance=tuple(guidance for guidance, _ in draft.guidance),
        crosswalks=tuple(crosswalk for crosswalk, _ in draft.crosswalks),
        evidence_schema=draft.evidence_schema,
        content=content,
        digest=digest(content),
        place=draft.place,
        files=draft.files,
    )


def _read_files(root: Traversable, draft: Draft) -> None:
    found = list(_files(root, draft))
    if not (root / FRAMEWORK).is_file():
        _report(draft, "missing-file", FRAMEWORK, "A pack has a framework.yaml.", "Add it, or name the pack's folder.")
    for name, content in read_files(found, draft.problems):
        draft.files[name] = content
        if name == EVIDENCE_SCHEMA:
            schema, problems = read_schema(name, content)
            draft.evidence_schema = schema or {}
            draft.problems.extend(problems)
        elif name != SIGNATURE:
            draft.sources[name] = read_yaml(name, content)


def _files(root: Traversable, draft: Draft) -> Iterator[tuple[str, Traversable]]:
    """The pack's files by their names below the root, in order; whatever else lies there is a problem."""
    if not root.is_dir():
        return
    count = 0
    for entry in sorted(root.iterdir(), key=lambda e: e.name):
        if lies_outside(root, entry):
            _report_outside(draft, entry.name)
        elif entry.is_dir() and entry.name in FOLDERS:
            for file in sorted(entry.iterdir(), key=lambda e: e.name):
                count += 1
                name = f"{entry.name}/{file.name}"
                if count > _MOST_FILES:
                    message = f"The pack has more than {_MOST_FILES} files."
                    _report(draft, "too-many-files", name, message, "Put more into each.")
                    return
                if lies_outside(root, file):
                    _report_outside(draft, name)
                elif file.name.endswith(".yaml") and file.is_file():
                    yield name, file
                else:
                    _report(draft, "unexpected-file", name, "This is not a .yaml file.", "Rename it or take it out.")
        elif entry.name in (FRAMEWORK, EVIDENCE_SCHEMA, SIGNATURE) and entry.is_file():
            yield entry.name, entry
        else:
            remedy = did_you_mean(entry.name, (FRAMEWORK, EVIDENCE_SCHEMA, SIGNATURE, *FOLDERS))
            _report(draft, "unexpected-file", entry.name, "A pack has no such file or folder.", remedy)


def _read_parts(draft: Draft, kinds: Mapping[str, type[Rule]]) -> None:
    for name, source in draft.sources.items():
        if source.data is None:
            continue
        folder, _, _ = name.rpartition("/")
        if folder == "":
            draft.framework = read_as(Framework, source, source.data)
        elif folder == "standards":
            standard = read_as(Standard, source, source.data)
            if standard is not None:
                draft.standards.append((standard, source))
        elif folder == "guidance":
            guidance = read_as(Guidance, source, source.data)
            if guidance is not None:
                draft.guidance.append((guidance, source))
        elif folder == "crosswalks":
            crosswalk = read_as(Crosswalk, source, source.data)
            if crosswalk is not None:
                draft.crosswalks.append((crosswalk, source))
        elif folder == "examples":
            parsed = read_as(ExampleFile, source, source.data)
            for n, example in enumerate(parsed.examples if parsed else ()):
                draft.examples.append((example, source, ("examples", n)))
        else:
            _read_rules(source, draft, kinds)


def _read_rules(source: Source, draft: Draft, kinds: Mapping[str, type[Rule]]) -> None:
    data = source.data
    if not isinstance(data, dict) or list(data) != ["rules"] or not isinstance(data["rules"], list):
        source.report("bad-value", (), "A rules file has one field, rules, which is a list.", "Write `rules:` first.")
        return
    for n, item in enumerate(data["rules"]):
        path: Path = ("rules", n)
        kind = item.get("kind") if isinstance(item, dict) else None
        if not isinstance(kind, str):
            source.report("missing-field", path, "The rule names no kind.", f"Add kind: {' or '.join(kinds)}.")
        elif kind not in kinds:
            remedy = did_you_mean(kind, kinds)
            source.report("unknown-kind", (*path, "kind"), f'"{kind}" is not a kind of rule.', remedy)
        else:
            rule = read_as(kinds[kind], source, item, path)
            if rule is not None:
                draft.rules.append((rule, source, path))


def _report_outside(draft: Draft, file: str) -> None:
    _report(draft, "outside-pack", file, "This leads out of the pack's folder.", "Put the file itself there.")


def _report(draft: Draft, code: str, file: str, message: str, remedy: str) -> None:
    draft.problems.append(Problem(code=code, place=Place(file=file), message=message, remedy=remedy))
