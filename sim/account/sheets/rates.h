/* Rates: a network that is known only from a table of firing rates, as papers publish them. */
#ifndef SQ_RATES_H
#define SQ_RATES_H

#include "sim/account/price/bill.h"
#include "sim/config/config.h"

/* Read FILE.csv with the columns name, rate for a configuration. Needed: the input rate of every
 * convolution and linear layer but the first convolution and the head, by the layer's name, and the
 * rates of q_lif, k_lif, v_lif of every block. Inputs of a residual stream may have a mean of up to
 * its largest value. SQ_EFORMAT: a layer is missing, unknown or given twice; SQ_EVALUE: a rate out
 * of range. out->counters and rates belong to out->counters.arena. */
int sq_rates_read(struct sq_error *err, const char *path, const struct sq_config *config,
                  struct sq_source *out);

#endif
