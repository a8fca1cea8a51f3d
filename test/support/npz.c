#include "test/support/npz.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

/* Take over `bytes` (a whole .npy file): parse the header, move the data to the front. */
static void parse(struct npz_array *array, unsigned char *bytes, size_t n_bytes)
{
    struct sq_error error = {0};
    ck_assert_msg(sq_npy_parse(&error, array->name, bytes, n_bytes, &array->header) == SQ_OK, "%s",
                  error.text);
    array->n_bytes = n_bytes - array->header.offset;
    memmove(bytes, bytes + array->header.offset, array->n_bytes);
    array->data = bytes;
}

static void load_member(zip_t *zip, zip_uint64_t index, struct npz_array *array)
{
    zip_stat_t stat;
    ck_assert_int_eq(zip_stat_index(zip, index, 0, &stat), 0);
    unsigned char *bytes = malloc(stat.size);
    zip_file_t *file = zip_fopen_index(zip, index, 0);
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(zip_fread(file, bytes, stat.size), stat.size);
    zip_fclose(file);
    snprintf(array->name, sizeof array->name, "%.*s", (int)(strlen(stat.name) - strlen(".npy")),
             stat.name);
    parse(array, bytes, stat.size);
}

struct npz_array *npz_load(const char *path, size_t *n)
{
    int error;
    zip_t *zip = zip_open(path, ZIP_RDONLY, &error);
    ck_assert_msg(zip != NULL, "%s: cannot be opened; run from the top of the tree", path);
    *n = (size_t)zip_get_num_entries(zip, 0);
    struct npz_array *array = calloc(*n, sizeof *array);
    for (size_t i = 0; i < *n; i++)
        load_member(zip, i, &array[i]);
    zip_close(zip);
    return array;
}

struct npz_array *npy_load(const char *path)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: cannot be opened", path);
    struct npz_array *array = calloc(1, sizeof *array);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    const long n_bytes = ftell(file);
    rewind(file);
    unsigned char *bytes = malloc((size_t)n_bytes);
    ck_assert_int_eq(fread(bytes, 1, (size_t)n_bytes, file), n_bytes);
    fclose(file);
    snprintf(array->name, sizeof array->name, "%s", path);
    parse(array, bytes, (size_t)n_bytes);
    return array;
}

void npz_free(struct npz_array *array, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(array[i].data);
    free(array);
}
