#include "traces/files/npz_member.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <stdlib.h>

/* Is it deflated, so that it is inflated here? Everything else (stored, encrypted, other codecs) is
 * left to libzip. */
static bool is_deflated(const zip_stat_t *st)
{
    const zip_uint64_t needed = ZIP_STAT_INDEX | ZIP_STAT_SIZE | ZIP_STAT_CRC |
                                ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    return (st->valid & needed) == needed && st->comp_method == ZIP_CM_DEFLATE &&
           st->encryption_method == ZIP_EM_NONE;
}

bool sq_npz_member_open(struct sq_npz_member *member, zip_t *zip, const char *name)
{
    zip_stat_t st;
    member->taken = 0;
    member->inflate = NULL;
    if (zip_stat(zip, name, 0, &st) == 0 && is_deflated(&st))
        member->inflate = calloc(1, sizeof *member->inflate); /* valid for damaged codes too */
    if (member->inflate != NULL) {
        isal_inflate_init(member->inflate);
        member->inflate->avail_in = 0;
        member->size = st.size;
        member->crc = st.crc;
        member->taken_crc = libdeflate_crc32(0, NULL, 0);
    }
    member->file = zip_fopen(zip, name, member->inflate != NULL ? ZIP_FL_COMPRESSED : 0);
    return member->file != NULL;
}

void sq_npz_member_close(struct sq_npz_member *member)
{
    if (member->file != NULL)
        zip_fclose(member->file);
    free(member->inflate);
    member->file = NULL;
    member->inflate = NULL;
}

/* As zip_fread(), up to n bytes; *wrong unless they are all there. */
static size_t read_through(struct sq_npz_member *member, unsigned char *out, size_t n,
                           const char **wrong)
{
    size_t done = 0;
    zip_int64_t got = 1;
    while (done < n && got > 0) {
        got = zip_fread(member->file, out + done, n - done);
        done += got > 0 ? (size_t)got : 0;
    }
    *wrong = got < 0 ? zip_error_strerror(zip_file_get_error(member->file)) : "it is cut short";
    return done;
}

/* Inflate up to n bytes; how many there are. */
static size_t inflate(struct sq_npz_member *member, size_t n, const char **wrong)
{
    struct inflate_state *s = member->inflate;
    bool has_more = true;
    s->next_out = member->bytes;
    s->avail_out = (uint32_t)n;
    while (has_more && s->avail_out > 0 && s->block_state != ISAL_BLOCK_FINISH) {
        if (s->avail_in == 0) {
            s->next_in = member->packed;
            s->avail_in = (uint32_t)read_through(member, member->packed, SQ_NPZ_CHUNK, wrong);
            has_more = s->avail_in > 0;
        }
        *wrong = has_more ? "it is cut short" : *wrong;
        if (isal_inflate(s) < 0) {
            *wrong = "its compressed data are damaged";
            break;
        }
    }
    /* ISA-L's own checksum leaves AVX-512 registers such that SSE code behind it is slow. */
    member->taken_crc = libdeflate_crc32(member->taken_crc, member->bytes, n - s->avail_out);
    return n - s->avail_out;
}

const unsigned char *sq_npz_member_take(struct sq_npz_member *member, size_t n, const char **wrong)
{
    *wrong = "it is cut short";
    const size_t got = member->inflate != NULL ? inflate(member, n, wrong)
                                               : read_through(member, member->bytes, n, wrong);
    member->taken += got;
    return got == n ? member->bytes : NULL;
}

bool sq_npz_member_is_over(struct sq_npz_member *member)
{
    const char *wrong;
    if (member->inflate == NULL)
        return zip_fread(member->file, member->bytes, 1) == 0;
    return inflate(member, 1, &wrong) == 0 && member->inflate->block_state == ISAL_BLOCK_FINISH &&
           member->taken_crc == member->crc && member->taken == member->size;
}
