/* Codecs: the optional compression behind a frame's encoding, by zlib or zstd. */
#ifndef SQ_CODEC_H
#define SQ_CODEC_H

#include "kernels/base/status.h"
#include "traces/format/trace.h"

#include <stddef.h>

/* "none", "zlib", "zstd"; the codec of a name, or -1. */
const char *sq_codec_name(enum sq_trace_codec codec);
int sq_codec_find(const char *name);

/* Compressors of one thread, made once. */
struct sq_packer;

/* SQ_ENOMEM. */
int sq_packer_new(struct sq_error *err, enum sq_trace_codec codec, struct sq_packer **out);
void sq_packer_free(struct sq_packer *packer);

/* Compress `size` bytes into out, which has room for `size`. Returns the compressed size, or 0
 * where it would not be smaller. Allocates nothing; the same bytes give the same bytes. */
size_t sq_pack(struct sq_packer *packer, const unsigned char *data, size_t size,
               unsigned char *out);

/* Undo it: `data` is untrusted, out has room for `room` bytes and never gets more.
 * Returns the size, or SIZE_MAX if data is damaged or too long. */
size_t sq_unpack(enum sq_trace_codec codec, const unsigned char *data, size_t size,
                 unsigned char *out, size_t room);

#endif
