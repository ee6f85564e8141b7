"""PutRecord, GetRecord, DeleteRecord and UpdateRecord."""

import time

import pytest
from conftest import at, iso, to_record, to_values

HOUR = 3600


def test_a_record_comes_back_as_it_was_put(put, values_of):
    record = {"id": "whole", "time": at(1), "text": "x", "count": "007", "tags": ["a", "b"]}
    answer = put(**record)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["ResponseMetadata"]["RequestId"]
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
    assert values_of("whole") == record


def test_a_missing_record_has_no_record_member(runtime, group):
    answer = runtime.get_record(FeatureGroupName=group, RecordIdentifierValueAsString="missing")
    assert set(answer) == {"ResponseMetadata"}


def test_features_come_in_the_order_of_the_definitions(runtime, group, put):
    put(tags=["a"], count="1", text="x", time=at(1), id="order")
    answer = runtime.get_record(FeatureGroupName=group, RecordIdentifierValueAsString="order")
    assert [feature["FeatureName"] for feature in answer["Record"]] == ["id", "time", "text", "count", "tags"]


def test_a_projection_adds_nothing(runtime, group, put):
    put(id="projected", time=at(1), text="x", count="1")
    answer = runtime.get_record(
        FeatureGroupName=group, RecordIdentifierValueAsString="projected", FeatureNames=["count", "text"]
    )
    assert answer["Record"] == to_record(text="x", count="1")


@pytest.mark.parametrize(
    "identifier", ["a b", "a+b", "a/b", "a%20b", "é", "日本 🦉", '"', "?&=#", "\x00", "line\nend", "x" * 2048]
)
def test_an_identifier_may_be_any_text(runtime, group, put, values_of, identifier):
    put(id=identifier, time=at(1), text=f"of {identifier}")
    assert values_of(identifier) == {"id": identifier, "time": at(1), "text": f"of {identifier}"}
    runtime.update_record(
        FeatureGroupName=group, RecordIdentifierValueAsString=identifier, Features=to_record(text="new")
    )
    assert values_of(identifier)["text"] == "new"
    runtime.delete_record(FeatureGroupName=group, RecordIdentifierValueAsString=identifier, EventTime=at(2))
    assert values_of(identifier) is None


def test_the_newer_record_stays_and_the_last_of_two_equal_ones(put, values_of):
    put(id="newer", time=at(2), text="second")
    put(id="newer", time=at(1), text="first")
    assert values_of("newer")["text"] == "second"
    put(id="newer", time=at(2), text="third")
    assert values_of("newer")["text"] == "third"


def test_a_set_keeps_each_element_once(put, values_of):
    put(id="set", time=at(1), tags=["b", "a", "b"])
    assert values_of("set")["tags"] == ["b", "a"]


def test_a_record_put_to_the_offline_store_alone_is_not_online(runtime, group, values_of):
    record = to_record(id="offline", time=at(1))
    runtime.put_record(FeatureGroupName=group, Record=record, TargetStores=["OfflineStore"])
    assert values_of("offline") is None
    runtime.put_record(FeatureGroupName=group, Record=record, TargetStores=["OnlineStore", "OfflineStore"])
    assert values_of("offline") is not None


def test_an_arn_stands_for_the_name_in_every_operation(runtime, sagemaker, group, values_of):
    arn = sagemaker.describe_feature_group(FeatureGroupName=group)["FeatureGroupArn"]
    named = {"FeatureGroupName": arn, "RecordIdentifierValueAsString": "by ARN"}
    runtime.put_record(FeatureGroupName=arn, Record=to_record(id="by ARN", time=at(1), text="x"))
    runtime.update_record(**named, Features=to_record(count="1"))
    expected = {"id": "by ARN", "time": at(1), "text": "x", "count": "1"}
    assert to_values(runtime.get_record(**named)["Record"]) == expected == values_of("by ARN")
    assert "by ARN" in runtime.list_records(FeatureGroupName=arn)["RecordIdentifiers"]
    runtime.delete_record(**named, EventTime=at(2))
    assert values_of("by ARN") is None


def test_a_soft_delete_fences_older_records(runtime, group, put, values_of):
    put(id="soft", time=at(1))
    runtime.delete_record(FeatureGroupName=group, RecordIdentifierValueAsString="soft", EventTime=at(5))
    put(id="soft", time=at(5))
    assert values_of("soft") is None
    put(id="soft", time=at(6))
    assert values_of("soft") == {"id": "soft", "time": at(6)}


def test_a_hard_delete_fences_nothing(runtime, group, put, values_of):
    put(id="hard", time=at(5))
    key = {"FeatureGroupName": group, "RecordIdentifierValueAsString": "hard"}
    runtime.delete_record(**key, EventTime=at(6), DeletionMode="HardDelete")
    assert values_of("hard") is None
    put(id="hard", time=at(1))
    assert values_of("hard") == {"id": "hard", "time": at(1)}


def test_a_record_expires_its_time_to_live_after_its_event_time(runtime, group, put, values_of):
    now = int(time.time())
    put(id="expiring", time=iso(now), TtlDuration={"Unit": "Hours", "Value": 2})
    key = {"FeatureGroupName": group, "RecordIdentifierValueAsString": "expiring"}
    assert runtime.get_record(**key, ExpirationTimeResponse="Enabled")["ExpiresAt"] == iso(now + 2 * HOUR)
    assert "ExpiresAt" not in runtime.get_record(**key)
    put(id="expired", time=iso(now - 3 * HOUR), TtlDuration={"Unit": "Hours", "Value": 2})
    assert values_of("expired") is None


def test_an_update_sets_the_named_features_and_keeps_the_others(runtime, group, put, values_of):
    put(id="update", time=at(1), text="old", count="1")
    key = {"FeatureGroupName": group, "RecordIdentifierValueAsString": "update"}
    runtime.update_record(**key, Features=to_record(text="new"))
    assert values_of("update") == {"id": "update", "time": at(1), "text": "new", "count": "1"}
    runtime.update_record(**key, Features=[*to_record(time=at(2)), {"FeatureName": "count"}])
    assert values_of("update") == {"id": "update", "time": at(2), "text": "new"}


def test_an_update_moves_the_expiry_with_the_event_time(runtime, group, put):
    now = int(time.time())
    put(id="moves", time=iso(now), TtlDuration={"Unit": "Hours", "Value": 1})
    key = {"FeatureGroupName": group, "RecordIdentifierValueAsString": "moves"}
    runtime.update_record(**key, Features=to_record(time=iso(now + 60)))
    answer = runtime.get_record(**key, ExpirationTimeResponse="Enabled")
    assert answer["ExpiresAt"] == iso(now + 60 + HOUR)
