/* Activation traces of the Prosperity accelerator simulator (github.com/dubcyfor3/Prosperity): a
 * pickle of a dict, layer -> tensor [T,...] of 0 and 1, or layer type -> list of those. One sample;
 * the first axis is time. */
#ifndef SQ_PROSPERITY_H
#define SQ_PROSPERITY_H

#include "traces/import/recording.h"

/* A tensor whose first axis is 1 where others have T is taken as timestep 0; the note names it.
 * SQ_ESHAPE: another first axis; what sq_checkpoint_open_nested() refuses. */
int sq_prosperity_open(struct sq_error *err, const char *path, struct sq_recording **out);

#endif
