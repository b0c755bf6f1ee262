"""Frames are read by other programs as they are: Polars, DuckDB, pandas, delta-rs for Python.

Usage: frame_readers.py PROGRAM. Imports the ten data types from the sandbox and compares what
each reader sees with what `pinstripe sql` says.
"""

import glob
import os
import sys

import deltalake
import duckdb
import pandas
import polars

from sandbox import Checks, Sandbox

DATA_TYPES = [
    "balance_transactions", "charges", "customers", "disputes", "events",
    "files", "payouts", "refunds", "transfers", "subscriptions",
]
NESTED = {
    "charges": "billing_details.address.country",
    "customers": "address.city",
    "disputes": "payment_method_details.card.brand",
    "subscriptions": "automatic_tax.enabled",
}


def nested_polars(frame, path):
    first, *rest = path.split(".")
    column = polars.col(first)
    for name in rest:
        column = column.struct.field(name)
    return frame.select(column.is_not_null().sum()).item()


def main(program):
    checks = Checks()
    with Sandbox(program, "--customers", "300") as sandbox:
        for data_type in DATA_TYPES:
            report = sandbox.run("import", data_type, "--max-rate", "100000")
            record = next(f for f in sandbox.run("frames") if f["frame"] == data_type)
            folder = record["folder"]
            said = sandbox.run("sql", f'select count(*) as "rows", count(distinct id) as ids from {data_type}')[0]
            checks.equal(said["rows"], report["rows"], f"{data_type}: rows by sql")
            checks.equal(said["ids"], report["rows"], f"{data_type}: distinct ids by sql")

            table = deltalake.DeltaTable(folder)
            frame = polars.from_arrow(table.to_pyarrow_table())
            checks.equal(frame.height, report["rows"], f"{data_type}: rows by delta-rs")
            scanned = polars.scan_delta(folder).collect()
            checks.equal(scanned.height, report["rows"], f"{data_type}: rows by Polars from Delta")
            files = glob.glob(os.path.join(folder, "*.parquet"))
            in_pandas = pandas.concat(pandas.read_parquet(file) for file in files)
            checks.equal(len(in_pandas), report["rows"], f"{data_type}: rows by pandas from Parquet")
            checks.equal(in_pandas["id"].nunique(), report["rows"], f"{data_type}: ids by pandas")
            by_duckdb = duckdb.sql(f"select count(distinct id) from read_parquet('{folder}/*.parquet')").fetchall()[0]
            checks.equal(by_duckdb[0], report["rows"], f"{data_type}: ids by DuckDB")

            if "amount" in in_pandas:
                total = sandbox.run("sql", f"select sum(amount) as total from {data_type}")[0]["total"]
                checks.equal(int(in_pandas["amount"].sum()), total, f"{data_type}: sum by pandas")
                checks.equal(int(scanned["amount"].sum()), total, f"{data_type}: sum by Polars")
            if "created" in in_pandas:
                checks.equal(str(in_pandas["created"].dt.tz), "UTC", f"{data_type}: created is in UTC")
            if data_type in NESTED:
                path = NESTED[data_type]
                said = sandbox.run("sql", f"select count({path}) as filled from {data_type}")[0]["filled"]
                checks.equal(nested_polars(scanned, path), said, f"{data_type}: {path} by Polars")
                by_duckdb = duckdb.sql(f"select count({path}) from read_parquet('{folder}/*.parquet')").fetchall()[0]
                checks.equal(by_duckdb[0], said, f"{data_type}: {path} by DuckDB")

        # A frame without rows has its columns for every reader.
        report = sandbox.run("import", "charges", "--as", "none", "--query", "transfer_group=nobody")
        checks.equal(report["rows"], 0, "an import without rows")
        folder = next(f for f in sandbox.run("frames") if f["frame"] == "none")["folder"]
        empty = polars.scan_delta(folder).collect()
        checks.equal(empty.height, 0, "no rows by Polars")
        checks.equal(str(empty.schema["amount"]), "Int64", "the type of a column without rows")
        said = sandbox.run("sql", "select count(*) as n from none where payment_method_details.konbini.store.chain = 'x'")
        checks.equal(said, [{"n": 0}], "a variant that no row has")
    checks.end()


if __name__ == "__main__":
    main(sys.argv[1])
