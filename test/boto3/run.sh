#!/usr/bin/env bash
# Runs the boto3 suite against FEATURE_STORE_ENDPOINT, or else against a server of its own on an empty directory.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=.venv
requirements=test/boto3/requirements.txt
if ! cmp -s "$requirements" "$venv/requirements.txt"; then
  echo 'installing boto3 into .venv (once)' >&2
  python3 -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
  cp "$requirements" "$venv/requirements.txt"
fi

if [ -z "${FEATURE_STORE_ENDPOINT:-}" ]; then
  directory=$(mktemp -d)
  node bin/cairn.js serve --port 0 --data "$directory/data" >"$directory/stdout" 2>"$directory/stderr" &
  server=$!
  trap 'kill "$server" 2>/dev/null || true; wait "$server" || true; rm -rf "$directory"' EXIT
  until FEATURE_STORE_ENDPOINT=$(grep -oE 'http://[^ ]+' "$directory/stdout"); do
    kill -0 "$server" 2>/dev/null || { cat "$directory/stderr" >&2; exit 1; }
    sleep 0.1
  done
  export FEATURE_STORE_ENDPOINT
fi

PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" -m pytest -p no:cacheprovider test/boto3 "$@"
