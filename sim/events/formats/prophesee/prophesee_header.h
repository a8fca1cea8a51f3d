/* The header of Prophesee files: lines "% key value", in RAW files up to "% end". */
#ifndef SQ_PROPHESEE_HEADER_H
#define SQ_PROPHESEE_HEADER_H

#include "sim/events/reader/event_format.h"

enum sq_prophesee { SQ_NO_PROPHESEE, SQ_DAT_2, SQ_EVT_2, SQ_EVT_21, SQ_EVT_3 };

/* What the n bytes at the beginning of a file say that it is. */
enum sq_prophesee sq_prophesee_kind(const unsigned char *head, size_t n);

/* Read the header; the sensor's size goes to the reader's facts. *is_legacy, unless NULL: its words
 * have the upper half first ("endianness=legacy"). */
int sq_prophesee_read_header(struct sq_camera *reader, bool *is_legacy);

#endif
