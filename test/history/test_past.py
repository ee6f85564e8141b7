"""A history of versions, late events and deletions: every reader sees what was written, and so does the join."""

import csv
import os
import random
import re
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

import readers
from history import History, canonical, to_text, to_time
from store import ROOT

DECIMAL = re.compile(r"[0-9]+\.[0-9]+")

SOURCES = {"orders": (ROOT / "examples" / "orders.csv", "customer_id")}
if "CAIRN_LOANS" in os.environ:
    SOURCES["loans"] = (Path(os.environ["CAIRN_LOANS"]), "loan_id")


@pytest.fixture(scope="module", params=SOURCES)
def history(request, store, tmp_path_factory):
    """The rows of a file, a second version of a tenth of its records, deletions of three kinds, and late events."""
    path, identifier = SOURCES[request.param]
    written = History(store, request.param, identifier, "event_time")
    written.ingest(path, "--create", "--id", identifier, "--event-time", "event_time")
    written.settle()
    time.sleep(0.01)
    written.first_written_by = datetime.now(timezone.utc)
    time.sleep(0.01)
    written.newest = newest_rows(path, identifier)
    second = tmp_path_factory.mktemp("second") / "second.csv"
    write_second_version(list(written.newest.values())[::10], second)
    written.ingest(second)
    written.settle()
    delete_some(written)
    written.settle()
    return written


def newest_rows(path, identifier):
    with open(path, newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["event_time"])
    return {row[identifier]: row for row in rows}


