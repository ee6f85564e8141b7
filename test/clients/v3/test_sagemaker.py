"""The SageMaker Python SDK v3 in the environment that the lines of README.md for the AWS CLI make."""

import pytest
from botocore.exceptions import ClientError
from sagemaker.core.resources import FeatureGroup
from sagemaker.core.shapes import FeatureDefinition, FeatureValue, OnlineStoreConfig
from sagemaker.core.utils.utils import SageMakerClient


@pytest.fixture
def environment(cli_environment, monkeypatch):
    for name in cli_environment:
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, cli_environment[name])
    SageMakerClient.reset()


def test_a_feature_group_is_created_filled_read_and_deleted(environment, group_name):
    FeatureGroup.create(
        feature_group_name=group_name,
        record_identifier_feature_name="id",
        event_time_feature_name="time",
        feature_definitions=[
            FeatureDefinition(feature_name=name, feature_type="String") for name in ("id", "time", "text")
        ],
        online_store_config=OnlineStoreConfig(enable_online_store=True),
    )
    group = FeatureGroup.get(group_name)
    assert group.feature_group_status == "Created"
    values = {"id": "a/b c+é", "time": "2026-11-01T12:00:00Z", "text": "a b"}
    group.put_record([FeatureValue(feature_name=name, value_as_string=value) for name, value in values.items()])
    record = group.get_record(values["id"]).record
    assert {feature.feature_name: feature.value_as_string for feature in record} == values
    group.delete_record(values["id"], "2026-11-02T12:00:00Z")
    group.delete()


def test_without_the_data_path_it_is_refused(environment, monkeypatch, group_name):
    monkeypatch.delenv("AWS_DATA_PATH")
    with pytest.raises(ClientError, match="403.*Forbidden"):
        FeatureGroup.get(group_name)
