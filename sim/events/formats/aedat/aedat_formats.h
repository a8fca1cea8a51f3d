/* Recordings of iniVation: AEDAT 2.0, 3.x and 4.0. */
#ifndef SQ_AEDAT_FORMATS_H
#define SQ_AEDAT_FORMATS_H

#include "sim/events/reader/event_format.h"

extern const struct sq_event_format sq_format_aedat2, sq_format_aedat3, sq_format_aedat4;

#endif
