/* Widths of the adders of a run in integers, as a trace of version 1 keeps them in its meta key
 * adders: {"patch_embed.proj_lif": [14, 96], "patch_embed.proj_lif1": [12], ...}. Version 2 has them
 * in the table operation. */
#ifndef SQ_ADDERS_H
#define SQ_ADDERS_H

#include "sim/network/network.h"

/* Set the widths of a network that was made without weights.
 *   where   begins the complaint: "a.db"
 *   text    untrusted; NULL: floats, or a trace that does not say
 * SQ_EFORMAT: not of that form, populations that the network lacks, widths above 1024. */
int sq_adders_read(struct sq_error *err, const char *where, const char *text,
                   struct sq_network *network);

#endif
