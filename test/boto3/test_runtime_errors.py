"""Every error of the runtime operations that a caller can bring about, as boto3's typed exceptions."""

import pytest
from botocore.exceptions import ClientError
from conftest import at, to_record, unique_name

KEY = {"RecordIdentifierValueAsString": "a"}


@pytest.fixture(scope="module")
def offline_group(create_group):
    return create_group(OnlineStoreConfig=None)


def assert_error(runtime, error, naming, call):
    status = {"ValidationError": 400, "ResourceNotFound": 404, "ConflictException": 409}[error]
    with pytest.raises(getattr(runtime.exceptions, error)) as raised:
        call()
    response = raised.value.response
    assert isinstance(raised.value, ClientError)
    assert response["Error"]["Code"] == error
    assert naming in response["Error"]["Message"]
    assert response["Message"] == response["Error"]["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(
    "error, call",
    [
        ("ValidationError", lambda client, name: client.put_record(FeatureGroupName=name, Record=to_record(id="a"))),
        ("ValidationError", lambda client, name: client.delete_record(FeatureGroupName=name, **KEY, EventTime=at(1))),
        ("ResourceNotFound", lambda client, name: client.get_record(FeatureGroupName=name, **KEY)),
        ("ResourceNotFound", lambda client, name: client.list_records(FeatureGroupName=name)),
        (
            "ResourceNotFound",
            lambda client, name: client.update_record(FeatureGroupName=name, **KEY, Features=to_record(text="x")),
        ),
    ],
    ids=["put", "delete", "get", "list", "update"],
)
def test_an_unknown_group(runtime, error, call):
    name = unique_name()
    sentence = f"Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name {name}"
    assert_error(runtime, error, sentence, lambda: call(runtime, name))


@pytest.mark.parametrize(
    "values, naming",
    [
        ({"time": at(1)}, "'id'"),
        ({"id": "a"}, "'time'"),
        ({"id": "", "time": at(1)}, "''"),
        ({"id": "x" * 2049, "time": at(1)}, "2049 bytes"),
        ({"id": "a", "time": "yesterday"}, "'yesterday'"),
        ({"id": "a", "time": at(1), "color": "red"}, "'color'"),
        ({"id": "a", "time": at(1), "count": "9223372036854775808"}, "'9223372036854775808'"),
        ({"id": "a", "time": at(1), "tags": "a"}, "'tags'"),
        ({"id": "a", "time": at(1), "text": ["a"]}, "'text'"),
        ({"id": "a", "time": at(1), "text": "x" * 358_400}, "bytes"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_a_record_that_is_not_valid(runtime, group, values_of, values, naming):
    record = to_record(**values)
    assert_error(
        runtime, "ValidationError", naming, lambda: runtime.put_record(FeatureGroupName=group, Record=record)
    )
    assert values_of("a") is None


@pytest.mark.parametrize(
    "call, naming",
    [
        (lambda client, group: client.get_record(FeatureGroupName=group, **KEY, FeatureNames=["color"]), "'color'"),
        (lambda client, group: client.get_record(FeatureGroupName="a b", **KEY), "'a b'"),
        (
            lambda client, group: client.get_record(FeatureGroupName=group, **KEY, ExpirationTimeResponse="Yes"),
            "'Yes'",
        ),
        (lambda client, group: client.list_records(FeatureGroupName=group, MaxResults=101), "'101'"),
        (
            lambda client, group: client.delete_record(
                FeatureGroupName=group, **KEY, EventTime=at(1), DeletionMode="Gone"
            ),
            "'Gone'",
        ),
        (
            lambda client, group: client.batch_write_record(
                Entries=[{"FeatureGroupName": group, "Record": to_record(id="a", time=at(1))}] * 26
            ),
            "length less than or equal to 25",
        ),
        (
            lambda client, group: client.batch_get_record(
                Identifiers=[
                    {
                        "FeatureGroupName": group,
                        "RecordIdentifiersValueAsString": [str(index) for index in range(101)],
                    }
                ]
            ),
            "length less than or equal to 100",
        ),
        (
            lambda client, group: client.put_record(
                FeatureGroupName=group,
                Record=to_record(id="a", time=at(1)),
                TtlDuration={"Unit": "Years", "Value": 1},
            ),
            "'Years'",
        ),
    ],
    ids=["feature", "name", "expiry", "page", "mode", "entries", "identifiers", "ttl"],
)
def test_a_request_that_boto3_lets_through(runtime, group, call, naming):
    assert_error(runtime, "ValidationError", naming, lambda: call(runtime, group))


def test_a_hard_delete_that_is_not_later(runtime, group, put, values_of):
    put(id="stale", time=at(5))
    key = {"FeatureGroupName": group, "RecordIdentifierValueAsString": "stale"}
    assert_error(
        runtime,
        "ValidationError",
        f"EventTime '{at(5)}'",
        lambda: runtime.delete_record(**key, EventTime=at(5), DeletionMode="HardDelete"),
    )
    assert values_of("stale") is not None


def test_an_update_of_a_record_that_is_not_there(runtime, group):
    key = {"FeatureGroupName": group, "RecordIdentifierValueAsString": "nobody"}
    assert_error(
        runtime,
        "ResourceNotFound",
        "'nobody'",
        lambda: runtime.update_record(**key, Features=to_record(text="x")),
    )


def test_an_update_that_is_older(runtime, group, put, values_of):
    put(id="older", time=at(5), text="stays")
    key = {"FeatureGroupName": group, "RecordIdentifierValueAsString": "older"}
    features = to_record(time=at(4), text="x")
    assert_error(
        runtime, "ConflictException", f"'{at(4)}'", lambda: runtime.update_record(**key, Features=features)
    )
    assert values_of("older")["text"] == "stays"


def test_an_update_with_a_time_to_live_and_no_event_time(runtime, group, put):
    put(id="ttl", time=at(1))
    key = {"FeatureGroupName": group, "RecordIdentifierValueAsString": "ttl"}
    rest = {"Features": to_record(text="x"), "TtlDuration": {"Unit": "Days", "Value": 1}}
    assert_error(runtime, "ValidationError", "TtlDuration", lambda: runtime.update_record(**key, **rest))


@pytest.mark.parametrize(
    "call",
    [
        lambda client, group: client.get_record(FeatureGroupName=group, **KEY),
        lambda client, group: client.list_records(FeatureGroupName=group),
        lambda client, group: client.put_record(
            FeatureGroupName=group, Record=to_record(id="a", time=at(1)), TargetStores=["OnlineStore"]
        ),
    ],
    ids=["get", "list", "put"],
)
def test_a_group_without_an_online_store(runtime, offline_group, call):
    assert_error(runtime, "ValidationError", "OnlineStore", lambda: call(runtime, offline_group))
