/* An array in a zip archive, as NumPy's .npz files hold them: a member NAME.npy, stored or
 * deflated, read once from its beginning to its end. Nothing is allocated by what the archive says.
 */
#ifndef SQ_ZIP_ARRAY_H
#define SQ_ZIP_ARRAY_H

#include "traces/files/npy.h"
#include "traces/files/npz_member.h"
#include "traces/files/zip_reader.h"

struct sq_zip_array {
    struct sq_npz_member member;
    struct sq_array type;
};

static inline bool sq_zip_array_is_open(const struct sq_zip_array *array)
{
    return array->member.file != NULL;
}

/* Open the member `name` and read its header's bytes, *n of them, without parsing them; *damage and
 * codes are as below, and sq_zip_array_close() is due. */
int sq_zip_array_head(struct sq_error *err, const char *path, struct zip *zip, const char *name,
                      struct sq_zip_array *array, unsigned char head[SQ_ARRAY_HEAD_BYTES],
                      size_t *n, const char **damage);

/* Open the member `name` and read its header, which may be damaged as whatever follows may.
 *   damage   what is wrong with the archive, or NULL
 * SQ_OK (also with damage), SQ_EUNSUPPORTED (no such member that can be read; the array is
 * then not open), and what sq_npy_parse() refuses. sq_zip_array_close() is due after all of them.
 */
int sq_zip_array_open(struct sq_error *err, const char *path, struct zip *zip, const char *name,
                      struct sq_zip_array *array, const char **damage);
void sq_zip_array_close(struct sq_zip_array *array);

/* The next n bytes, at most SQ_NPZ_CHUNK, until the next call; NULL: *damage says why they are not
 * there. */
const unsigned char *sq_zip_array_take(struct sq_zip_array *array, size_t n, const char **damage);

/* The next n bytes, all of them. NULL, or why they are not there. */
const char *sq_zip_array_read(struct sq_zip_array *array, unsigned char *out, size_t n);

/* Behind the last element, where the checksum is compared. NULL, or what is wrong. */
const char *sq_zip_array_end(struct sq_zip_array *array);

#endif
