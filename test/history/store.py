"""The embedded store as its users see it: a server, the command line, and the wire."""

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NODE = ROOT / "node_modules" / ".bin" / "node"


def send(request):
    try:
        with urllib.request.urlopen(request) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"HTTP status {error.code}: {error.read().decode()}") from error


class Store:
    """A server on an empty directory."""

    def __init__(self, directory):
        self.data = directory / "data"
        self.stderr = directory / "stderr"
        self.start()

    def start(self):
        command = [NODE, ROOT / "bin" / "cairn.ts", "serve", "--port", "0", "--data", self.data]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.stderr.open("a"), text=True)
        line = self.process.stdout.readline()
        assert line.startswith("cairn listening on "), self.stderr.read_text()
        self.endpoint = line.split()[-1]

    def stop(self):
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0, self.stderr.read_text()

    def cairn(self, command, *arguments):
        where = ["--data", self.data] if command in ("query", "dataset") else ["--endpoint", self.endpoint]
        done = subprocess.run(
            [NODE, ROOT / "bin" / "cairn.ts", command, *arguments, *where], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.endpoint + path, data, method=method)
        request.add_header("content-type", "application/json")
        return send(request)

    def control(self, operation, body):
        request = urllib.request.Request(self.endpoint, json.dumps(body).encode(), method="POST")
        request.add_header("content-type", "application/x-amz-json-1.1")
        request.add_header("x-amz-target", f"SageMaker.{operation}")
        return json.loads(send(request) or "null")

    def put(self, group, values, ttl=None):
        record = [
            {"FeatureName": name, "ValueAsStringList" if isinstance(value, list) else "ValueAsString": value}
            for name, value in values.items()
            if value is not None
        ]
        body = {"Record": record, **({"TtlDuration": ttl} if ttl else {})}
        self.call("PUT", f"/FeatureGroup/{group}", body)

    def delete(self, group, identifier, event_time, mode):
        query = urllib.parse.urlencode(
            {"RecordIdentifierValueAsString": identifier, "EventTime": event_time, "DeletionMode": mode}
        )
        self.call("DELETE", f"/FeatureGroup/{group}?{query}")

    def flush(self):
        self.cairn("flush")

    def table(self, group):
        """The directory of the group's table."""
        (directory,) = (self.data / "offline").glob(f"{group.replace('-', '_').lower()}_*")
        return directory

    def maintain(self, group, minimum_files):
        """Compacts the group's table as the server does once a partition has that many files; the server rests."""
        self.stop()
        script = Path(__file__).parent / "maintain.ts"
        subprocess.run([NODE, script, self.table(group), str(minimum_files)], check=True)
        self.start()
