"""ListRecords and its paginator."""

import pytest
from conftest import at, to_record


@pytest.fixture(scope="module")
def listed(runtime, group):
    """The identifiers of 130 records in the module's group, which has three tombstones too."""
    identifiers = [f"record-{index}" for index in range(128)] + ["a/b", "日本 🦉"]
    for start in range(0, len(identifiers), 25):
        entries = [
            {"FeatureGroupName": group, "Record": to_record(id=identifier, time=at(1))}
            for identifier in identifiers[start : start + 25]
        ]
        assert runtime.batch_write_record(Entries=entries)["Errors"] == []
    for index in range(3):
        key = {"FeatureGroupName": group, "RecordIdentifierValueAsString": f"deleted-{index}"}
        runtime.delete_record(**key, EventTime=at(1))
    return identifiers


def paginate(runtime, group, page_size=None, **rest):
    pages = runtime.get_paginator("list_records").paginate(
        FeatureGroupName=group, PaginationConfig={"PageSize": page_size}, **rest
    )
    return [page["RecordIdentifiers"] for page in pages]


@pytest.mark.parametrize("page_size", [1, 33, 100])
def test_the_paginator_lists_each_record_once(runtime, group, listed, page_size):
    pages = paginate(runtime, group, page_size)
    assert max(len(page) for page in pages) <= page_size
    assert sorted(sum(pages, [])) == sorted(listed)


def test_a_page_has_no_more_than_100_records_by_default(runtime, group, listed):
    answer = runtime.list_records(FeatureGroupName=group)
    assert len(answer["RecordIdentifiers"]) <= 100
    assert answer["NextToken"]


def test_tombstones_are_listed_when_asked(runtime, group, listed):
    found = sum(paginate(runtime, group, 50, IncludeSoftDeletedRecords=True), [])
    assert sorted(found) == sorted([*listed, "deleted-0", "deleted-1", "deleted-2"])


def test_the_paginator_stops_and_resumes(runtime, group, listed):
    paginator = runtime.get_paginator("list_records")
    first = paginator.paginate(FeatureGroupName=group, PaginationConfig={"MaxItems": 40, "PageSize": 20})
    start = first.build_full_result()
    config = {"StartingToken": start["NextToken"], "PageSize": 20}
    rest = paginator.paginate(FeatureGroupName=group, PaginationConfig=config).build_full_result()
    assert sorted(start["RecordIdentifiers"] + rest["RecordIdentifiers"]) == sorted(listed)


def test_a_token_is_good_for_its_own_listing_only(runtime, group, listed, create_group):
    token = runtime.list_records(FeatureGroupName=group, MaxResults=5)["NextToken"]
    for request in (
        {"FeatureGroupName": group, "NextToken": token[:-2] + ("AA" if token[-2:] != "AA" else "BB")},
        {"FeatureGroupName": group, "NextToken": token, "IncludeSoftDeletedRecords": True},
        {"FeatureGroupName": create_group(), "NextToken": token},
    ):
        with pytest.raises(runtime.exceptions.ValidationError) as refused:
            runtime.list_records(**request)
        assert "NextToken" in refused.value.response["Error"]["Message"]
