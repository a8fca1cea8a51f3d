/* Widths of the adders of a run in integers, as its trace keeps them (docs/trace-format.md, meta
 * key adders): {"patch_embed.proj_lif": [14, 96], "patch_embed.proj_lif1": [12], ...}. So a trace
 * is priced by width as the run was. */
#ifndef SQ_ADDERS_H
#define SQ_ADDERS_H

#include "sim/network/network.h"

/* One line, freed by the caller. *text is NULL where the network computes in floats. SQ_ENOMEM. */
int sq_adders_text(struct sq_error *err, const struct sq_network *network, char **text);

/* Set the widths of a network that was made without weights.
 *   where   begins the complaint: "a.db"
 *   text    untrusted; NULL: floats, or a trace that does not say
 * SQ_EFORMAT: not of that form, populations that the network lacks, widths above 1024. */
int sq_adders_read(struct sq_error *err, const char *where, const char *text,
                   struct sq_network *network);

#endif
