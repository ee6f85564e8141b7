"""The lines of README.md for the SageMaker Python SDK v2."""

import pandas
import pytest
from conftest import run_readme
from sagemaker.feature_store.inputs import FeatureValue


@pytest.fixture(scope="module")
def rows():
    times = ["2026-11-01T12:00:00Z"] * 20
    frame = pandas.DataFrame({"id": [f"c/{n} é" for n in range(20)], "time": times, "orders": range(20)})
    return frame.astype({"id": "string", "time": "string"})


@pytest.fixture
def customers(rows, group_name):
    """The feature group of the lines, by a name of its own, created."""
    group = run_readme("boto3", "sagemaker-v2")["customers"]
    assert group.name == "customers"
    group.name = group_name
    group.load_feature_definitions(data_frame=rows)
    role = "arn:aws:iam::000000000000:role/feature-store"
    group.create("s3://clients/offline", "id", "time", role, enable_online_store=True)
    yield group
    group.delete()


def test_a_feature_group_is_created_and_described(customers):
    described = customers.describe()
    assert described["FeatureGroupStatus"] == "Created"
    types = {one["FeatureName"]: one["FeatureType"] for one in described["FeatureDefinitions"]}
    assert types == {"id": "String", "time": "String", "orders": "Integral"}


def test_a_record_is_put_and_read(customers):
    values = {"id": "a/b c+é", "time": "2026-11-01T12:00:00Z", "orders": "7"}
    customers.put_record([FeatureValue(name, value) for name, value in values.items()])
    record = customers.get_record(values["id"])
    assert {feature["FeatureName"]: feature["ValueAsString"] for feature in record} == values


def test_a_data_frame_is_ingested(customers, rows):
    customers.ingest(data_frame=rows)
    assert read_orders(customers, rows) == list(range(20))


def test_a_data_frame_is_ingested_by_several_workers_in_the_environment_of_the_cli(
    customers, rows, cli_environment, monkeypatch
):
    for name in cli_environment:
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, cli_environment[name])
    customers.ingest(data_frame=rows, max_workers=2, max_processes=2, wait=True)
    assert read_orders(customers, rows) == list(range(20))


def read_orders(group, rows):
    records = [group.get_record(identifier, feature_names=["orders"]) for identifier in rows["id"]]
    return [int(feature["ValueAsString"]) for record in records for feature in record]
