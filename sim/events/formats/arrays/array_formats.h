/* Events in NumPy arrays: one file, or an archive of several. */
#ifndef SQ_ARRAY_FORMATS_H
#define SQ_ARRAY_FORMATS_H

#include "sim/events/reader/event_format.h"

extern const struct sq_event_format sq_format_npy, sq_format_npz;

#endif
