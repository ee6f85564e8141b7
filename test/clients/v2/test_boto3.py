"""The lines of README.md for boto3, and boto3 without them."""

import boto3
import pytest
from botocore.exceptions import ClientError
from conftest import ENDPOINT, IDENTIFIERS, run_readme, to_record


@pytest.fixture(scope="module")
def clients():
    return run_readme("boto3")


@pytest.fixture
def group(clients, group_name):
    """The ARN of a group."""
    sagemaker = clients["sagemaker"]
    arn = sagemaker.create_feature_group(
        FeatureGroupName=group_name,
        RecordIdentifierFeatureName="id",
        EventTimeFeatureName="time",
        FeatureDefinitions=[{"FeatureName": name, "FeatureType": "String"} for name in ("id", "time", "text")],
        OnlineStoreConfig={"EnableOnlineStore": True},
    )["FeatureGroupArn"]
    yield arn
    sagemaker.delete_feature_group(FeatureGroupName=group_name)


def test_the_control_plane_is_signed_for_execute_api(clients, group, group_name):
    described = clients["sagemaker"].describe_feature_group(FeatureGroupName=group)
    assert described["FeatureGroupName"] == group_name
    listed = clients["sagemaker"].list_feature_groups(NameContains=group_name)
    assert [summary["FeatureGroupArn"] for summary in listed["FeatureGroupSummaries"]] == [group]


@pytest.mark.parametrize("by", ["name", "ARN"])
def test_all_operations_on_records_are_signed_for_execute_api(clients, group, group_name, by):
    featurestore = clients["featurestore"]
    name = {"FeatureGroupName": group if by == "ARN" else group_name}
    time = "2026-11-01T12:00:00Z"
    first, *rest = IDENTIFIERS
    featurestore.put_record(**name, Record=to_record(id=first, time=time, text="one"))
    entries = [{**name, "Record": to_record(id=identifier, time=time, text="one")} for identifier in rest]
    assert featurestore.batch_write_record(Entries=entries)["Errors"] == []
    for identifier in IDENTIFIERS:
        key = {**name, "RecordIdentifierValueAsString": identifier}
        text = {"FeatureName": "text", "ValueAsString": f"{identifier}!"}
        featurestore.update_record(**key, Features=[text])
        record = featurestore.get_record(**key, FeatureNames=["text", "id"])["Record"]
        assert text in record and {"FeatureName": "id", "ValueAsString": identifier} in record
    assert sorted(featurestore.list_records(**name)["RecordIdentifiers"]) == sorted(IDENTIFIERS)
    for identifier in rest:
        later = "2026-11-02T12:00:00Z"
        featurestore.delete_record(**name, RecordIdentifierValueAsString=identifier, EventTime=later)
    identifiers = [{**name, "RecordIdentifiersValueAsString": IDENTIFIERS}]
    records = featurestore.batch_get_record(Identifiers=identifiers)["Records"]
    assert [record["RecordIdentifierValueAsString"] for record in records] == [first]


@pytest.mark.parametrize("service", ["sagemaker", "sagemaker-featurestore-runtime"])
def test_a_client_that_signs_for_sagemaker_is_refused(service):
    client = boto3.client(service, endpoint_url=ENDPOINT, region_name="us-east-1")
    with pytest.raises(ClientError, match="403.*Forbidden"):
        if service == "sagemaker":
            client.list_feature_groups()
        else:
            client.list_records(FeatureGroupName="any")


def test_the_first_request_of_a_client_with_another_secret_is_refused(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "other")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with pytest.raises(ClientError, match="403.*Forbidden"):
        run_readme("boto3")["sagemaker"].list_feature_groups()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
