"""The clients and feature groups that the tests work with."""

import os
import time
import uuid
from datetime import datetime, timezone
from urllib.parse import urlsplit

import boto3
import pytest

ENDPOINT = os.environ["FEATURE_STORE_ENDPOINT"]
IS_LOCAL = urlsplit(ENDPOINT).hostname in ("127.0.0.1", "localhost", "::1")
START_OF_2026 = datetime(2026, 1, 1, tzinfo=timezone.utc).timestamp()


def make_client(service):
    if IS_LOCAL:
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        return boto3.client(service, endpoint_url=ENDPOINT, region_name="us-east-1", **keys)
    client = boto3.client(service, endpoint_url=ENDPOINT)
    client.meta.events.register("before-sign", sign_for_api_gateway)
    return client


def sign_for_api_gateway(request, **_):
    request.context.setdefault("signing", {})["signing_name"] = "execute-api"


def iso(seconds):
    """Seconds since the epoch as an event time."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def at(second):
    """An event time: that many seconds after the start of 2026."""
    return iso(START_OF_2026 + second)


def to_record(**values):
    """A record by feature name; a list for a collection."""
    return [
        {"FeatureName": name, "ValueAsStringList" if isinstance(value, list) else "ValueAsString": value}
        for name, value in values.items()
    ]


def to_values(record):
    return {feature["FeatureName"]: feature.get("ValueAsString", feature.get("ValueAsStringList")) for feature in record}


def unique_name():
    return f"boto3-{uuid.uuid4().hex}"


def group_request(**request):
    """The request for a group with both stores, but as the arguments have it; None leaves a member out."""
    defaults = {
        "FeatureGroupName": unique_name(),
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "time",
        "FeatureDefinitions": [
            {"FeatureName": "id", "FeatureType": "String"},
            {"FeatureName": "time", "FeatureType": "String"},
            {"FeatureName": "text", "FeatureType": "String"},
            {"FeatureName": "count", "FeatureType": "Integral"},
            {"FeatureName": "tags", "FeatureType": "String", "CollectionType": "Set"},
        ],
        "OnlineStoreConfig": {"EnableOnlineStore": True},
        "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://boto3/offline"}},
        "RoleArn": "arn:aws:iam::000000000000:role/feature-store",
    }
    return {key: value for key, value in (defaults | request).items() if value is not None}


@pytest.fixture(scope="session")
def runtime():
    return make_client("sagemaker-featurestore-runtime")


@pytest.fixture(scope="session")
def sagemaker():
    return make_client("sagemaker")


@pytest.fixture(scope="session")
def create_group(sagemaker):
    """Creates feature groups, answers their names, and deletes them when all tests are through."""
    created = []

    def create(**request):
        request = group_request(**request)
        name = request["FeatureGroupName"]
        sagemaker.create_feature_group(**request)
        created.append(name)
        while sagemaker.describe_feature_group(FeatureGroupName=name)["FeatureGroupStatus"] == "Creating":
            time.sleep(0.2)
        return name

    yield create
    for name in set(created):
        try:
            sagemaker.delete_feature_group(FeatureGroupName=name)
        except sagemaker.exceptions.ResourceNotFound:
            pass  # A test has deleted it.


@pytest.fixture(scope="module")
def group(create_group):
    return create_group()


@pytest.fixture
def put(runtime, group):
    """Puts a record into the module's group."""

    def put_record(*, FeatureGroupName=group, TtlDuration=None, **values):
        rest = {"TtlDuration": TtlDuration} if TtlDuration else {}
        return runtime.put_record(FeatureGroupName=FeatureGroupName, Record=to_record(**values), **rest)

    return put_record


@pytest.fixture
def values_of(runtime, group):
    """Reads a record of the module's group; None when there is none."""

    def get_record(identifier, FeatureGroupName=group):
        answer = runtime.get_record(FeatureGroupName=FeatureGroupName, RecordIdentifierValueAsString=identifier)
        return to_values(answer["Record"]) if "Record" in answer else None

    return get_record
