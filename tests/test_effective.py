"""Two versions of a framework side by side: an evaluation takes the one that is valid at its as-of date."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.errors import ExpiredError, NotFoundError, ProblemsError, RefusedError
from bandstand.plugins import load_catalogue
from bandstand.service import Question, Service
from commands import Cli, validate, write_csv
from overlaying import overlay
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.models.evaluation import Evaluation
    from bandstand.service import Docket

#: The last day of the first version, and the first of the second.
LAST, FIRST = dt.date(2025, 8, 31), dt.date(2025, 9, 1)
TODAY = dt.date(2026, 3, 1)
#: The second version has B.3 in the place of B.2, and asks for both criteria of level 2.
SECOND = (
    ("framework.yaml", 'version: "1.0"', 'version: "2.0"'),
    (
        "framework.yaml",
        "valid_from: 2024-09-01\nvalid_until: 2025-08-31",
        "valid_from: 2025-09-01\nvalid_until: 2026-08-31",
    ),
    ("standards/B.yaml", "id: B.2,", "id: B.3,"),
    ("rules/ladder.yaml", "criteria: [B.1, B.2], need: 1,", "criteria: [B.1, B.3],"),
    ("rules/sheet.yaml", "[A.1, A.2, B.1, B.2]", "[A.1, A.2, B.1, B.3]"),
    ("examples/levels.yaml", "blockers: [B.1, B.2]", "blockers: [B.1, B.3]"),
)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """The packs of both versions."""
    return [tiny(tmp_path / "one"), tiny(tmp_path / "two", *SECOND)]


@pytest.fixture
def service(folders: list[Path]) -> Service:
    return both(folders)


def both(folders: list[Path], *overlays: Path, today: dt.date = TODAY) -> Service:
    """A service with the packs in some folders, and no plugins."""
    return Service(load_catalogue(points=[], packs=folders), today=today, durable=False, overlays=overlays)


def row(criteria: str, date: str, **fields: str) -> dict[str, str]:
    given = {"id": f"e-{criteria}-{date}", "person": "P-1", "framework": "tiny", "criteria": criteria, "claim": "met"}
    return {**given, "source": "observation", "date": date, **fields}


def prepared(service: Service, folder: Path, *rows: dict[str, str], **asked: Any) -> Docket:
    path = write_csv(folder / "evidence.csv", list(rows))
    return service.prepare([path], question=Question(**asked))


def only(docket: Docket) -> Evaluation:
    (evaluation,) = docket.evaluations()
    return evaluation


@pytest.mark.parametrize(
    ("as_of", "version"),
    [
        (LAST - dt.timedelta(days=1), "1.0"),
        (LAST, "1.0"),
        (FIRST, "2.0"),
        (FIRST + dt.timedelta(days=1), "2.0"),
    ],
)
def test_an_evaluation_takes_the_version_that_is_valid_at_its_as_of_date(
    as_of: dt.date, version: str, service: Service, tmp_path: Path
) -> None:
    docket = prepared(service, tmp_path, row("A.1 A.2 B.1", "2025-07-01"), as_of=as_of)
    evaluation = only(docket)
    assert evaluation.pins.pack.version == version
    # The second version asks for both criteria of level 2.
    assert evaluation.level == {"1.0": 2, "2.0": 1}[version]
    assert docket.notes == []
    assert not [caveat for caveat in evaluation.recommendation.caveats if caveat.code == "validity"]


@pytest.mark.parametrize(("date", "version"), [("2025-08-31", "1.0"), ("2025-09-01", "2.0")])
def test_without_an_as_of_date_the_newest_evidence_says_which_version_counts(
    date: str, version: str, service: Service, tmp_path: Path
) -> None:
    docket = prepared(service, tmp_path, row("A.1", "2025-01-10"), row("A.2", date))
    assert only(docket).pins.pack.version == version
    assert docket.as_of == dt.date.fromisoformat(date)


def test_evidence_of_last_year_alone_is_read_by_last_year_s_criteria(service: Service, tmp_path: Path) -> None:
    docket = prepared(service, tmp_path, row("A.1 A.2 B.2", "2025-07-01"))
    assert (only(docket).pins.pack.version, only(docket).level, docket.notes) == ("1.0", 2, [])


def test_a_record_of_the_time_of_another_version_is_left_out_and_counted_and_no_mistake(
    service: Service, tmp_path: Path
) -> None:
    rows = [row("A.1 A.2", "2025-07-01"), row("B.2", "2025-07-01"), row("A.2 B.2", "2025-07-02")]
    docket = prepared(service, tmp_path, *rows, row("B.1 B.3", "2025-10-01"))
    evaluation = only(docket)
    assert (evaluation.pins.pack.version, evaluation.level) == ("2.0", 2)
    assert evaluation.findings["A.2"].evidence == "e-A.2 B.2-2025-07-02"
    assert docket.notes == [
        "Left out: one record is of the time of tiny 1.0, and about what tiny 2.0 does not have (B.2).",
        "Read in part: one record is of the time of tiny 1.0, and also about what tiny 2.0 does not have (B.2).",
    ]


def test_asked_of_last_year_this_year_s_records_are_left_out_too(service: Service, tmp_path: Path) -> None:
    docket = prepared(service, tmp_path, row("A.1 A.2", "2025-07-01"), row("B.3", "2025-10-01"), as_of=LAST)
    assert only(docket).pins.pack.version == "1.0"
    assert docket.notes == [
        "Left out: one record is of the time of tiny 2.0, and about what tiny 1.0 does not have (B.3)."
    ]


def test_last_year_s_criterion_in_a_record_of_this_year_is_a_mistake(service: Service, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r'"B\.2" is not a criterion of tiny 2\.0'):
        prepared(service, tmp_path, row("B.2", "2025-10-01"))


def test_a_mistake_stays_one_whatever_the_version(service: Service, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r'"B\.9" is not a criterion of tiny 2\.0'):
        prepared(service, tmp_path, row("B.9", "2025-07-01"), row("A.1", "2025-10-01"))


def test_ids_are_told_apart_among_left_out_records_too(service: Service, tmp_path: Path) -> None:
    rows = [row("B.2", "2025-07-01", id="e-1"), row("A.1", "2025-10-01", id="e-1")]
    with pytest.raises(ProblemsError) as caught:
        prepared(service, tmp_path, *rows)
    assert [problem.code for problem in caught.value.problems] == ["duplicate-id"]


def test_somebody_without_evidence_is_evaluated_under_the_version_of_today(folders: list[Path], tmp_path: Path) -> None:
    staff = write_csv(tmp_path / "people.csv", [{"person": "P-2", "grade": "M1"}])
    path = write_csv(tmp_path / "evidence.csv", [row("A.1", "2025-07-01")])
    service = both(folders, today=dt.date(2025, 8, 1))
    docket = service.prepare([path], staff, Question(people=("P-2",)))
    assert only(docket).pins.pack.version == "1.0"


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (dt.date(2026, 9, 1), "tiny 2.0 expired on 31 August 2026, and this is as at 1 September 2026"),
        (dt.date(2024, 8, 31), "tiny 2.0 is not valid before 1 September 2025, and this is as at 31 August 2024"),
    ],
)
def test_a_version_that_is_not_valid_is_said_to_be_once_and_in_every_evaluation(
    as_of: dt.date, said: str, service: Service, tmp_path: Path
) -> None:
    rows = [row("A.1", "2024-07-01", person=person, id=person) for person in ("P-1", "P-2")]
    docket = prepared(service, tmp_path, *rows, as_of=as_of)
    assert docket.notes == [f"{said}; every evaluation says so. --refuse-expired refuses it."]
    for evaluation in docket.evaluations():
        assert "validity" in {caveat.code for caveat in evaluation.recommendation.caveats}


def test_a_version_that_is_not_valid_is_refused_where_that_is_asked(service: Service, tmp_path: Path) -> None:
    with pytest.raises(ExpiredError) as caught:
        prepared(service, tmp_path, row("A.1", "2026-01-01"), as_of=dt.date(2026, 9, 1), refuse_expired=True)
    assert isinstance(caught.value, RefusedError)
    assert str(caught.value) == (
        "tiny 2.0 expired on 31 August 2026, and this is as at 1 September 2026. Install the version that is valid "
        "then, ask for a day at which this one is with --as-of, or leave out --refuse-expired."
    )


def test_a_trust_s_overlay_refuses_a_version_that_is_not_valid(folders: list[Path], tmp_path: Path) -> None:
    own = overlay(tmp_path / "own", version="2.0", expired="refuse")
    service = both(folders, own)
    assert only(prepared(service, tmp_path, row("A.1", "2025-10-01"))).pins.pack.version == "2.0"
    with pytest.raises(ExpiredError, match=r"write expired: warn into the trust's overlay\.$"):
        prepared(service, tmp_path, row("A.1", "2026-01-01"), as_of=dt.date(2026, 9, 1))


def test_a_refused_framework_is_left_out_where_another_serves(folders: list[Path], tmp_path: Path) -> None:
    other = tiny(
        tmp_path / "other",
        ("framework.yaml", "id: tiny\n", "id: tinier\n"),
        ("framework.yaml", "valid_from: 2024-09-01\nvalid_until: 2025-08-31\n", ""),
    )
    rows = [row("A.1", "2026-01-01"), row("A.1", "2026-01-01", id="e-2", framework="tinier")]
    docket = prepared(both([*folders, other]), tmp_path, *rows, as_of=dt.date(2026, 9, 1), refuse_expired=True)
    assert only(docket).framework == "tinier"
    assert [note for note in docket.notes if note.startswith("Left out. tiny 2.0 expired on 31 August 2026")]


def test_an_overlay_lies_over_its_own_version_and_its_disuse_is_said(folders: list[Path], tmp_path: Path) -> None:
    own = overlay(tmp_path / "own", "change: [{ at: ladder.levels.1.need, to: 1 }]\n")
    service = both(folders, own)
    then = only(prepared(service, tmp_path, row("A.1", "2025-07-01")))
    assert (then.level, then.pins.overlay is None) == (1, False)
    docket = prepared(service, tmp_path, row("A.1", "2025-10-01"))
    assert (only(docket).level, only(docket).pins.overlay) == (0, None)
    (note,) = docket.notes
    assert note.startswith("The overlay our_trust is for tiny 1.0 and is not used: as at 1 October 2025, tiny 2.0 is ")


def test_each_version_may_have_an_overlay_of_its_own(folders: list[Path], tmp_path: Path) -> None:
    values = "change: [{ at: ladder.levels.1.need, to: 1 }]\n"
    own = [overlay(tmp_path / name, values, version=name) for name in ("1.0", "2.0")]
    service = both(folders, *own)
    for date in ("2025-07-01", "2025-10-01"):
        docket = prepared(service, tmp_path, row("A.1", date))
        assert only(docket).level == 1
        assert "is not used" in docket.notes[0]


def test_a_comparison_with_a_day_before_the_version_was_valid_says_so(service: Service, tmp_path: Path) -> None:
    docket = prepared(service, tmp_path, row("A.1", "2025-07-01"), row("A.2", "2025-10-01"), since=LAST)
    assert docket.notes == ["tiny 2.0 was not valid at 31 August 2025 yet; what stood then is looked at under it too."]


def test_candidates_are_read_by_the_version_of_the_newest_evidence(service: Service, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "evidence.csv", [row("B.2", "2025-07-01")])
    assert service.candidates([path], "tiny") == []


@pytest.mark.parametrize(("asked", "version"), [("tiny", "2.0"), ("tiny@1.0", "1.0"), ("tiny@2.0", "2.0")])
def test_a_version_is_named_behind_an_at_sign_and_is_else_the_one_valid_at_the_day(
    asked: str, version: str, service: Service
) -> None:
    assert service.pack(asked, TODAY).version == version
    assert service.pack("tiny", LAST).version == "1.0"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("tiny@3.0", r'tiny is not installed in version "3\.0"; there is 1\.0 and 2\.0\.'),
        ("tiney@1.0", r'There is no framework "tiney"\. Did you mean tiny\?'),
    ],
)
def test_a_version_that_is_not_there_says_which_are(asked: str, said: str, service: Service) -> None:
    with pytest.raises(NotFoundError, match=said):
        service.pack(asked)


def test_an_evaluation_is_not_asked_for_a_version(service: Service, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"Ask for tiny, and for the day with --as-of\."):
        prepared(service, tmp_path, row("A.1", "2025-07-01"), framework="tiny@1.0")


def test_versions_are_in_the_order_of_their_days_and_then_of_their_numbers(tmp_path: Path) -> None:
    undated = ("framework.yaml", "valid_from: 2024-09-01\nvalid_until: 2025-08-31\n", "")
    made = [
        tiny(tmp_path / version, undated, ("framework.yaml", 'version: "1.0"', f'version: "{version}"'))
        for version in ("2024.10", "2024.9", "2024.9-rc1")
    ]
    catalogue = load_catalogue(points=[], packs=made)
    assert [pack.version for pack in catalogue.versions("tiny")] == ["2024.9", "2024.9-rc1", "2024.10"]
    assert catalogue.frameworks()["tiny"].version == "2024.10"


@pytest.fixture
def cli(folders: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line with both versions installed, and nothing else."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("bandstand.service.load_catalogue", lambda: load_catalogue(points=[], packs=folders))
    return Cli(monkeypatch, capsys)


def test_show_names_the_other_versions_and_shows_each(cli: Cli) -> None:
    code, out, _ = cli("show", "tiny@1.0")
    assert code == 0
    assert "A tiny framework (tiny 1.0)" in out
    assert "Valid from 1 September 2024 to 31 August 2025." in out
    assert "Version 2.0 is valid from 1 September 2025 to 31 August 2026: bandstand show tiny@2.0" in out
    assert "B.2" in cli("show", "tiny@1.0", "B.2")[1]
    code, _, err = cli("show", "tiny@2.0", "B.2")
    assert (code, "tiny 2.0 has nothing called" in err) == (2, True)
    listed = json.loads(cli("show", "tiny@1.0", "--json")[1])
    validate("listing", listed)
    assert (listed["framework"]["version"], listed["versions"]) == ("1.0", ["1.0", "2.0"])


def test_frameworks_lists_every_version_oldest_first(cli: Cli) -> None:
    out = cli("frameworks")[1]
    assert out.index("tiny 1.0") < out.index("tiny 2.0")
    assert "Valid from 1 September 2024 to 31 August 2025, and so not today." in out
    listed = json.loads(cli("frameworks", "--json")[1])
    assert [one["version"] for one in listed["frameworks"]] == ["1.0", "2.0"]


def test_the_sheet_is_that_of_the_version_that_is_named(cli: Cli, tmp_path: Path) -> None:
    for version, line in (("1.0", "B.2"), ("2.0", "B.3")):
        path = tmp_path / f"{version}.xlsx"
        assert cli("sheet", f"tiny@{version}", "-o", path)[0] == 0
        evidence = write_csv(tmp_path / "none.csv", [row("A.1", "2025-07-01")])
        assert evidence.exists()
        from python_calamine import CalamineWorkbook  # noqa: PLC0415 - as the reader has it

        cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        assert any(line in cells_of for cells_of in cells)


@pytest.mark.parametrize("command", ["evaluate", "explain"])
def test_the_option_refuses_with_the_exit_code_of_a_refusal(command: str, cli: Cli, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "evidence.csv", [row("A.1", "2025-10-01")])
    code, _, err = cli(command, path, "--as-of", "2026-09-01", "--engine", "plain")
    assert (code, "every evaluation says so" in err) == (0, True)
    code, out, err = cli(command, path, "--as-of", "2026-09-01", "--refuse-expired")
    assert (code, out) == (3, "")
    assert err.startswith("Refused: tiny 2.0 expired on 31 August 2026, and this is as at 1 September 2026.")
