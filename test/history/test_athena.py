"""What is printed for Athena is a statement of its dialect, as far as another parser of it can tell."""

import sqlglot
from sqlglot import exp

QUERY = """WITH recent AS (SELECT * FROM "some-orders" WHERE write_time > TIMESTAMP '2026-01-01 00:00:00')
SELECT count(*), max(r.spend) FROM recent r JOIN "some-orders_latest" l ON r.id = l.id, "some-orders_snapshots"
"""


def create(store):
    features = ["id:String", "at:String", "spend:Fractional", "tags:String:List"]
    options = [argument for feature in features for argument in ("--feature", feature)]
    store.cairn("groups", "create", "some-orders", "--id", "id", "--event-time", "at", *options)


def tables(sql):
    (statement,) = sqlglot.parse(sql, dialect="athena", error_level=sqlglot.ErrorLevel.RAISE)
    own = {table.alias for table in statement.find_all(exp.CTE)}
    return {table.sql("athena") for table in statement.find_all(exp.Table) if table.name not in own}


def test_queries_and_datasets_parse_and_read_the_tables_of_the_catalog(store, tmp_path):
    create(store)
    base = tmp_path / "base.csv"
    base.write_text("id,when\n")
    group = store.control("DescribeFeatureGroup", {"FeatureGroupName": "some-orders"})
    catalog = group["OfflineStoreConfig"]["DataCatalogConfig"]
    table = f'"{catalog["Database"]}"."{catalog["TableName"]}"'
    for options in ([], ["--as-of", "2026-01-31T12:00:00Z"], ["--as-of", "123"]):
        names = tables(store.cairn("query", QUERY, "--dialect", "athena", *options))
        assert any(name.startswith(table) for name in names)
        assert any("$snapshots" in name for name in names)
    dataset = ["--base", str(base), "--id", "id", "--time", "when", "--group", "some-orders"]
    sql = store.cairn("dataset", *dataset, "--dialect", "athena", "--base-table", "labels.base")
    assert {name.split(" AS ")[0] for name in tables(sql)} == {table, '"labels"."base"'}