def write_second_version(rows, path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        for index, row in enumerate(rows):
            later = to_text(to_time(row["event_time"]) + timedelta(hours=1))
            numbers = {name: f"{index}" for name, value in row.items() if DECIMAL.fullmatch(value)}
            writer.writerow({**row, **numbers, "event_time": later})


def delete_some(history):
    """Every twentieth record each softly, for good and by its time to live; a version of some comes late."""
    step = 20
    rows = list(history.newest.values())[: 400 * step]
    identifier = history.identifier
    for kind, row in [(index % step, row) for index, row in enumerate(rows) if index % step < 4]:
        later = to_time(row["event_time"]) + timedelta(hours=2)
        if kind == 0:
            history.delete(row[identifier], to_text(later), "SoftDelete")
        elif kind == 1:
            history.delete(row[identifier], to_text(later), "HardDelete")
        elif kind == 2:
            history.put({**row, "event_time": to_text(later)}, ttl_hours=1)
        else:
            history.put({**row, "event_time": to_text(later - timedelta(days=30))})


@pytest.mark.parametrize("reader", readers.READERS)
def test_every_reader_sees_what_was_written(history, reader):
    assert canonical(history.read(reader)) == canonical(history.rows)


@pytest.mark.parametrize("reader", readers.READERS)
def test_every_reader_sees_each_snapshot(history, reader):
    snapshots = readers.open_table(history.directory()).snapshots()
    assert len(snapshots) >= 3
    for snapshot in snapshots:
        rows = history.read(reader, snapshot.snapshot_id)
        assert len(rows) == int(snapshot.summary["total-records"])
        assert set(canonical(rows)) <= set(canonical(history.rows))


def test_the_times_and_sequences_of_rows_are_those_of_their_writing(history):
    rows = readers.pyiceberg(history.directory())
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    assert all(now - timedelta(hours=1) < row["api_invocation_time"] <= row["write_time"] <= now for row in rows)
    sequences = [row["_sequence"] for row in rows]
    assert len(set(sequences)) == len(sequences)


def test_readers_that_prune_by_statistics_miss_nothing(history):
    table = readers.open_table(history.directory())
    times = sorted(row["_event_time"] for row in history.rows)
    middle = times[len(times) // 2]
    identifier = history.identifier
    some = random.Random(1).sample(history.rows, 5)
    filters = [
        (f"_event_time >= '{middle.isoformat()}'", lambda row: row["_event_time"] >= middle),
        ("is_deleted = true", lambda row: row["is_deleted"]),
    ] + [
        (f"{identifier} = {literal(row[identifier])}", lambda other, row=row: other[identifier] == row[identifier])
        for row in some
    ]
    for text, test in filters:
        found = table.scan(row_filter=text).to_arrow().num_rows
        assert found == sum(map(test, history.rows)) > 0
    planned = list(table.scan(row_filter=f"_event_time >= '{times[-1].isoformat()}'").plan_files())
    assert len(planned) < len(list(table.scan().plan_files()))


def literal(value):
    return str(value) if isinstance(value, int) else f"'{value}'"


def known_at(history, base, written=None):
    """An independent point-in-time join: pandas' merge_asof, once repeats and markers are dealt with."""
    rows = history.rows if written is None else history.rows[:written]
    features = [name for name in rows[0] if name not in ("is_deleted", "_event_time", history.identifier)]
    versions = pd.DataFrame(rows, dtype=object)
    versions["_event_time"] = versions["_event_time"].astype("datetime64[us]")
    versions = versions.sort_values("_event_time", kind="stable")
    versions = versions.drop_duplicates([history.identifier, "_event_time"], keep="last")
    left = base.reset_index(names="row").sort_values("at", kind="stable")
    left[history.identifier] = left[history.identifier].astype(object)
    found = pd.merge_asof(left, versions, left_on="at", right_on="_event_time", by=history.identifier)
    found = found.sort_values("row")
    hidden = found["is_deleted"].isna() | found["is_deleted"].eq(True)
    return [
        {name: None if gone or pd.isna(row[name]) else row[name] for name in features}
        for gone, (_, row) in zip(hidden, found.iterrows())
    ]


def make_base(history, count):
    chance = random.Random(2)
    offsets = [timedelta(milliseconds=ms) for ms in (-1, 0, 1, 1_800_000, 3_600_000, 86_400_000)]
    picked = [chance.choice(history.rows) for _ in range(count)]
    times = [row["_event_time"] + chance.choice(offsets) for row in picked]
    unknown = -1 if isinstance(history.rows[0][history.identifier], int) else "nobody"
    identifiers = [unknown if index % 50 == 0 else row[history.identifier] for index, row in enumerate(picked)]
    return pd.DataFrame(
        {history.identifier: identifiers, "at": pd.Series(times, dtype="datetime64[us]"), "label": range(count)}
    )


def make_dataset(history, base, directory, *options, extension="parquet"):
    source, target = directory / f"base.{extension}", directory / "set.parquet"
    base.to_parquet(source) if extension == "parquet" else base.to_csv(source, index=False)
    history.store.cairn(
        "dataset", "--base", str(source), "--id", history.identifier, "--time", "at",
        "--group", history.group, "--output", str(target), *options,
    )  # fmt: skip
    return pd.read_parquet(target, dtype_backend="pyarrow")


def values(dataset, base, history):
    features = [name for name in dataset.columns if name not in base.columns]
    rows = dataset[features].to_dict("records")
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("extension", ["parquet", "csv"])
def test_the_point_in_time_join_is_that_of_pandas_to_the_value(history, tmp_path, extension):
    base = make_base(history, 10_000)
    dataset = make_dataset(history, base, tmp_path, extension=extension)
    assert dataset["label"].tolist() == base["label"].tolist()
    expected = known_at(history, base)
    assert values(dataset, base, history) == expected
    assert sum(row["event_time"] is not None for row in expected) > 4_000
    assert sum(row["event_time"] is None for row in expected) > 500


def test_the_join_as_of_a_write_time_knows_nothing_that_came_later(history, tmp_path):
    base = make_base(history, 2_000)
    moment = history.first_written_by.isoformat()
    dataset = make_dataset(history, base, tmp_path, "--write-time-as-of", moment)
    first = len(pd.read_csv(SOURCES[history.group][0]))
    assert values(dataset, base, history) == known_at(history, base, first)


@pytest.fixture(scope="module")
def compacted(history):
    """The history once small files are merged, with the number of files there were."""
    before = len(readers.data_files(history.directory()))
    history.store.maintain(history.group, minimum_files=2)
    return history, before


@pytest.mark.parametrize("reader", readers.READERS)
def test_every_reader_sees_the_same_after_compaction(compacted, reader):
    history, files_before = compacted
    assert len(readers.data_files(history.directory())) < files_before
    assert canonical(history.read(reader)) == canonical(history.rows)


@pytest.fixture(scope="module")
def erased(history):
    """The history once some of its records are erased, with their identifiers."""
    identifiers = {row[history.identifier] for row in history.rows[:3]}
    history.store.cairn("erase", history.group, *map(str, identifiers))
    return history, identifiers


@pytest.mark.parametrize("reader", readers.READERS)
def test_no_reader_sees_what_was_erased(erased, reader):
    history, identifiers = erased
    left = [row for row in history.rows if row[history.identifier] not in identifiers]
    assert canonical(history.read(reader)) == canonical(left)
    for snapshot in readers.open_table(history.directory()).snapshots():
        rows = history.read(reader, snapshot.snapshot_id)
        assert not identifiers & {row[history.identifier] for row in rows}
