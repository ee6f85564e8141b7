"""The lines of README.md, and the environment that those for the AWS CLI make."""

import os
import re
import subprocess
import uuid
from pathlib import Path

import pytest

ENDPOINT = os.environ["FEATURE_STORE_ENDPOINT"]
README = Path(__file__).parents[2] / "README.md"
PLACEHOLDER = "https://abc123.execute-api.us-east-1.amazonaws.com"
IDENTIFIERS = ["plain", "a b", "a+b", "a/b", '100% = "all" & ?', "~!*'()", "é 日本 😀", "arn%3Aaws", "a,b;c:d"]


def readme_lines(client):
    """The lines that README.md has for a client, with the server's address."""
    found = re.search(rf"<!-- client: {client} -->\n```\w+\n(.*?)```\n", README.read_text(), re.DOTALL)
    assert found, f"README.md has no lines for the client {client}"
    return found[1].replace(PLACEHOLDER, ENDPOINT)


def run_readme(*clients):
    """Runs the lines of README.md for these clients, one after the other, and answers the names that they define."""
    names = {}
    for client in clients:
        exec(readme_lines(client), names)
    return names


def to_record(**values):
    return [{"FeatureName": name, "ValueAsString": value} for name, value in values.items()]


@pytest.fixture
def group_name():
    return f"clients-{uuid.uuid4().hex}"


@pytest.fixture(scope="session")
def cli_environment():
    """The environment variables of a shell that has run the lines for the AWS CLI."""
    script = f"set -e\n{readme_lines('aws-cli')}\nenv -0"
    printed = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True).stdout
    return dict(line.split("=", 1) for line in printed.split("\0") if line)
