"""BatchWriteRecord and BatchGetRecord."""

import pytest
from conftest import at, to_record, to_values, unique_name


def entry(group, **values):
    return {"FeatureGroupName": group, "Record": to_record(**values)}


def write(runtime, entries, **rest):
    answer = runtime.batch_write_record(Entries=entries, **rest)
    return answer["Errors"], answer["UnprocessedEntries"]


def test_25_records_are_written_and_read_at_once(runtime, group):
    records = {f"full-{index}": {"id": f"full-{index}", "time": at(1), "count": str(index)} for index in range(25)}
    assert write(runtime, [entry(group, **record) for record in records.values()]) == ([], [])
    asked = [{"FeatureGroupName": group, "RecordIdentifiersValueAsString": [*records, "missing", "full-0"]}]
    answer = runtime.batch_get_record(Identifiers=asked)
    assert (answer["Errors"], answer["UnprocessedIdentifiers"]) == ([], [])
    assert len(answer["Records"]) == 25
    found = {one["RecordIdentifierValueAsString"]: to_values(one["Record"]) for one in answer["Records"]}
    assert found == records


def test_all_three_lists_are_answered_when_nothing_is_found(runtime, group):
    answer = runtime.batch_get_record(
        Identifiers=[{"FeatureGroupName": group, "RecordIdentifiersValueAsString": ["none"]}]
    )
    del answer["ResponseMetadata"]
    assert answer == {"Records": [], "Errors": [], "UnprocessedIdentifiers": []}


def test_blocks_project_on_their_own_and_name_groups_as_they_were_asked(runtime, sagemaker, group, create_group):
    other = create_group()
    arn = sagemaker.describe_feature_group(FeatureGroupName=other)["FeatureGroupArn"]
    assert write(runtime, [entry(group, id="p", time=at(1), text="x"), entry(arn, id="p", time=at(2), text="y")])[0] == []
    answer = runtime.batch_get_record(
        Identifiers=[
            {"FeatureGroupName": group, "RecordIdentifiersValueAsString": ["p"], "FeatureNames": ["text"]},
            {"FeatureGroupName": arn, "RecordIdentifiersValueAsString": ["p"], "FeatureNames": ["time"]},
        ]
    )
    found = {one["FeatureGroupName"]: to_values(one["Record"]) for one in answer["Records"]}
    assert found == {group: {"text": "x"}, arn: {"time": at(2)}}


@pytest.mark.parametrize(
    "bad, code, naming",
    [
        (lambda group: entry(group, time=at(1)), "ValidationError", "'id'"),
        (lambda group: entry(group, id="bad", time="noon"), "ValidationError", "'noon'"),
        (lambda group: entry(group, id="bad", time=at(1), count="x"), "ValidationError", "'x'"),
        (lambda _: entry(unique_name(), id="bad", time=at(1)), "ResourceNotFound", "boto3-"),
        (
            lambda group: entry(group, id="bad", time=at(1)) | {"TargetStores": ["Nowhere"]},
            "ValidationError",
            "'Nowhere'",
        ),
    ],
)
def test_a_bad_entry_fails_alone_and_is_found_among_those_sent(runtime, group, values_of, bad, code, naming):
    entries = [entry(group, id="good", time=at(1)), bad(group)]
    errors, unprocessed = write(runtime, entries, TtlDuration={"Unit": "Weeks", "Value": 5000})
    assert unprocessed == []
    assert [entries.index(error["Entry"]) for error in errors] == [1]
    assert errors[0]["ErrorCode"] == code
    assert naming in errors[0]["ErrorMessage"]
    assert values_of("good") == {"id": "good", "time": at(1)}


def test_the_later_of_two_equal_entries_wins(runtime, group, values_of):
    write(runtime, [entry(group, id="tie", time=at(1), text=text) for text in ("first", "second")])
    assert values_of("tie")["text"] == "second"


def test_an_unknown_group_is_an_error_of_each_identifier(runtime, group):
    name = unique_name()
    answer = runtime.batch_get_record(
        Identifiers=[
            {"FeatureGroupName": name, "RecordIdentifiersValueAsString": ["a", "b"]},
            {"FeatureGroupName": group, "RecordIdentifiersValueAsString": ["none"]},
        ]
    )
    errors = {error["RecordIdentifierValueAsString"]: error for error in answer["Errors"]}
    assert set(errors) == {"a", "b"}
    assert {error["ErrorCode"] for error in errors.values()} == {"ResourceNotFound"}
    assert name in errors["a"]["ErrorMessage"]


def test_what_does_not_fit_in_5_mb_is_asked_for_again(runtime, group, put):
    identifiers = {f"large-{index}" for index in range(17)}
    for identifier in identifiers:
        put(id=identifier, time=at(1), text="x" * 340_000)
    asked = [{"FeatureGroupName": group, "RecordIdentifiersValueAsString": sorted(identifiers)}]
    found, answers = set(), 0
    while asked:
        answer = runtime.batch_get_record(Identifiers=asked)
        assert answer["Records"] and not answer["Errors"]
        found |= {one["RecordIdentifierValueAsString"] for one in answer["Records"]}
        asked = answer["UnprocessedIdentifiers"]
        answers += 1
    assert found == identifiers
    assert answers == 2
