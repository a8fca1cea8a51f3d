"""The structs of sim/spikeq.h, member by member. test/python/test_layout.py compiles a program that
holds every offset against the header."""

from __future__ import annotations

import ctypes as c
from typing import Any, Tuple

Text = c.c_char_p
Texts = c.POINTER(c.c_char_p)
U64 = c.c_uint64
U32 = c.c_uint32
I64 = c.c_int64
Size = c.c_size_t
Int = c.c_int
Unsigned = c.c_uint
Real = c.c_double
Pointer = c.c_void_p

ON_WARNING = c.CFUNCTYPE(None, c.c_void_p, c.c_void_p)
ON_PROGRESS = c.CFUNCTYPE(None, c.c_void_p, U64, U64)


# Every struct begins with its size: make them by sized().


class Warning(c.Structure):
    _fields_ = [("size", Size), ("name", Text), ("text", Text)]


class Summary(c.Structure):
    _fields_ = [
        ("size", Size), ("model", Text), ("config", Text), ("input", Text), ("weights", Text), ("weights_why", Text),
        ("networks", Text), ("input_end", Text), ("most_spikes", U32), ("assumed", Text), ("n_samples", U64),
        ("n_labelled", U64), ("n_correct", U64), ("accuracy", Real), ("timesteps", U32), ("n_populations", Size), ("n_synapses", Size),
        ("n_attentions", Size), ("additions", U64), ("dense_additions", U64), ("macs", U64), ("seconds", Real),
        ("samples_per_second", Real), ("threads", Unsigned), ("batch", Unsigned), ("couple_batch", Unsigned),
        ("isa", Text), ("schedule", Text), ("arith", Text), ("n_node_times", Size), ("additions_limit", Real),
        ("n_warnings", Size), ("shard", Text), ("plan", Text), ("plan_layers", Unsigned), ("ranks", Unsigned),
    ]  # fmt: skip


class ReportPopulation(c.Structure):
    _fields_ = [
        ("size", Size), ("name", Text), ("neurons", U64), ("spikes", U64), ("rate", Real), ("rate_per_timestep", c.POINTER(Real)),
    ]  # fmt: skip


class Synapse(c.Structure):
    _fields_ = [
        ("size", Size), ("name", Text), ("kind", Text), ("source", Text), ("target", Text), ("events", U64), ("additions", U64),
        ("sops", U64), ("unit_additions", U64), ("has_units", Int), ("dense_additions", U64), ("macs", U64),
    ]  # fmt: skip


class Attention(c.Structure):
    _fields_ = [
        ("size", Size), ("name", Text), ("order", Text), ("target", Text), ("events", U64), ("first_additions", U64),
        ("second_additions", U64), ("additions", U64), ("unit_additions", U64), ("dense_additions", U64),
    ]  # fmt: skip


class Option(c.Structure):
    _fields_ = [
        ("size", Size), ("name", Text), ("type", Text), ("metavar", Text), ("range", Text), ("initial", Text),
        ("help", Text), ("value", Text), ("letter", Text),
    ]  # fmt: skip


class NetworkInfo(c.Structure):
    _fields_ = [
        ("size", Size), ("architecture", Text), ("config", Text), ("model", Text), ("arith", Text),
        ("timesteps", U32), ("channels", U32), ("height", U32), ("width", U32), ("classes", U32),
        ("takes_frames", Int), ("n_populations", Size), ("n_parameters", U64),
    ]  # fmt: skip


class PopulationInfo(c.Structure):
    _fields_ = [
        ("size", Size), ("name", Text), ("neurons", U64), ("n_dims", U32), ("dim", U64 * 8), ("levels", U32),
    ]  # fmt: skip


class Array(c.Structure):
    _fields_ = [("size", Size), ("data", Pointer), ("dtype", Int), ("n_dims", U32), ("dim", U64 * 8)]


class Samples(c.Structure):
    _fields_ = [
        ("size", Size), ("array", c.POINTER(Array)), ("n_arrays", Size), ("labels", Pointer), ("first", U64),
    ]  # fmt: skip


class SampleOutput(c.Structure):
    _fields_ = [
        ("size", Size), ("sample", U64), ("label", I64), ("prediction", U32), ("timesteps", U32), ("n_classes", Size),
        ("n_populations", Size), ("logits", Pointer), ("spikes", Pointer), ("additions", Pointer),
        ("all_spikes", U64), ("all_additions", U64),
    ]  # fmt: skip


class SessionState(c.Structure):
    _fields_ = [
        ("size", Size), ("n_pushed", U64), ("n_ready", U64), ("n_fetched", U64), ("room", U64), ("queue", U64),
        ("threads", Unsigned), ("batch", Unsigned), ("is_finished", Int),
    ]  # fmt: skip


class RecorderPopulation(c.Structure):
    _fields_ = [("size", Size), ("name", Text), ("n_dims", U32), ("dim", U64 * 6)]


class RecorderOptions(c.Structure):
    _fields_ = [
        ("size", Size), ("path", Text), ("model", Text), ("timesteps", U32),
        ("population", c.POINTER(RecorderPopulation)), ("n_populations", Size), ("config", Text),
        ("architecture", Text), ("checkpoint", Text), ("weights", Text), ("set", Texts), ("n_set", Size),
        ("partial", Int), ("n_logits", Size), ("codec", Text), ("force", Int),
    ]  # fmt: skip


class TraceInfo(c.Structure):
    _fields_ = [
        ("size", Size), ("version", U32), ("timesteps", U32), ("n_samples", U64), ("n_populations", Size),
        ("has_spikes", Int), ("is_complete", Int),
    ]  # fmt: skip


class TraceSample(c.Structure):
    _fields_ = [
        ("size", Size), ("number", U64), ("label", I64), ("prediction", I64), ("n_logits", Size), ("logits", Pointer),
    ]  # fmt: skip


# Python class: struct of the header, and members that are called otherwise.
IN_HEADER = {
    Warning: "spikeq_warning",
    Summary: "spikeq_summary",
    ReportPopulation: "spikeq_population",
    Synapse: "spikeq_synapse",
    Attention: "spikeq_attention",
    Option: "spikeq_option",
    NetworkInfo: "spikeq_network_info",
    PopulationInfo: "spikeq_population_info",
    Array: "spikeq_array",
    Samples: "spikeq_samples",
    SampleOutput: "spikeq_result",
    SessionState: "spikeq_session_state",
    RecorderPopulation: "spikeq_recorder_population",
    RecorderOptions: "spikeq_recorder_options",
    TraceInfo: "spikeq_trace_info",
    TraceSample: "spikeq_trace_sample",
}
RENAMED = {"from_": "from"}

# enum spikeq_dtype, of sim/spikeq.h.
U8, F32, I32, I64_, BOOL, I8, I16, U16, U32_, U64_, F16, F64, BITS = range(1, 14)
ALL_TIMESTEPS = 2**32 - 1


def sized(kind: Any, **members: Any) -> Any:
    """A struct that begins with its size."""
    return kind(size=c.sizeof(kind), **members)


def shape_of(info: Any) -> Tuple[int, ...]:
    """The axes of a population behind [T,B]."""
    return tuple(int(info.dim[i]) for i in range(info.n_dims))
