/* Prophesee's systems by number, "% system_ID", for headers without a geometry. */
#ifndef SQ_PROPHESEE_SYSTEMS_H
#define SQ_PROPHESEE_SYSTEMS_H

#include <stdbool.h>
#include <stdint.h>

/* The first system that writes words of EVT 2.1 little-endian as a whole. */
enum { SQ_PROPHESEE_LITTLE_ENDIAN = 0x37 };

/* The sensor's size; false, and nothing is written: the number is not known. */
bool sq_prophesee_size_of(unsigned system_id, uint32_t *width, uint32_t *height);

#endif
