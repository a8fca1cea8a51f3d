"""A small table: columns by name, of NumPy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union, overload

import numpy as np

from ._errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Table:
    """Rows under named columns.

    table["rate"]       a column, an array [rows]
    table[3]            a row, {column: value}
    table[2:5]          a Table of these rows
    np.asarray(table)   the columns of numbers, float64 [rows, columns of numbers]
    table.to_pandas()   a DataFrame, where pandas is installed

    A missing value is None in columns of texts and NaN in columns of numbers.
    """

    def __init__(self, columns: Mapping[str, Any], title: str = "", notes: Sequence[str] = ()) -> None:
        self.title = title
        self.notes: Tuple[str, ...] = tuple(notes)
        self._columns: Dict[str, "NDArray[Any]"] = {name: _column(values) for name, values in columns.items()}
        lengths = {len(column) for column in self._columns.values()}
        if len(lengths) > 1:
            raise UsageError(f"a table's columns have one length, not {sorted(lengths)}")
        self._n = lengths.pop() if lengths else 0

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, Any]], title: str = "", notes: Sequence[str] = ()) -> "Table":
        """A table of rows {column: value}; a row may lack some."""
        names = list(dict.fromkeys(name for row in rows for name in row))
        return cls({name: [row.get(name) for row in rows] for name in names}, title, notes)

    @property
    def columns(self) -> List[str]:
        """Names of the columns."""
        return list(self._columns)

    @property
    def shape(self) -> Tuple[int, int]:
        """(rows, columns)"""
        return self._n, len(self._columns)

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, key: str) -> "NDArray[Any]": ...

    @overload
    def __getitem__(self, key: int) -> Dict[str, Any]: ...

    @overload
    def __getitem__(self, key: slice) -> "Table": ...

    def __getitem__(self, key: Union[str, int, slice]) -> "Union[NDArray[Any], Dict[str, Any], Table]":
        if isinstance(key, str):
            if key not in self._columns:
                raise UsageError(f"the table has no column {key!r}; it has: {', '.join(self._columns)}")
            return self._columns[key]
        if isinstance(key, slice):
            return Table({name: column[key] for name, column in self._columns.items()}, self.title, self.notes)
        try:
            row = key.__index__()
        except AttributeError:
            raise UsageError(f"a table takes a column's name, a row's number or a slice, not {key!r:.60}") from None
        if not -self._n <= row < self._n:
            raise IndexError(f"row {row}: the table has {self._n}")
        return {name: _scalar(column[row]) for name, column in self._columns.items()}

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        return (self[i] for i in range(self._n))

    def row(self, name: str) -> Dict[str, Any]:
        """The first row whose first column is this name."""
        first = next(iter(self._columns.values()), np.array([]))
        for i, value in enumerate(first):
            if value == name:
                return self[i]
        raise UsageError(f"the table has no row {name!r}; it has: {', '.join(map(str, first[:8]))}")

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> "NDArray[Any]":
        numbers = [column for column in self._columns.values() if column.dtype.kind in "biuf"]
        array = np.stack(numbers, 1).astype(np.float64) if numbers else np.zeros((self._n, 0))
        return np.asarray(array, dtype)

    def to_pandas(self) -> Any:
        """pandas.DataFrame of the columns. UsageError: pandas is not installed."""
        import importlib

        try:
            pandas = importlib.import_module("pandas")
        except ImportError:
            raise UsageError("to_pandas() needs pandas: pip install pandas") from None
        return pandas.DataFrame(dict(self._columns))

    def to_csv(self) -> str:
        """Lines of comma-separated values, the names first; floats by repr(), which loses nothing."""
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self._columns)
        writer.writerows(["" if _is_missing(value) else value for value in row.values()] for row in self)
        return out.getvalue()

    def _cells(self) -> Iterator[List[str]]:
        for row in self:
            yield [_text(value) for value in row.values()]

    def __repr__(self) -> str:
        rows = [self.columns, *self._cells()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self._columns))]
        left = [column.dtype.kind not in "biuf" for column in self._columns.values()]
        lines = [self.title] if self.title else []
        for row in rows:
            cells = (x.ljust(w) if is_left else x.rjust(w) for x, w, is_left in zip(row, widths, left))
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        head = "".join(f"<th>{escape(name)}</th>" for name in self._columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self._cells()
        )
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return (
            f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            + (f"<ul>{notes}</ul>" if notes else "")
        )  # fmt: skip


def _column(values: Any) -> "NDArray[Any]":
    if isinstance(values, np.ndarray):
        return values
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in present):
        if len(present) < len(values):
            return np.array([np.nan if value is None else value for value in values], np.float64)
        return np.array(values)
    if present and len(present) == len(values) and all(isinstance(value, bool) for value in present):
        return np.array(values)
    column = np.empty(len(values), object)
    column[:] = values
    return column


def _scalar(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _text(value: Any) -> str:
    if _is_missing(value):
        return "-"
    if isinstance(value, float):
        return f"{value:.5g}"
    return str(value)
