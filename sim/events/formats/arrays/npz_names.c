#include "sim/events/formats/arrays/npz_names.h"

#include "sim/events/source/text_line.h"
#include "traces/files/zip_array.h"

#include <stdio.h>
#include <string.h>

enum { LIST_BYTES = 256, MAX_MEMBERS = 64 };

/* Bytes of the name in front of ".npy"; 0: it is not an array. */
static size_t stem_of(const char *name)
{
    const size_t n = name != NULL ? strlen(name) : 0;
    return n > 4 && strcmp(name + n - 4, ".npy") == 0 ? n - 4 : 0;
}

/* The member of each column; a column's own name goes before its others. False: one has none, or
 * two. */
static bool find_columns(struct zip *zip, struct sq_npz_names *out)
{
    bool is_clear[SQ_COLUMNS] = {false};
    unsigned column;
    for (size_t i = 0; i < sq_zip_archive_count(zip); i++) {
        const char *name = sq_zip_archive_name(zip, i);
        const size_t stem = stem_of(name);
        if (stem == 0 || !sq_column_of_name(name, stem, &column))
            continue;
        const char *before = out->name[column];
        if (before != NULL && stem_of(before) == 1)
            continue;
        is_clear[column] = before == NULL || stem == 1;
        out->name[column] = name;
    }
    for (column = 0; column < SQ_COLUMNS; column++)
        if (!is_clear[column])
            return false;
    return true;
}

static bool is_structured(const char *path, struct zip *zip, const char *name)
{
    unsigned char head[SQ_ARRAY_HEAD_BYTES];
    struct sq_zip_array array = {.type = {0}};
    const char *damage;
    size_t n;
    const int rc = sq_zip_array_head(NULL, path, zip, name, &array, head, &n, &damage);
    const bool is_one = rc == SQ_OK && damage == NULL && sq_text_has(head, n, "'descr': [");
    sq_zip_array_close(&array);
    return is_one;
}

/* The member that all columns are in; NULL: no member, or more than one, may be it. */
static const char *find_records(const char *path, struct zip *zip)
{
    const char *records = NULL, *any = NULL;
    size_t n_records = 0, n_any = 0;
    for (size_t i = 0; i < sq_zip_archive_count(zip) && n_any < MAX_MEMBERS; i++) {
        const char *name = sq_zip_archive_name(zip, i);
        if (stem_of(name) == 0)
            continue;
        any = name;
        n_any++;
        if (is_structured(path, zip, name)) {
            records = name;
            n_records++;
        }
    }
    return n_records == 1 ? records : n_any == 1 ? any : NULL;
}

/* "a.npy, b.npy, ..." */
static void list_members(struct zip *zip, char list[LIST_BYTES])
{
    size_t n = 0;
    list[0] = '\0';
    for (size_t i = 0; i < sq_zip_archive_count(zip) && n < LIST_BYTES; i++) {
        const char *name = sq_zip_archive_name(zip, i);
        n += (size_t)snprintf(list + n, LIST_BYTES - n, "%s%s", i > 0 ? ", " : "",
                              name != NULL ? name : "?");
    }
}

int sq_npz_names_find(struct sq_error *err, const char *path, struct zip *zip,
                      struct sq_npz_names *out)
{
    char list[LIST_BYTES];
    *out = (struct sq_npz_names){.is_records = false};
    if (find_columns(zip, out))
        return SQ_OK;
    if (sq_zip_archive_has(zip, "frames.npy"))
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: the archive has no readable member t.npy; it holds frames, which "
                       "spikeq run takes without " SQ_FLAG "frames",
                       path);
    const char *records = find_records(path, zip);
    if (records != NULL) {
        for (unsigned c = 0; c < SQ_COLUMNS; c++)
            out->name[c] = records;
        out->is_records = true;
        return SQ_OK;
    }
    list_members(zip, list);
    return sq_fail(err, SQ_EUNSUPPORTED,
                   "%s: no archive of events: it has the members %s; expected t.npy, x.npy, y.npy "
                   "and p.npy, or one of records",
                   path, list[0] != '\0' ? list : "(none)");
}
