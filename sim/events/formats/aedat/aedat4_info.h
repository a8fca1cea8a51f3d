/* The description of an AEDAT 4 file's streams: XML, read by expat. */
#ifndef SQ_AEDAT4_INFO_H
#define SQ_AEDAT4_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sq_aedat4_info {
    bool has_events;
    int32_t stream;         /* the stream of events with the lowest number */
    uint32_t width, height; /* 0: not given */
    char source[48];        /* "DVXplorer_DXB00010", or "" */
};

/* Streams of events in `n` bytes of XML. False: not well-formed XML (or out of memory);
 * *info is what was read before. */
bool sq_aedat4_info_read(const unsigned char *xml, size_t n, struct sq_aedat4_info *info);

#endif
