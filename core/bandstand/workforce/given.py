"""The files of a run over a workforce: what is read and written, and what can be told of it before a row is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bandstand.cohort.coded import CodedFolder, look_into_folder
from bandstand.cohort.coding import Coder
from bandstand.cohort.files import WANTED, Inputs, find_files, is_coded, look_into, unread
from bandstand.errors import ProblemsError
from bandstand.interop.columns import ColumnWatch
from bandstand.interop.source import EVIDENCE, file_problem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bandstand.cohort.tally import Tally
    from bandstand.models.cohort_run import CohortRun
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue


@dataclass(frozen=True, slots=True)
class Given:
    """The files of a run.

    Attributes:
        files: Evidence: files, patterns, folders, or one folder of coded evidence.
        output: What is written.
        rejects: Where rows are put that cannot be read; beside the output when None.
        people: The staff list, if there is one.
        overlays: Folders of overlays, as they were given.
        lock: The trust's lock, if there is one.
    """

    files: Sequence[Path]
    output: Path
    rejects: Path | None = None
    people: Path | None = None
    overlays: Sequence[Path] = ()
    lock: Path | None = None

    @property
    def reject_file(self) -> Path:
        """Where rows are put that cannot be read."""
        name = self.output.name.removesuffix(self.output.suffix)
        return self.rejects or self.output.with_name(f"{name}.rejects.csv")


@dataclass(slots=True)
class CohortDone:
    """What came of a run.

    Attributes:
        run: What was read and asked, and how much there was of everything.
        output: What was written.
        rejects: Where the rows are that could not be read; None where there are none.
        notes: What a user should know and need not mend.
    """

    run: CohortRun
    output: Path
    rejects: Path | None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EvidenceFiles:
    """The evidence that is read: files, or a folder of what is coded.

    Attributes:
        inputs: Its files and their parts.
        folder: The folder of coded evidence, where it is one.
    """

    inputs: Inputs
    folder: CodedFolder | None

    @property
    def kind(self) -> type:
        """What ids of people in its Parquet files have to be for their order to be that of people."""
        return str if self.folder is None else int

    def coder(
        self, catalogue: Catalogue, packs: Mapping[str, Pack], default: str | None, today: dt.date, work: Path
    ) -> Any:
        """What makes numbers of its rows.

        Args:
            catalogue: Every version of every framework.
            packs: Framework id -> the version that counts.
            default: The framework of records that name none.
            today: Evidence after this day is a problem.
            work: A folder for what processes share.
        """
        if self.folder is not None:
            return self.folder.coder(packs, today, work)
        versions = [pack for pack in catalogue.packs if pack is not packs[pack.id]]
        return Coder(packs, default_framework=default, today=today, versions=versions)

    def problems(self, tally: Tally) -> list[Problem]:
        """What is wrong with files and keeps nobody's evidence from being read, now that they were read."""
        watch = ColumnWatch(EVIDENCE)
        found = list(self.inputs.problems)
        for at, names in sorted(tally.others.items()):
            file = self.inputs.files[at]
            if file.kind == "jsonl":
                found.extend(unread(file, names, watch))
        self.inputs.notes.extend(watch.notes)
        return found


def look_at(files: Sequence[Path], catalogue: Catalogue, default: str | None, today: dt.date) -> EvidenceFiles:
    """Look into the files with evidence.

    Raises:
        ProblemsError: One of them cannot be read at all.
    """
    folders = [path for path in files if is_coded(path)]
    if not folders:
        needs = Coder(catalogue.frameworks(today), default_framework=default, today=today).needs
        return EvidenceFiles(look_into(find_files(files), WANTED | needs), None)
    if len(files) > 1:
        message = "A folder of coded evidence is read by itself: what it holds may stand in the other files too."
        remedy = "Name it alone, or encode all files together."
        raise ProblemsError([file_problem(folders[0], "is-a-folder", message, remedy)])
    folder = look_into_folder(folders[0])
    return EvidenceFiles(Inputs(list(folder.files), list(folder.chunks)), folder)
