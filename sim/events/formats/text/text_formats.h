/* Events as lines of text, and the address events that spikeq exports. */
#ifndef SQ_TEXT_FORMATS_H
#define SQ_TEXT_FORMATS_H

#include "sim/events/reader/event_format.h"

extern const struct sq_event_format sq_format_text, sq_format_address_text,
    sq_format_address_binary;

#endif
