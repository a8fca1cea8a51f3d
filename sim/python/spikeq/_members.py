"""Results that are what the library prints as JSON."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping


class Members(Mapping[str, Any]):
    """A mapping of the members of a JSON object."""

    def __init__(self, members: Dict[str, Any]) -> None:
        self._members = members

    def __getitem__(self, name: str) -> Any:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)
