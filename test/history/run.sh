#!/usr/bin/env bash
# Lets other people's readers read the history that a server of this machine has written: PyIceberg, DuckDB, Spark.
# CAIRN_LOANS names a CSV file of loans (loan_id, event_time, ...) to test with besides the orders of the examples.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=.venv-history
requirements=test/history/requirements.txt
if ! cmp -s "$requirements" "$venv/requirements.txt"; then
  echo "installing the readers into $venv (once)" >&2
  python3 -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
  cp "$requirements" "$venv/requirements.txt"
fi

# Spark needs Java and Iceberg's runtime for it, which Maven has; without them its tests are skipped.
version=1.10.1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/cairn
jar=$cache/iceberg-spark-runtime-3.5_2.12-$version.jar
if [ ! -f "$jar" ] && command -v mvn >/dev/null; then
  echo "fetching $(basename "$jar") (once)" >&2
  mvn --quiet --batch-mode dependency:copy -DoutputDirectory="$cache" \
    -Dartifact="org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:$version" >&2 || echo 'it cannot be had' >&2
fi
if [ -f "$jar" ] && command -v java >/dev/null; then export ICEBERG_SPARK_RUNTIME=$jar; fi

PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" -m pytest -p no:cacheprovider test/history "$@"
