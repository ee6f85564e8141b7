#!/usr/bin/env bash
# Runs the lines that README.md has for the Python clients and the AWS CLI against a server that verifies signatures.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The two majors of the SageMaker Python SDK exclude each other: each has an environment of its own.
install() {
  local venv=test/clients/.venv/$1 requirements=test/clients/requirements-$1.txt
  if ! cmp -s "$requirements" "$venv/requirements.txt"; then
    echo "installing the clients of $requirements into $venv (once)" >&2
    python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$venv/requirements.txt"
  fi
}
install v2
install v3

directory=$(mktemp -d)
node test/clients/serve.ts >"$directory/environment" 2>"$directory/stderr" &
server=$!
stop() {
  kill "$server" 2>/dev/null || true
  wait "$server" || { cat "$directory/stderr" >&2; exit 1; }
  rm -rf "$directory"
}
trap stop EXIT
until grep -q '^AWS_SECRET_ACCESS_KEY=' "$directory/environment"; do
  kill -0 "$server" 2>/dev/null || exit 1
  sleep 0.1
done
while read -r line; do export "${line?}"; done <"$directory/environment"

# Nothing of the machine's own AWS configuration counts, and what the lines write goes away with the directory.
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_DATA_PATH AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE
export HOME=$directory AWS_EC2_METADATA_DISABLED=true PYTHONDONTWRITEBYTECODE=1
status=0
for major in v2 v3; do
  "test/clients/.venv/$major/bin/python" -m pytest -p no:cacheprovider "test/clients/$major" "$@" || status=$?
done
exit "$status"
