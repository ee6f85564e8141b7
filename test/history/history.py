"""What was written to a feature group, kept beside the store: what its history has to say."""

import csv
import time
from datetime import datetime, timedelta

import readers

CONVERT = {"Integral": int, "Fractional": float, "String": str}


def to_time(text):
    return datetime.fromisoformat(text.removesuffix("Z"))


def to_text(moment):
    return moment.isoformat(timespec="milliseconds") + "Z"


class History:
    """The rows of one group in the order in which they were written, as its table should have them."""

    def __init__(self, store, group, identifier, event_time):
        self.store, self.group = store, group
        self.identifier, self.event_time = identifier, event_time
        self.rows = []
        self.convert = {}

    def learn_types(self):
        group = self.store.control("DescribeFeatureGroup", {"FeatureGroupName": self.group})
        types = {feature["FeatureName"]: feature["FeatureType"] for feature in group["FeatureDefinitions"]}
        self.convert = {name: CONVERT[kind] for name, kind in types.items()}

    def add(self, values, is_deleted=False):
        row = {
            name.lower(): None if values.get(name) in (None, "") else convert(values[name])
            for name, convert in self.convert.items()
        }
        self.rows.append({**row, "is_deleted": is_deleted, "_event_time": to_time(values[self.event_time])})

    def ingest(self, path, *options):
        """Writes the rows of a CSV file with the command line."""
        self.store.cairn("ingest", str(path), "--group", self.group, "--quiet", *options)
        self.learn_types()
        with open(path, newline="", encoding="utf-8") as file:
            for values in csv.DictReader(file):
                self.add(values)

    def put(self, values, ttl_hours=None):
        present = {name: value for name, value in values.items() if value != ""}
        self.store.put(self.group, present, ttl_hours and {"Unit": "Hours", "Value": ttl_hours})
        self.add(values)
        if ttl_hours:
            expired = to_time(values[self.event_time]) + timedelta(hours=ttl_hours)
            self.add_marker(values[self.identifier], expired.isoformat(timespec="seconds") + "Z")

    def delete(self, identifier, event_time, mode):
        self.store.delete(self.group, identifier, event_time, mode)
        self.add_marker(identifier, event_time)

    def add_marker(self, identifier, event_time):
        self.add({self.identifier: identifier, self.event_time: event_time}, is_deleted=True)

    def settle(self):
        """Commits all that was written, and the markers of what has expired, which the server looks for itself."""
        for _ in range(100):
            self.store.flush()
            if len(readers.duckdb_parquet(self.directory())) >= len(self.rows):
                return
            time.sleep(0.2)
        raise AssertionError(f"{len(self.rows)} rows were written and the table does not have as many")

    def directory(self):
        return self.store.table(self.group)

    def read(self, reader, snapshot_id=None):
        """The rows that a reader sees, without the columns that are the server's own."""
        own = ("write_time", "api_invocation_time", "_sequence", "_deletion_session")
        rows = reader(self.directory(), snapshot_id)
        return [{name: value for name, value in row.items() if name not in own} for row in rows]


def canonical(rows):
    """Rows in an order of their own, with the types of their values."""
    return sorted(repr(sorted(row.items())) for row in rows)
