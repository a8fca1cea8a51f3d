"""What a network executes, node by node."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple, Union

from ._errors import UsageError
from ._library import encode, warn
from ._options import text_with
from ._table import Table

_KNOWN = ("id", "op", "in", "edge", "out_channels", "out_height", "out_width")


class Node:
    """A node of the graph.

    id          module path, "block.0.attn.q_lif"
    op          "input", "conv", "bn", "neuron", "attend", ...
    inputs      ids of the nodes that it reads
    edge        what it sends: "spikes", "counts" or "reals"
    shape       (channels, height, width) of what it sends
    parameters  the rest, {"kernel": 3, "stride": 1}; also as node["kernel"]
    """

    def __init__(self, members: Mapping[str, Any]) -> None:
        self.id: str = members["id"]
        self.op: str = members["op"]
        self.inputs: Tuple[str, ...] = tuple(members.get("in", ()))
        self.edge: Optional[str] = members.get("edge")
        self.shape: Tuple[Optional[int], ...] = tuple(members.get(name) for name in _KNOWN[4:])
        self.parameters: Dict[str, Any] = {k: v for k, v in members.items() if k not in _KNOWN}

    def __getitem__(self, name: str) -> Any:
        if name not in self.parameters:
            raise UsageError(f"{self.id} has no parameter {name!r}; it has: {', '.join(self.parameters)}")
        return self.parameters[name]

    def __repr__(self) -> str:
        rest = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        return f"Node({self.id!r}, {self.op!r}, inputs={list(self.inputs)}{rest})"


class Graph(Mapping[str, Node]):
    """Nodes by id, in the order of execution: graph["block.0.attn.q_lif"], graph.nodes[3].

    graph.text("dot") is Graphviz, "mermaid" a diagram for Markdown, "json" an architecture that
    load(architecture=...) takes from a file.
    """

    def __init__(self, **members: Any) -> None:
        self._source = members
        parsed = json.loads(self.text("json"))
        self.architecture: str = parsed.get("architecture", "")
        self.nodes: List[Node] = [Node(node) for node in parsed["nodes"]]
        self._by_id = {node.id: node for node in self.nodes}

    def text(self, format: str = "text") -> str:
        """As "text", "json", "dot" or "mermaid"."""
        chosen = {name: value for name, value in self._source.items() if name != "source"}
        if not isinstance(format, str) or format not in ("text", "json", "dot", "mermaid"):
            raise UsageError(f"format {format!r:.40}: expected text, json, dot or mermaid")
        if format != "text":
            chosen[format] = True
        text, found = text_with("graph", encode("source", self._source.get("source")), **chosen)
        warn(found)
        return text

    def __getitem__(self, id: Union[str, int]) -> Node:
        if isinstance(id, int):
            return self.nodes[id]
        if id not in self._by_id:
            raise UsageError(f"the graph has no node {id!r}")
        return self._by_id[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self.nodes)

    def table(self) -> Table:
        """id, op, inputs, edge, channels, height, width: a row a node."""
        rows = [
            {"id": n.id, "op": n.op, "inputs": ", ".join(n.inputs), "edge": n.edge, "channels": n.shape[0],
             "height": n.shape[1], "width": n.shape[2]}
            for n in self.nodes
        ]  # fmt: skip
        return Table.of_rows(rows, self.architecture)

    def __repr__(self) -> str:
        return f"<Graph {self.architecture}: {len(self.nodes)} nodes>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()
