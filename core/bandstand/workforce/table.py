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

#: Columns without which a table is none of results; what else there is, later releases may add.
_ASKED: Final = (
    *("person", "framework", "outcome", "purpose", "grade", "level", "zone", "action", "notes", "caveats"),
    *("seen", "criteria", "level_before", "zone_before", "as_of", "pack", "pack_digest", "overlay_digest"),
)
_ENDINGS: Final = (".parquet", ".pq")


class ResultsTable:
    """A table of results: one Parquet file, or a folder of them as Spark writes it.

    Args:
        path: The file, or the folder.

    Raises:
        NotFoundError: It is not there, cannot be read or is no table of results, or what reads it is not installed.
    """

    def __init__(self, path: Path) -> None:
        duckdb, parquet = _libraries()
        self.path = path
        self._files = _files(path)
        try:
            schemas = [parquet.read_schema(file) for file in self._files]
        except (ValueError, OSError) as error:
            raise NotFoundError(
                f"{path} cannot be read as Parquet: {error}. Name what bandstand cohort wrote."
            ) from None
        for file, schema in zip(self._files, schemas, strict=True):
            absent = [name for name in _ASKED if name not in schema.names]
            if absent:
                listed = words.listed(absent, 4)
                raise NotFoundError(
                    f"{file} is no table of results: it has no column {listed}. Name what cohort wrote."
                )
        self._record = next((found for schema in schemas if (found := _record(schema.metadata)) is not None), None)
        self._database = duckdb.connect()
        self._database.execute("SET temp_directory = ?", [str(Path(tempfile.gettempdir()) / "bandstand-duckdb")])
        self._database.read_parquet([str(file) for file in self._files]).create_view("results")

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
    _libraries()


def _libraries() -> tuple[Any, Any]:
    try:
        import duckdb  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError:
        raise NotFoundError("Tables of results need what reads them: pip install 'bandstand[workforce]'.") from None
    return duckdb, parquet


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
    if path.suffix.lower() not in _ENDINGS:
        raise NotFoundError(
            f"{path} is no Parquet file, by its name, and nothing else holds the record of a run: "
            "let bandstand cohort write results.parquet."
        )
    return [path]


def _record(metadata: dict[bytes, bytes] | None) -> bytes | None:
    return None if metadata is None else metadata.get(RUN_KEY.encode())
