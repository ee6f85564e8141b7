"""The control plane: feature groups, feature metadata, tags and search."""

from datetime import datetime, timezone

import pytest
from botocore.exceptions import ClientError
from conftest import at, group_request, to_record, unique_name


def arn_of(sagemaker, name):
    return sagemaker.describe_feature_group(FeatureGroupName=name)["FeatureGroupArn"]


def assert_invalid(naming, call):
    with pytest.raises(ClientError) as raised:
        call()
    assert raised.value.response["Error"]["Code"] == "ValidationException"
    assert naming in raised.value.response["Error"]["Message"]
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def assert_error(sagemaker, error, naming, call):
    with pytest.raises(getattr(sagemaker.exceptions, error)) as raised:
        call()
    response = raised.value.response
    assert response["Error"]["Code"] == error
    assert naming in response["Error"]["Message"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.fixture(scope="module")
def mark(sagemaker, create_group):
    """A text in the names of three groups, of which two have a tag and one is in memory."""
    mark = unique_name()
    create_group(FeatureGroupName=f"{mark}-a", Tags=[{"Key": "team", "Value": "shop"}])
    create_group(
        FeatureGroupName=f"{mark}-b",
        Tags=[{"Key": "team", "Value": "bank"}],
        OnlineStoreConfig={"EnableOnlineStore": True, "StorageType": "InMemory"},
    )
    name = create_group(FeatureGroupName=f"{mark}-c")
    sagemaker.update_feature_metadata(FeatureGroupName=name, FeatureName="text", Description="searched for")
    return mark


class TestFeatureGroups:
    def test_what_is_created_is_described(self, sagemaker, create_group):
        tags = [{"Key": "team", "Value": "shop"}]
        name = create_group(Description="Orders, é 🦉", Tags=tags)
        described = sagemaker.describe_feature_group(FeatureGroupName=name)
        asked = group_request()
        for member in ("RecordIdentifierFeatureName", "EventTimeFeatureName", "FeatureDefinitions", "RoleArn"):
            assert described[member] == asked[member]
        assert described["FeatureGroupName"] == name
        assert described["FeatureGroupArn"].endswith(f":feature-group/{name}")
        assert described["FeatureGroupStatus"] == "Created"
        assert described["OfflineStoreStatus"] == {"Status": "Active"}
        assert described["OnlineStoreConfig"] == {"EnableOnlineStore": True, "StorageType": "Standard"}
        assert described["ThroughputConfig"] == {"ThroughputMode": "OnDemand"}
        assert described["Description"] == "Orders, é 🦉"
        assert described["CreationTime"] == described["LastModifiedTime"]
        assert described["CreationTime"].tzinfo is not None
        assert abs((datetime.now(timezone.utc) - described["CreationTime"]).total_seconds()) < 3600
        again = sagemaker.describe_feature_group(FeatureGroupName=described["FeatureGroupArn"])
        assert again["FeatureGroupName"] == name

    def test_a_name_is_taken_once(self, sagemaker, group):
        request = group_request(FeatureGroupName=group)
        assert_error(sagemaker, "ResourceInUse", group, lambda: sagemaker.create_feature_group(**request))

    @pytest.mark.parametrize(
        "request_members, naming",
        [
            ({"OnlineStoreConfig": None, "OfflineStoreConfig": None}, "cannot be both disabled"),
            ({"FeatureGroupName": "a b"}, "'a b'"),
            ({"FeatureGroupName": "a" * 65}, "featureGroupName"),
            ({"RecordIdentifierFeatureName": "key"}, "'key'"),
            ({"EventTimeFeatureName": "count"}, "'count'"),
            ({"ThroughputConfig": {"ThroughputMode": "Provisioned"}}, "'Provisioned'"),
            ({"OnlineStoreConfig": {"EnableOnlineStore": True, "StorageType": "Tape"}}, "'Tape'"),
        ],
        ids=["stores", "name", "long", "identifier", "event-time", "throughput", "storage"],
    )
    def test_a_group_that_is_not_valid(self, sagemaker, request_members, naming):
        request = group_request(**request_members)
        assert_invalid(naming, lambda: sagemaker.create_feature_group(**request))

    def test_features_are_added(self, sagemaker, runtime, create_group, values_of):
        name = create_group()
        added = [{"FeatureName": "added", "FeatureType": "Fractional", "CollectionType": "List"}]
        answer = sagemaker.update_feature_group(FeatureGroupName=name, FeatureAdditions=added)
        described = sagemaker.describe_feature_group(FeatureGroupName=name)
        assert answer["FeatureGroupArn"] == described["FeatureGroupArn"]
        assert described["FeatureDefinitions"][-1] == added[0]
        assert described["LastUpdateStatus"] == {"Status": "Successful"}
        runtime.put_record(FeatureGroupName=name, Record=to_record(id="a", time=at(1), added=["1.5"]))
        assert values_of("a", name) == {"id": "a", "time": at(1), "added": ["1.5"]}

    def test_an_empty_ttl_duration_takes_the_default_away(self, sagemaker, create_group):
        ttl = {"Unit": "Days", "Value": 3}
        name = create_group(OnlineStoreConfig={"EnableOnlineStore": True, "TtlDuration": ttl})

        def default_ttl():
            return sagemaker.describe_feature_group(FeatureGroupName=name)["OnlineStoreConfig"].get("TtlDuration")

        assert default_ttl() == ttl
        sagemaker.update_feature_group(FeatureGroupName=name, OnlineStoreConfig={"TtlDuration": {}})
        assert default_ttl() is None
        ttl = {"Unit": "Weeks", "Value": 1}
        sagemaker.update_feature_group(FeatureGroupName=name, OnlineStoreConfig={"TtlDuration": ttl})
        assert default_ttl() == ttl

    def test_standard_storage_migrates_one_way(self, sagemaker, create_group):
        name = create_group()

        def migrate(storage):
            return sagemaker.update_feature_group(FeatureGroupName=name, OnlineStoreConfig={"StorageType": storage})

        migrate("Standard_V2")
        config = sagemaker.describe_feature_group(FeatureGroupName=name)["OnlineStoreConfig"]
        assert config["StorageType"] == "Standard_V2"
        assert_invalid("'Standard'", lambda: migrate("Standard"))

    def test_too_many_features_are_a_resource_limit_exceeded(self, sagemaker, create_group):
        names = ["id", "time", *(f"feature_{index}" for index in range(2498))]
        name = create_group(FeatureDefinitions=[{"FeatureName": each, "FeatureType": "String"} for each in names])
        assert len(sagemaker.describe_feature_group(FeatureGroupName=name)["FeatureDefinitions"]) == 2500
        added = [{"FeatureName": "more", "FeatureType": "String"}]
        assert_error(
            sagemaker,
            "ResourceLimitExceeded",
            "2500",
            lambda: sagemaker.update_feature_group(FeatureGroupName=name, FeatureAdditions=added),
        )

    def test_a_deleted_group_is_gone_and_starts_empty_again(self, sagemaker, runtime, create_group):
        name = create_group()
        runtime.put_record(FeatureGroupName=name, Record=to_record(id="a", time=at(1)))
        key = {"FeatureGroupName": name, "RecordIdentifierValueAsString": "a"}
        sagemaker.delete_feature_group(FeatureGroupName=name)
        with pytest.raises(runtime.exceptions.ResourceNotFound):
            runtime.get_record(**key)
        assert_error(
            sagemaker, "ResourceNotFound", name, lambda: sagemaker.describe_feature_group(FeatureGroupName=name)
        )
        create_group(FeatureGroupName=name)
        assert "Record" not in runtime.get_record(**key)
        assert runtime.list_records(FeatureGroupName=name)["RecordIdentifiers"] == []

    def test_a_group_is_deleted_by_name_only(self, sagemaker, group):
        arn = arn_of(sagemaker, group)
        assert_invalid("featureGroupName", lambda: sagemaker.delete_feature_group(FeatureGroupName=arn))

    @pytest.mark.parametrize("operation", ["describe_feature_group", "delete_feature_group"])
    def test_an_unknown_group(self, sagemaker, operation):
        name = unique_name()
        assert_error(
            sagemaker, "ResourceNotFound", name, lambda: getattr(sagemaker, operation)(FeatureGroupName=name)
        )

    def test_an_unknown_group_is_not_updated(self, sagemaker):
        name = unique_name()
        update = {"OnlineStoreConfig": {"TtlDuration": {"Unit": "Days", "Value": 1}}}
        assert_error(
            sagemaker,
            "ResourceNotFound",
            name,
            lambda: sagemaker.update_feature_group(FeatureGroupName=name, **update),
        )

    def test_the_paginator_lists_groups_by_name(self, sagemaker, create_group):
        mark = unique_name()
        names = [create_group(FeatureGroupName=f"{mark}-{letter}") for letter in "cab"]
        pages = sagemaker.get_paginator("list_feature_groups").paginate(
            NameContains=mark, SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 2}
        )
        listed = [[summary["FeatureGroupName"] for summary in page["FeatureGroupSummaries"]] for page in pages]
        assert listed == [sorted(names)[:2], sorted(names)[2:]]
        summary = sagemaker.list_feature_groups(NameContains=names[0])["FeatureGroupSummaries"][0]
        assert summary["FeatureGroupArn"] == arn_of(sagemaker, names[0])
        assert summary["FeatureGroupStatus"] == "Created"
        assert summary["OfflineStoreStatus"] == {"Status": "Active"}
        future = datetime(2999, 1, 1, tzinfo=timezone.utc)
        assert sagemaker.list_feature_groups(CreationTimeAfter=future)["FeatureGroupSummaries"] == []


