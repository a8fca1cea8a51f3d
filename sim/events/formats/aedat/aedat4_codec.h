/* Payloads of AEDAT 4: plain, or one whole LZ4 or zstd frame. */
#ifndef SQ_AEDAT4_CODEC_H
#define SQ_AEDAT4_CODEC_H

#include <stdbool.h>
#include <stddef.h>

enum sq_aedat4_codec { SQ_AEDAT4_PLAIN, SQ_AEDAT4_LZ4, SQ_AEDAT4_ZSTD };

/* Payloads larger than this are refused: DV writes packets of some kilobytes. */
enum { SQ_AEDAT4_MAX_BYTES = 1 << 28 };

struct sq_aedat4_unpacker;

/* NULL: out of memory. */
struct sq_aedat4_unpacker *sq_aedat4_unpacker_new(enum sq_aedat4_codec codec);
void sq_aedat4_unpacker_free(struct sq_aedat4_unpacker *unpacker);

/* Unpack `n` bytes, a whole frame and nothing else. *out is the unpacker's, until the next
 * call; plain ones are the bytes themselves. NULL, or what is wrong; *no_memory: that memory ran
 * out. */
const char *sq_aedat4_unpack(struct sq_aedat4_unpacker *unpacker, const unsigned char *in, size_t n,
                             const unsigned char **out, size_t *size, bool *no_memory);

#endif
