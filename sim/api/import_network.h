/* What an import of files and a recorder have in common. */
#ifndef SQ_IMPORT_NETWORK_H
#define SQ_IMPORT_NETWORK_H

#include "sim/api/context.h"
#include "sim/import/import.h"

/* The graph of the options' configuration, without weights, into import->network. SQ_EUSAGE, and what loading a
 * configuration refuses. */
int sq_import_load_network(spikeq_ctx *ctx, struct sq_import *import);

/* What was written, into a caller's struct that has its size; NULL: nothing to do. */
int sq_import_summarise(const struct sq_import *import, struct spikeq_import_summary *summary);

#endif
