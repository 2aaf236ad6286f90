"""A table of results as it lies on disk: whether it is one, the record of the run that made it, and its rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import ValidationError

from bandstand import words
from bandstand.errors import NotFoundError
from bandstand.models.cohort_run import RUN_KEY, CohortRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

#: Columns without which a table is none of results; what else there is, later releases may add.
_ASKED: Final = (
    *("person", "framework", "outcome", "purpose", "grade", "level", "zone", "action", "notes", "caveats"),
    *("seen", "criteria", "level_before", "zone_before", "as_of", "pack", "pack_digest", "overlay_digest"),
)
_ARROW: Final = ".arrow"
_ENDINGS: Final = (".parquet", ".pq")


class ResultsTable:
    """A table of results: a Parquet file or an Arrow file, or a folder of Parquet files as Spark writes it.

    Args:
        path: The file, or the folder.

    Raises:
        NotFoundError: It is not there, cannot be read or is no table of results, or what reads it is not installed.
    """

    def __init__(self, path: Path) -> None:
        check_installed()
        import duckdb  # noqa: PLC0415 - an extra
        from pyarrow import ArrowException  # noqa: PLC0415 - an extra

        self.path = path
        files = _files(path)
        self._database = duckdb.connect()
        self._database.execute("SET temp_directory = ?", [str(Path(tempfile.gettempdir()) / "bandstand-duckdb")])
        try:
            schemas = [_schema(file) for file in files]
            if files[0].suffix.lower() == _ARROW:
                self._database.register("results", _mapped(files[0]))
            else:
                self._database.read_parquet([str(file) for file in files]).create_view("results")
        except (ArrowException, duckdb.Error, ValueError, OSError) as error:
            self._database.close()
            said = str(error).partition("\n")[0].rstrip(".")
            raise NotFoundError(f"{path} cannot be read: {said}. Name what bandstand cohort wrote.") from None
        for file, schema in zip(files, schemas, strict=True):
            absent = [name for name in _ASKED if name not in schema.names]
            if absent:
                self._database.close()
                listed = words.listed(absent, 4)
                raise NotFoundError(
                    f"{file} is no table of results: it has no column {listed}. Name what cohort wrote."
                )
        self._record = next((found for schema in schemas if (found := _record(schema.metadata)) is not None), None)

    def __enter__(self) -> Self:
        """The table itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._database.close()

    @property
    def run(self) -> CohortRun | None:
        """The record of the run that made it; None where the table has none, as one that was written anew.

        Raises:
            NotFoundError: It cannot be read, being of a later release.
        """
        if self._record is None:
            return None
        try:
            return CohortRun.model_validate_json(self._record)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise NotFoundError(
                f"The record of the run in {self.path} cannot be read ({where}: {first['msg']}). "
                "It may be of another release of Bandstand: open it with that one."
            ) from None

    def ask(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query over the view ``results`` gives."""
        return list(self._database.execute(query, list(values)).fetchall())

    def rows(self, condition: str, values: Sequence[object] = ()) -> Iterator[dict[str, Any]]:
        """The rows for which a condition holds, by column, as differences take them."""
        found = self._database.execute(f"SELECT * FROM results WHERE {condition}", list(values))  # noqa: S608 - of ours
        names = [column[0] for column in found.description or ()]
        for row in found.fetchall():
            yield dict(zip(names, row, strict=True))


def check_installed() -> None:
    """See that what reads tables of results is installed.

    Raises:
        NotFoundError: It is not; the message says how to install it.
    """
    try:
        import duckdb  # noqa: F401, PLC0415 - an extra
        import pyarrow  # noqa: F401, ICN001, PLC0415 - an extra
    except ImportError:
        raise NotFoundError("Tables of results need what reads them: pip install 'bandstand[workforce]'.") from None


def _schema(file: Path) -> pa.Schema:
    from pyarrow import ipc, parquet  # noqa: PLC0415 - an extra

    if file.suffix.lower() != _ARROW:
        return parquet.read_schema(file)
    with file.open("rb") as source:
        return ipc.open_file(source).schema


def _mapped(file: Path) -> pa.Table:
    """An Arrow file as it lies on disk, of which only what is looked at comes into memory."""
    from pyarrow import ipc, memory_map  # noqa: PLC0415 - an extra

    return ipc.open_file(memory_map(str(file))).read_all()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(
            file
            for file in path.rglob("*")
            if file.suffix in _ENDINGS and not any(part.startswith((".", "_")) for part in file.relative_to(path).parts)
        )
        if not found:
            raise NotFoundError(f"{path} is a folder without a Parquet file in it. Name what bandstand cohort wrote.")
        return found
    if not path.exists():
        raise NotFoundError(f"There is no {path}. Check the name and the folder.")
    if path.suffix.lower() not in (*_ENDINGS, _ARROW):
        raise NotFoundError(
            f"{path} is neither Parquet nor Arrow, by its name, and nothing else has the record of a run: "
            "let bandstand cohort write results.parquet."
        )
    return [path]


def _record(metadata: dict[bytes, bytes] | None) -> bytes | None:
    return None if metadata is None else metadata.get(RUN_KEY.encode())
