/* Recordings of Prophesee: DAT, and EVT 2.0, 2.1 and 3.0 (RAW). */
#ifndef SQ_PROPHESEE_FORMATS_H
#define SQ_PROPHESEE_FORMATS_H

#include "sim/events/reader/event_format.h"

extern const struct sq_event_format sq_format_dat, sq_format_evt2, sq_format_evt21, sq_format_evt3;

#endif
