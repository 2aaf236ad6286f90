"""YAML as packs write it: plain data with its lines, and nothing that a stranger's file could do harm with."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time

import pytest

from bandstand.packs.yaml_source import MOST_BYTES, MOST_DEPTH, MOST_NODES, Source, path_text, read_yaml


def read(text: str) -> Source:
    return read_yaml("rules/one.yaml", text.encode())


def problems(source: Source) -> list[tuple[str, int | None, str | None, str]]:
    return [(p.code, p.place.line, p.place.path, p.message) for p in source.problems]


def codes(source: Source) -> list[str]:
    return [p.code for p in source.problems]


def test_every_key_and_item_has_its_line() -> None:
    source = read("# a remark\nid: one\n\nlevels:\n  - level: 1\n    criteria: [A, B]\n  - level: 2\n")
    assert source.problems == []
    assert source.data == {"id": "one", "levels": [{"level": 1, "criteria": ["A", "B"]}, {"level": 2}]}
    assert {path: source.lines[path] for path in source.lines if path} == {
        ("id",): 2,
        ("levels",): 4,
        ("levels", 0): 5,
        ("levels", 0, "level"): 5,
        ("levels", 0, "criteria"): 6,
        ("levels", 0, "criteria", 0): 6,
        ("levels", 0, "criteria", 1): 6,
        ("levels", 1): 7,
        ("levels", 1, "level"): 7,
    }


def test_a_value_on_a_line_below_its_key_is_placed_at_the_key() -> None:
    source = read("summary: >-\n  Two lines\n  of text.\nlabel:\n  Short\n")
    assert (source.lines["summary",], source.lines["label",]) == (1, 4)
    assert source.data == {"summary": "Two lines of text.", "label": "Short"}


def test_the_place_of_something_absent_is_that_of_the_nearest_part_there_is() -> None:
    source = read("a:\n  b:\n    - c: 1\n")
    place = source.place(("a", "b", 0, "d", 2))
    assert (place.file, place.line, place.path) == ("rules/one.yaml", 3, "a.b[0].d[2]")


def test_the_place_of_the_whole_file_has_no_path() -> None:
    place = read("a: 1\n").place()
    assert (place.line, place.path) == (1, None)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("rules", 2, "levels", 0, "criteria"), "rules[2].levels[0].criteria"),
        (("outcome", "zone"), "outcome.zone"),
        ((0, "id"), "[0].id"),
    ],
)
def test_a_path_is_written_as_people_write_it(path: tuple[str | int, ...], text: str) -> None:
    assert path_text(path) == text


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2024-09-01", "2024-09-01"),
        ("2024-09-01 12:00:00", "2024-09-01 12:00:00"),
        ("09-01", "09-01"),
        ("12:30", "12:30"),
        ("yes", "yes"),
        ("no", "no"),
        ("NO", "NO"),
        ("on", "on"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("Null", "Null"),
        ("3", 3),
        ("-3", -3),
        ("010", "010"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1e5", "1e5"),
        ("1.25", 1.25),
        ("-0.5", -0.5),
        ("1.", "1."),
        (".5", ".5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("L3.10", "L3.10"),
        ("3.1-3.6", "3.1-3.6"),
        ("'3'", "3"),
        ('"true"', "true"),
        ("=", "="),
    ],
)
def test_only_what_a_pack_needs_is_more_than_text(written: str, value: object) -> None:
    source = read(f"value: {written}\n")
    assert source.problems == []
    assert source.data == {"value": value}
    assert type(source.data["value"]) is type(value)


@pytest.mark.parametrize("written", ["123456789012345678901234567890", "-1" + "0" * 4_000, "9" * 100_000])
def test_a_huge_whole_number_stays_text(written: str) -> None:
    source = read(f"value: {written}\n")
    assert source.problems == []
    assert source.data == {"value": written}


@pytest.mark.parametrize("written", ["9007199254740993", "-9007199254740993"])
def test_a_whole_number_that_canonical_json_cannot_hold_stays_text(written: str) -> None:
    # Two programs that read JSON may differ on integers beyond 2**53, so no digest covers one.
    assert read(f"value: {written}\n").data == {"value": written}


def test_the_largest_whole_number_that_every_program_holds_is_a_number() -> None:
    assert read("value: 999999999999999\n").data == {"value": 999_999_999_999_999}


def test_a_decimal_number_beyond_all_numbers_stays_text() -> None:
    written = "1" * 400 + ".0"
    assert read(f"value: {written}\n").data == {"value": written}


def test_a_key_given_twice_is_a_problem_at_its_second_line() -> None:
    source = read("label: One\nnote: x\nlabel: Two\n")
    assert problems(source) == [("duplicate-key", 3, "label", '"label" is given twice.')]
    assert source.problems[0].remedy == "Keep one of them."


def test_keys_given_twice_are_found_at_every_depth() -> None:
    source = read("rules:\n  - id: a\n    id: b\n  - levels:\n      - level: 1\n        level: 2\n")
    assert problems(source) == [
        ("duplicate-key", 3, "rules[0].id", '"id" is given twice.'),
        ("duplicate-key", 6, "rules[1].levels[0].level", '"level" is given twice.'),
    ]


@pytest.mark.parametrize(("key", "shown"), [("2024", "2024"), ("true", "true"), ("3.5", "3.5"), ("~", "~")])
def test_a_key_that_is_no_text_is_a_problem_at_its_own_line(key: str, shown: str) -> None:
    source = read(f"label: One\nlevels:\n  first: 1\n  {key}: 2\n")
    assert [(p.code, p.place.line) for p in source.problems] == [("broken-yaml", 4)]
    assert f'"{shown}" is not a name.' in source.problems[0].message
    assert source.problems[0].remedy == "Put the key in quotes."


def test_a_list_as_a_key_is_a_problem() -> None:
    source = read("? [a, b]\n: 1\n")
    assert codes(source) == ["broken-yaml"]
    assert "is not a name." in source.problems[0].message
    assert "None" not in source.problems[0].message


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("!!python/object/apply:os.system ['touch here']", "tag:yaml.org,2002:python/object/apply:os.system"),
        ("!!python/object:builtins.dict {}", "tag:yaml.org,2002:python/object:builtins.dict"),
        ("!!python/name:os.system", "tag:yaml.org,2002:python/name:os.system"),
        ("!!binary aGVsbG8=", "tag:yaml.org,2002:binary"),
        ("!!set {a}", "tag:yaml.org,2002:set"),
        ("!!timestamp 2024-09-01", "tag:yaml.org,2002:timestamp"),
        ("!include other.yaml", "!include"),
    ],
)
def test_a_tag_is_refused(written: str, tag: str) -> None:
    source = read(f"id: one\nvalue: {written}\n")
    assert problems(source) == [("yaml-tag", 2, "value", f"The tag {tag} is not allowed.")]
    assert source.problems[0].remedy == "Write the value plainly."


@pytest.mark.parametrize("written", ["!!int abc", "!!float abc", "!!int '12'", "!!bool abc", "!!null abc"])
def test_a_tag_that_gives_a_value_another_type_is_refused(written: str) -> None:
    source = read(f"id: one\nvalue: {written}\n")
    assert [(p.code, p.place.line, p.place.path) for p in source.problems] == [("yaml-tag", 2, "value")]


def test_the_merge_key_is_a_key_like_any_other() -> None:
    assert read("a: &a {b: 1}\nc:\n  <<: *a\n").data == {"a": {"b": 1}, "c": {"<<": {"b": 1}}}


def test_a_small_alias_stands_for_its_value() -> None:
    source = read("first: &one [A, B]\nsecond: *one\n")
    assert source.problems == []
    assert source.data == {"first": ["A", "B"], "second": ["A", "B"]}


def test_changing_what_an_alias_gave_leaves_its_original_alone() -> None:
    source = read("first: &one [A]\nsecond: *one\n")
    source.data["second"].append("B")
    assert source.data["first"] == ["A"]


def test_aliases_of_aliases_are_stopped_quickly() -> None:
    names = "abcdefghij"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in itertools.pairwise(names)]
    begun = time.monotonic()
    source = read("\n".join(lines))
    assert time.monotonic() - begun < 10
    assert codes(source) == ["file-too-large"]
    assert source.data is None
    assert f"more than {MOST_NODES:,} values" in source.problems[0].message
    assert "aliases (*name)" in source.problems[0].remedy


def test_an_alias_within_itself_is_stopped() -> None:
    source = read("a: &a [*a]\n")
    assert codes(source) == ["file-too-large"]
    assert source.data is None


def test_a_file_with_more_values_than_a_pack_has_is_stopped() -> None:
    source = read("- 1\n" * MOST_NODES)
    assert codes(source) == ["file-too-large"]
    assert source.data is None


def test_nesting_is_read_down_to_the_limit_and_no_further() -> None:
    deepest = "[" * MOST_DEPTH + "1" + "]" * MOST_DEPTH
    assert read(deepest).problems == []
    source = read(f"[{deepest}]")
    assert codes(source) == ["file-too-large"]
    assert f"nests deeper than {MOST_DEPTH}" in source.problems[0].message
    assert source.data is None


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_of_any_depth_is_a_problem_and_never_a_crash(opening: str) -> None:
    # In a process of its own: composing nodes recurses in C, and its crash would take every other test with it.
    program = (
        "import sys; from bandstand.packs.yaml_source import read_yaml; "
        f"print([p.code for p in read_yaml('x.yaml', {opening!r}.encode() * 400_000).problems])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout.strip()) == (0, "['file-too-large']")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "did not find expected ',' or ']'"),
        ("a: 1\nb:\n\t- c\n", 3, "found character that cannot start any token"),
        ("a: 1\nb: *nowhere\n", 2, "found undefined alias"),
        ("a: 1\n b: 2\n", 2, "mapping values are not allowed in this context"),
        ('a: 1\nb: "never closed\n', 3, "found unexpected end of stream"),
        ("a: 1\n---\nb: 2\n", 2, "expected a single document in the stream"),
    ],
)
def test_broken_yaml_is_a_problem_with_its_line(text: str, line: int, said: str) -> None:
    source = read(text)
    assert [(p.code, p.place.line) for p in source.problems] == [("broken-yaml", line)]
    assert source.problems[0].message.startswith("This is not YAML: ")
    assert said in source.problems[0].message
    assert source.data is None


def test_a_control_character_is_a_problem() -> None:
    source = read("a: 1\nb: \x01\n")
    assert codes(source) == ["broken-yaml"]
    assert "unacceptable character #x0001" in source.problems[0].message


def test_text_that_is_not_utf_8_is_a_problem_at_its_line() -> None:
    source = read_yaml("standards/A.yaml", "id: A\nlabel: Café\n".encode("latin-1"))
    assert problems(source) == [("not-utf-8", 2, None, "The file is not UTF-8 text.")]
    assert source.problems[0].remedy == "Save it as UTF-8."


def test_utf_16_is_a_problem() -> None:
    assert codes(read_yaml("x.yaml", "a: 1\n".encode("utf-16"))) == ["not-utf-8"]


def test_a_byte_order_mark_is_passed_over() -> None:
    source = read_yaml("x.yaml", b"\xef\xbb\xbfa: caf\xc3\xa9\n")
    assert source.problems == []
    assert source.data == {"a": "café"}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n", "---\n", "~\n", "null\n"])
def test_a_file_with_nothing_in_it_is_a_problem(text: str) -> None:
    source = read(text)
    assert [(p.code, p.message) for p in source.problems] == [("empty-file", "The file is empty.")]
    assert source.problems[0].remedy == "Fill it in, or delete it."


def test_a_file_larger_than_any_pack_s_is_not_read() -> None:
    begun = time.monotonic()
    source = read_yaml("x.yaml", b"[" * (MOST_BYTES + 1))
    assert time.monotonic() - begun < 1
    assert problems(source) == [
        ("file-too-large", 1, None, "The file has more than 4,194,304 bytes, and no pack's file needs as many.")
    ]


def test_a_reported_value_is_shortened_to_one_line() -> None:
    source = read("a: 1\n")
    source.report("bad-value", ("a",), "It is wrong.", "Mend it.", "one\ntwo " + "x" * 100)
    quoted = source.problems[0].value
    assert quoted is not None
    assert len(quoted) == 60
    assert quoted.startswith("one two xxx")
    assert str(source.problems[0]) == "rules/one.yaml, line 1, a: It is wrong. Mend it."
