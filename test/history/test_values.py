"""Every kind of value comes back from every reader as it was written: before and after new features were added, once
files were merged, and once records were erased from them."""

import json
import math
import sys
from datetime import datetime

import pytest
from pyiceberg.expressions import EqualTo, GreaterThanOrEqual

import readers

INTEGERS = [0, -1, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]
FRACTIONS = [0.1, -0.0, 1e308, 5e-324, 2.0**-1022, 1 / 3, 123456789012345.678, sys.float_info.max]
TEXTS = ["", " ", "NULL", "null", "é", "é", "漢字", "👩‍👩‍👧", "\u202eabc", '"\',;\\\n\r\t', "\0", "\uffff", "\U0010ffff"]
TIMES = ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "2024-02-29T12:00:00.001Z", "9999-12-31T23:59:59.999Z"]
FIRST = [
    ("id", "String", None),
    ("at", "String", None),
    ("Integer", "Integral", None),
    ("fraction", "Fractional", None),
    ("text", "String", None),
    ("texts", "String", "List"),
    ("integers", "Integral", "Set"),
]
ADDED = [("vector", "Fractional", "Vector"), ("more", "Integral", None)]


def definition(name, kind, collection):
    vector = {"CollectionConfig": {"VectorConfig": {"Dimension": 2}}} if collection == "Vector" else {}
    return {"FeatureName": name, "FeatureType": kind, **({"CollectionType": collection} if collection else {}), **vector}


def every_character():
    """Texts that have every character of Unicode between them, 10,000 in each."""
    points = [point for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF]
    for start in range(0, len(points), 10_000):
        yield "".join(map(chr, points[start : start + 10_000]))


@pytest.fixture(scope="module", params=["appended", "compacted", "erased"])
def written(store, request):
    """The group's directory and the rows that were written and are left, by identifier."""
    group = f"values-{request.param}"
    definitions = [definition(*feature) for feature in FIRST]
    store.control(
        "CreateFeatureGroup",
        {
            "FeatureGroupName": group,
            "RecordIdentifierFeatureName": "id",
            "EventTimeFeatureName": "at",
            "FeatureDefinitions": definitions,
            "OnlineStoreConfig": {"EnableOnlineStore": True},
            "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": f"s3://history/{group}"}},
        },
    )
    rows = {}

    def put(**values):
        identifier = f"{len(rows)} 漢😀"
        row = {"id": identifier, "at": "2024-01-01T00:00:00Z", **values}
        store.put(group, {name: to_wire(value) for name, value in row.items()})
        rows[identifier] = {name.lower(): value for name, value in row.items()}
        return identifier

    put_all(put)
    for text in every_character():
        put(text=text)
    doomed = [put(at=at) for at in ["2024-01-01T00:00:00Z", *TIMES]]
    store.flush()
    additions = [definition(*feature) for feature in ADDED]
    store.control("UpdateFeatureGroup", {"FeatureGroupName": group, "FeatureAdditions": additions})
    put(vector=[0.1, -0.0], more=7)
    put(Integer=1)
    doomed.append(put(vector=[1.5, 2.5], integers=INTEGERS))
    store.flush()
    if request.param == "compacted":
        store.maintain(group, minimum_files=2)
        assert len(readers.data_files(store.table(group))) == len({row["at"][:10] for row in rows.values()})
    if request.param == "erased":
        proof = json.loads(store.cairn("erase", group, *doomed))
        assert proof["HistoryRowsRemoved"] == len(doomed)
        for identifier in doomed:
            del rows[identifier]
    return store.table(group), rows


def put_all(put):
    put()
    for value in INTEGERS:
        put(Integer=value, integers=[value, 3])
    for value in FRACTIONS:
        put(fraction=value)
    for value in TEXTS:
        put(text=value, texts=["a", value])
    for value in TIMES:
        put(at=value)
    put(texts=[f"{number}" for number in range(1_000)], integers=INTEGERS)


def to_wire(value):
    if isinstance(value, list):
        return [to_wire(element) for element in value]
    return value if isinstance(value, str) else repr(value)


def exact(value):
    """What tells apart values that are equal and not the same: -0.0 and 0.0, 1 and 1.0."""
    return [exact(element) for element in value] if isinstance(value, list) else (type(value), repr(value))


@pytest.mark.parametrize("reader", readers.READERS)
def test_every_reader_gets_every_value_as_it_was_written(written, reader):
    directory, rows = written
    names = [name.lower() for name, _, _ in FIRST + ADDED]
    seen = {row["id"]: row for row in reader(directory)}
    assert seen.keys() == rows.keys()
    for identifier, row in rows.items():
        expected = {name: exact(row.get(name)) for name in names}
        assert {name: exact(seen[identifier][name]) for name in names} == expected


@pytest.mark.parametrize("reader", readers.READERS)
def test_event_times_are_exact_from_the_first_year_to_the_last(written, reader):
    directory, rows = written
    for row in reader(directory):
        assert row["_event_time"] == datetime.fromisoformat(rows[row["id"]]["at"].removesuffix("Z"))


def test_the_schema_grows_by_new_fields_and_keeps_the_ids_of_the_old(written):
    directory, _ = written
    first, second = readers.open_table(directory).schemas().values()
    ids = {field.name: field.field_id for field in second.fields}
    assert {field.name: field.field_id for field in first.fields}.items() < ids.items()
    assert [name for name in ids if name not in {field.name for field in first.fields}] == ["vector", "more"]


@pytest.mark.parametrize("value", INTEGERS)
def test_statistics_find_integers_of_any_size(written, value):
    directory, rows = written
    found = readers.open_table(directory).scan(row_filter=f"integer = {value}").to_arrow()
    assert sorted(found["id"].to_pylist()) == sorted(
        identifier for identifier, row in rows.items() if row.get("integer") == value
    )


@pytest.mark.parametrize("value", [value for value in TEXTS if value] + [next(every_character())])
def test_statistics_find_texts_of_any_characters(written, value):
    directory, rows = written
    found = readers.open_table(directory).scan(row_filter=EqualTo("text", value)).to_arrow()
    assert sorted(found["id"].to_pylist()) == sorted(
        identifier for identifier, row in rows.items() if row.get("text") == value
    )


def test_statistics_find_fractions(written):
    directory, rows = written
    for value in FRACTIONS:
        found = readers.open_table(directory).scan(row_filter=GreaterThanOrEqual("fraction", value)).to_arrow()
        expected = [row for row in rows.values() if row.get("fraction", math.nan) >= value]
        assert found.num_rows == len(expected)
