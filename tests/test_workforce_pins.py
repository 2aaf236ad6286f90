"""Which files a run read, and whether they are still the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from bandstand.errors import NotFoundError
from bandstand.models.cohort_run import InputPin
from bandstand.workforce.pins import changed, folder_pin, pin, placed

HERE = Path("here.csv")


def of(name: str, digest: str | None, size: int = 5) -> InputPin:
    return InputPin(name=name, bytes=size, sha256=digest)


def test_a_file_is_known_by_its_size_and_the_digest_of_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"abc")
    assert pin(file, "given/a.csv") == of(
        "given/a.csv", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3
    )


def test_a_folder_is_known_by_the_names_and_digests_of_its_files_in_any_order(tmp_path: Path) -> None:
    files = [tmp_path / "b", tmp_path / "a"]
    for file in files:
        file.write_text(file.name)
    whole = folder_pin(files, "coded")
    assert whole.bytes == 2
    assert folder_pin(files[::-1], "coded") == whole
    files[0].write_text("a")
    assert folder_pin(files, "coded").sha256 != whole.sha256


def test_a_file_is_looked_for_as_it_was_named_and_then_beside_the_results(tmp_path: Path) -> None:
    results = tmp_path / "results.parquet"
    beside = tmp_path / "evidence.csv"
    beside.touch()
    assert placed([str(beside)], results, "--evidence") == [beside]
    assert placed(["autumn/evidence.csv"], results, "--evidence") == [beside]
    with pytest.raises(
        NotFoundError, match=r"^a and b, which the run read, cannot be found, as it was named or beside"
    ):
        placed(["a", "evidence.csv", "b"], results, "--evidence")


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ([of("a", "x")], of("b", "x"), []),
        ([of("a", "x")], of("b", "y"), ["here.csv is not the file that the run read as a: it is y (5 bytes) now, and"]),
        ([of("a", "x"), of("b", "y")], of("b", "y"), ["a, x, which the run read, is not among what was named."]),
        ([], of("b", "y"), ["here.csv, y, was not read by the run."]),
        ([of("hdfs://a", None)], of("b", "y"), ["The run did not see hdfs://a whole, so that it cannot be told"]),
    ],
    ids=["moved", "changed", "missing", "another", "far away"],
)
def test_what_has_changed_is_told_by_digests(then: list[InputPin], now: InputPin, said: list[str]) -> None:
    told = list(changed(then, {HERE: now}))
    assert len(told) == len(said)
    assert all(line.startswith(beginning) for line, beginning in zip(told, said, strict=True))
