/* An event of one image line: its pixel and its channel. */
#ifndef SQ_BASE_PIXEL_EVENT_H
#define SQ_BASE_PIXEL_EVENT_H

#include <stdint.h>

struct sq_pixel_event {
    uint16_t x, channel;
};

#endif
