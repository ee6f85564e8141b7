"""The lines of README.md for the AWS CLI, and the CLI without them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import IDENTIFIERS, to_record

AWS = str(Path(sys.executable).with_name("aws"))


@pytest.fixture
def aws(cli_environment):
    """Runs the CLI and answers what it prints, parsed."""

    def run(*arguments, environment=cli_environment):
        done = subprocess.run([AWS, *arguments], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout) if done.stdout else None

    return run


def test_both_services_are_signed_for_execute_api(aws, group_name):
    create = {
        "FeatureGroupName": group_name,
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "time",
        "FeatureDefinitions": [{"FeatureName": name, "FeatureType": "String"} for name in ("id", "time", "text")],
        "OnlineStoreConfig": {"EnableOnlineStore": True},
    }
    arn = aws("sagemaker", "create-feature-group", "--cli-input-json", json.dumps(create))["FeatureGroupArn"]
    described = aws("sagemaker", "describe-feature-group", "--feature-group-name", arn)
    assert described["FeatureGroupName"] == group_name
    runtime = "sagemaker-featurestore-runtime"
    identifier = " ".join(IDENTIFIERS)
    key = ["--feature-group-name", arn, "--record-identifier-value-as-string", identifier]
    record = to_record(id=identifier, time="2026-11-01T12:00:00Z", text="a b")
    aws(runtime, "put-record", "--feature-group-name", arn, "--record", json.dumps(record))
    assert aws(runtime, "get-record", *key)["Record"] == record
    assert aws(runtime, "list-records", "--feature-group-name", arn)["RecordIdentifiers"] == [identifier]
    aws(runtime, "delete-record", *key, "--event-time", "2026-11-02T12:00:00Z")
    assert aws(runtime, "list-records", "--feature-group-name", arn)["RecordIdentifiers"] == []
    aws("sagemaker", "delete-feature-group", "--feature-group-name", group_name)


def test_a_shell_without_the_data_path_is_refused(aws, cli_environment):
    without = {name: value for name, value in cli_environment.items() if name != "AWS_DATA_PATH"}
    with pytest.raises(RuntimeError, match="403.*Forbidden"):
        aws("sagemaker", "list-feature-groups", environment=without)
