#include "traces/files/zip_reader.h"

#include <stdio.h>
#include <zip.h>

static struct sq_zip_fault fault_from(zip_error_t *error)
{
    struct sq_zip_fault fault = {.no_memory = zip_error_code_zip(error) == ZIP_ER_MEMORY};
    snprintf(fault.why, sizeof fault.why, "%s", zip_error_strerror(error));
    return fault;
}

/* The result of opening. */
static struct zip *opened(struct zip *zip, int code, struct sq_zip_fault *fault)
{
    zip_error_t error;
    if (zip != NULL || fault == NULL)
        return zip;
    zip_error_init_with_code(&error, code);
    *fault = fault_from(&error);
    zip_error_fini(&error);
    return NULL;
}

struct zip *sq_zip_archive_open(const char *path, struct sq_zip_fault *fault)
{
    int code = 0;
    struct zip *zip = zip_open(path, ZIP_RDONLY, &code);
    return opened(zip, code, fault);
}

struct zip *sq_zip_archive_open_fd(int fd, struct sq_zip_fault *fault)
{
    int code = 0;
    struct zip *zip = zip_fdopen(fd, 0, &code);
    return opened(zip, code, fault);
}

void sq_zip_archive_close(struct zip *zip)
{
    if (zip != NULL)
        zip_discard(zip);
}

bool sq_zip_archive_has(struct zip *zip, const char *name)
{
    return zip_name_locate(zip, name, 0) >= 0;
}

size_t sq_zip_archive_count(struct zip *zip)
{
    return (size_t)zip_get_num_entries(zip, 0);
}

const char *sq_zip_archive_name(struct zip *zip, size_t i)
{
    return zip_get_name(zip, i, 0);
}

static zip_flags_t flags_of(enum sq_zip_names names)
{
    return names == SQ_ZIP_NAMES_RAW ? ZIP_FL_ENC_RAW : 0;
}

static struct sq_zip_entry entry_of(const zip_stat_t *st)
{
    return (struct sq_zip_entry){
        .name = st->valid & ZIP_STAT_NAME ? st->name : NULL,
        .index = st->index,
        .size = st->size,
        .packed_bytes = st->comp_size,
        .method = st->comp_method,
        .has_size = (st->valid & ZIP_STAT_SIZE) != 0,
        .has_packed_bytes = (st->valid & ZIP_STAT_COMP_SIZE) != 0,
        .has_method = (st->valid & ZIP_STAT_COMP_METHOD) != 0,
        .is_deflated = st->comp_method == ZIP_CM_DEFLATE,
        .is_encrypted =
            (st->valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && st->encryption_method != ZIP_EM_NONE,
    };
}

bool sq_zip_entry_at(struct zip *zip, uint64_t index, enum sq_zip_names names,
                     struct sq_zip_entry *entry)
{
    zip_stat_t st;
    if (zip_stat_index(zip, index, flags_of(names), &st) != 0)
        return false;
    *entry = entry_of(&st);
    return true;
}

bool sq_zip_entry_find(struct zip *zip, const char *name, enum sq_zip_names names,
                       struct sq_zip_entry *entry)
{
    zip_stat_t st;
    zip_error_clear(zip);
    if (zip_stat(zip, name, flags_of(names), &st) != 0)
        return false;
    *entry = entry_of(&st);
    return true;
}

enum sq_zip_verdict sq_zip_judge(const struct sq_zip_entry *entry, uint64_t file_bytes,
                                 uint64_t *packed_bytes)
{
    if (!entry->has_size || !entry->has_packed_bytes || !entry->has_method)
        return SQ_ZIP_UNKNOWN;
    if (entry->method != ZIP_CM_STORE && !entry->is_deflated)
        return SQ_ZIP_OTHER_METHOD;
    if (entry->packed_bytes > file_bytes - *packed_bytes)
        return SQ_ZIP_BEYOND_FILE;
    *packed_bytes += entry->packed_bytes;
    const bool is_possible = entry->is_deflated
                                 ? entry->size / SQ_MAX_INFLATION <= entry->packed_bytes
                                 : entry->size == entry->packed_bytes;
    return is_possible ? SQ_ZIP_FITS : SQ_ZIP_IMPOSSIBLE;
}

struct zip_file *sq_zip_member_open(struct zip *zip, uint64_t index)
{
    return zip_fopen_index(zip, index, 0);
}

void sq_zip_member_close(struct zip_file *member)
{
    if (member != NULL)
        zip_fclose(member);
}

int64_t sq_zip_member_read(struct zip_file *member, void *out, size_t n)
{
    return zip_fread(member, out, n);
}

bool sq_zip_member_seek(struct zip_file *member, uint64_t offset)
{
    return zip_fseek(member, (zip_int64_t)offset, SEEK_SET) == 0;
}

struct sq_zip_fault sq_zip_fault_of(struct zip *zip, struct zip_file *member)
{
    return fault_from(member != NULL ? zip_file_get_error(member) : zip_get_error(zip));
}
