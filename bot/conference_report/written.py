"""Tables as files: CSV that no spreadsheet takes for formulas, JSON, or Parquet with moments and durations."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any, Literal

from bot.conference_report.columns import Form, Table, Value
from bot.errors import ConfigurationError
from bot.rules.export_table import CELL_LIMIT, harmless

TableFormat = Literal["csv", "json", "parquet"]
"""What the tables are written as, and how their files' names end."""


def check_format(form: TableFormat) -> None:
    """See that the format can be written.

    Raises:
        ConfigurationError: its library is not installed.
    """
    if form == "parquet" and find_spec("pyarrow") is None:
        raise ConfigurationError(
            "Parquet needs a package that is not installed (pyarrow)",
            do="Install it with: pip install 'chairside[parquet]', or choose --format csv",
        )


def written(table: Table, form: TableFormat) -> bytes:
    """A table as a file of that format."""
    return _WRITERS[form](table)


def _as_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark, without which Excel reads it in the machine's old code page."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([name for name, _ in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Value) -> str | int | float:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return harmless(value)[:CELL_LIMIT]
        case datetime():
            return value.isoformat()
        case timedelta():
            return _seconds(value)
        case int():
            return value


def _as_json(table: Table) -> bytes:
    """An array with an object a row."""
    names = [name for name, _ in table.columns]
    rows = [json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False) for row in table.rows]
    return ("[\n" + ",\n".join(rows) + "\n]\n" if rows else "[]\n").encode()


def _plain(value: Value) -> str | int | float | bool | None:
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return _seconds(value)
        case None | bool() | str() | int():
            return value


def _seconds(span: timedelta) -> int | float:
    """A whole number where it is one."""
    seconds = span.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _as_parquet(table: Table) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 - an extra, and large
    from pyarrow import parquet  # noqa: PLC0415 - as above

    types: dict[Form, Any] = {
        Form.NUMBER: pa.int64(),
        Form.TEXT: pa.string(),
        Form.FLAG: pa.bool_(),
        Form.MOMENT: pa.timestamp("us", tz="UTC"),
        Form.LOCAL: pa.string(),
        Form.SPAN: pa.duration("us"),
    }
    schema = pa.schema([(name, types[form]) for name, form in table.columns])
    cells = [[row[index] for row in table.rows] for index in range(len(table.columns))]
    arrays = [pa.array(values, type=field.type) for values, field in zip(cells, schema, strict=True)]
    stream = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, schema=schema), stream)
    return stream.getvalue()


_WRITERS: dict[TableFormat, Callable[[Table], bytes]] = {"csv": _as_csv, "json": _as_json, "parquet": _as_parquet}
