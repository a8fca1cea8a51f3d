#include "sim/report/run_source.h"

struct sq_source sq_run_source(const struct sq_network *network, struct sq_record *record)
{
    struct sq_fixed_settings settings;
    return (struct sq_source){.counters = *sq_record_counters(record),
                              .has_counts = 1,
                              .is_fixed = sq_arith_parse(network->arith, &settings),
                              .parameters = network->n_parameters};
}
