/* One member of a zip archive, read from its beginning to its end, a chunk at a time. libzip finds
 * it; deflated bytes are inflated by ISA-L, twice as fast as libzip's zlib. */
#ifndef SQ_NPZ_MEMBER_H
#define SQ_NPZ_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zip.h>

enum { SQ_NPZ_CHUNK = 1 << 15 };

struct inflate_state;

/* All zero: closed. */
struct sq_npz_member {
    zip_file_t *file;
    struct inflate_state *inflate; /* NULL: libzip reads and checks the bytes */
    uint64_t size, taken;
    uint32_t crc, taken_crc; /* size and crc: by the directory */
    unsigned char packed[SQ_NPZ_CHUNK], bytes[SQ_NPZ_CHUNK];
};

/* Open the member of this name; false: no readable one. sq_npz_member_close() is due in
 * either case. */
bool sq_npz_member_open(struct sq_npz_member *member, zip_t *zip, const char *name);
void sq_npz_member_close(struct sq_npz_member *member);

/* The next n bytes, at most SQ_NPZ_CHUNK, until the next call; NULL: *wrong says why not. */
const unsigned char *sq_npz_member_take(struct sq_npz_member *member, size_t n, const char **wrong);

/* Was everything read, and does it agree with the directory, checksum included? Nothing can be read
 * afterwards. */
bool sq_npz_member_is_over(struct sq_npz_member *member);

#endif
