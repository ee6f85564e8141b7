"""Other people's readers of Iceberg tables: each gives the rows of a table as dicts."""

import os

import duckdb
import pytest
from pyiceberg.table import StaticTable


def open_table(directory):
    """The table as PyIceberg sees it: from its newest metadata."""
    versions = (directory / "metadata").glob("v*.metadata.json")
    newest = max(versions, key=lambda path: int(path.name.split(".")[0][1:]))
    return StaticTable.from_metadata(newest.as_uri())


def pyiceberg(directory, snapshot_id=None):
    return open_table(directory).scan(snapshot_id=snapshot_id).to_arrow().to_pylist()


def data_files(directory, snapshot_id=None):
    """The data files that the snapshot's manifests name."""
    table = open_table(directory)
    snapshot = table.current_snapshot() if snapshot_id is None else table.snapshot_by_id(snapshot_id)
    entries = [
        entry for manifest in snapshot.manifests(table.io) for entry in manifest.fetch_manifest_entry(table.io)
    ]
    return [entry.data_file.file_path for entry in entries]


def duckdb_parquet(directory, snapshot_id=None):
    paths = [path.removeprefix("file://") for path in data_files(directory, snapshot_id)]
    with duckdb.connect() as connection:
        connection.execute(
            "SELECT * FROM read_parquet($1, union_by_name = true, hive_partitioning = false)", [paths]
        )
        names = [column[0] for column in connection.description]
        return [dict(zip(names, row)) for row in connection.fetchall()]


_spark = None


def spark_session():
    global _spark
    if _spark is None:
        from pyspark.sql import SparkSession

        _spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.jars", os.environ["ICEBERG_SPARK_RUNTIME"])
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()
        )
        _spark.sparkContext.setLogLevel("ERROR")
    return _spark


def spark(directory, snapshot_id=None):
    reader = spark_session().read.format("iceberg")
    if snapshot_id is not None:
        reader = reader.option("snapshot-id", snapshot_id)
    return [row.asDict() for row in reader.load(directory.as_uri()).collect()]


has_spark = "ICEBERG_SPARK_RUNTIME" in os.environ
needs_spark = pytest.mark.skipif(not has_spark, reason="Spark needs Java, and Maven for Iceberg's runtime")

READERS = [pyiceberg, duckdb_parquet, pytest.param(spark, marks=needs_spark)]