class TestFeatureMetadata:
    def test_what_is_written_is_described(self, sagemaker, group):
        feature = {"FeatureGroupName": group, "FeatureName": "text"}
        sagemaker.update_feature_metadata(
            **feature,
            Description="Free text, é",
            ParameterAdditions=[{"Key": "unit", "Value": "km"}, {"Key": "owner", "Value": "shop"}],
        )
        sagemaker.update_feature_metadata(**feature, ParameterRemovals=["unit"])
        described = sagemaker.describe_feature_metadata(**feature)
        assert described["FeatureGroupArn"] == arn_of(sagemaker, group)
        assert (described["FeatureName"], described["FeatureType"]) == ("text", "String")
        assert described["Description"] == "Free text, é"
        assert described["Parameters"] == [{"Key": "owner", "Value": "shop"}]
        assert described["LastModifiedTime"] >= described["CreationTime"]

    def test_an_unknown_feature(self, sagemaker, group):
        feature = {"FeatureGroupName": group, "FeatureName": "color"}
        for call in (
            lambda: sagemaker.describe_feature_metadata(**feature),
            lambda: sagemaker.update_feature_metadata(**feature, Description="x"),
        ):
            assert_error(sagemaker, "ResourceNotFound", "'color'", call)


class TestTags:
    def test_tags_come_and_go(self, sagemaker, create_group):
        arn = arn_of(sagemaker, create_group(Tags=[{"Key": "team", "Value": "shop"}]))
        added = sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in added} == {"team": "shop", "stage": "test"}
        sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team", "never-there"])
        pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        assert pages.build_full_result()["Tags"] == [{"Key": "stage", "Value": "test"}]

    def test_tags_of_an_unknown_group(self, sagemaker, group):
        arn = arn_of(sagemaker, group).replace(group, unique_name())
        assert_error(
            sagemaker, "ResourceNotFound", arn.split("/")[1], lambda: sagemaker.list_tags(ResourceArn=arn)
        )


