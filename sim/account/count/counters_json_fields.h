/* Names of counters and properties in JSON: one list for writing and reading. */
#ifndef SQ_COUNTERS_JSON_FIELDS_H
#define SQ_COUNTERS_JSON_FIELDS_H

#define SQ_STEP_FIELDS(XX)                 \
    XX("frames", frames)                   \
    XX("nonzeros", nonzeros)               \
    XX("units", units)                     \
    XX("fanout", fanout)                   \
    XX("unit_fanout", unit_fanout)         \
    XX("fanout_live", fanout_live)         \
    XX("out_nonzeros", out_nonzeros)       \
    XX("windows", windows)                 \
    XX("nonzeros_b", nonzeros_b)           \
    XX("both", both)                       \
    XX("q", q)                             \
    XX("k", k)                             \
    XX("v", v)                             \
    XX("coincidences_qk", coincidences[0]) \
    XX("coincidences_kv", coincidences[1]) \
    XX("events2_qk", events2[0])           \
    XX("events2_kv", events2[1])           \
    XX("unary2", unary2)                   \
    XX("sparse_calls", sparse_calls)       \
    XX("sparse_nonzeros", sparse_nonzeros)

#define SQ_GROUP_FIELDS(XX)                  \
    XX("calls", n_calls)                     \
    XX("distinct", distinct)                 \
    XX("max_nonzeros", max_nonzeros)         \
    XX("max_out_nonzeros", max_out_nonzeros) \
    XX("neuron_acs", neuron_acs)

#define SQ_IS_FIELDS(XX)                \
    XX("binary", SQ_IS_BINARY)          \
    XX("binary_b", SQ_IS_BINARY_B)      \
    XX("ternary", SQ_IS_TERNARY)        \
    XX("real", SQ_IS_REAL)              \
    XX("sparse", SQ_IS_SPARSE)          \
    XX("sparse_out", SQ_IS_SPARSE_OUT)  \
    XX("binary_qk", SQ_IS_BINARY_QK)    \
    XX("binary_kv", SQ_IS_BINARY_KV)    \
    XX("has_order_qk", SQ_HAS_ORDER_QK) \
    XX("has_order_kv", SQ_HAS_ORDER_KV) \
    XX("has_live", SQ_HAS_LIVE)         \
    XX("counts", SQ_IS_COUNTS)

#endif