class TestSearch:
    def test_feature_groups_are_found_by_nested_expressions(self, sagemaker, mark):
        expression = {
            "Filters": [{"Name": "FeatureGroupName", "Operator": "Contains", "Value": mark}],
            "SubExpressions": [
                {
                    "Filters": [
                        {"Name": "Tags.team", "Operator": "Equals", "Value": "shop"},
                        {"Name": "OnlineStoreConfig.StorageType", "Operator": "Equals", "Value": "InMemory"},
                    ],
                    "Operator": "Or",
                }
            ],
        }
        pages = sagemaker.get_paginator("search").paginate(
            Resource="FeatureGroup",
            SearchExpression=expression,
            SortBy="FeatureGroupName",
            SortOrder="Ascending",
            PaginationConfig={"PageSize": 1},
        )
        found = [result["FeatureGroup"] for page in pages for result in page["Results"]]
        assert [group["FeatureGroupName"] for group in found] == [f"{mark}-a", f"{mark}-b"]
        assert found[0]["Tags"] == [{"Key": "team", "Value": "shop"}]
        assert isinstance(found[0]["CreationTime"], datetime)

    def test_features_are_found_by_their_description(self, sagemaker, mark):
        filters = [
            {"Name": "FeatureGroupName", "Operator": "Contains", "Value": mark},
            {"Name": "Description", "Operator": "Contains", "Value": "searched"},
        ]
        results = sagemaker.search(Resource="FeatureMetadata", SearchExpression={"Filters": filters})["Results"]
        found = [result["FeatureMetadata"] for result in results]
        assert [(one["FeatureGroupName"], one["FeatureName"]) for one in found] == [(f"{mark}-c", "text")]

    def test_an_unknown_property(self, sagemaker):
        expression = {"Filters": [{"Name": "Color", "Operator": "Equals", "Value": "red"}]}
        assert_invalid(
            "Color", lambda: sagemaker.search(Resource="FeatureGroup", SearchExpression=expression)
        )
