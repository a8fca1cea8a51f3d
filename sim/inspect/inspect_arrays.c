#include "kernels/base/plural.h"
#include "sim/inspect/inspect.h"

#include "sim/json/json.h"
#include "sim/json/page.h"
#include "traces/files/zip_array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_type(cJSON *object, const struct sq_array *array)
{
    char type[32];
    sq_element_name(array, type, sizeof type);
    sq_json_add_text(object, "dtype", type);
    cJSON *shape = sq_json_add_array(object, "shape");
    for (unsigned i = 0; i < array->n_dims; i++)
        sq_json_append(shape, cJSON_CreateNumber((double)array->dim[i]));
}

/* The command that takes an array of this shape: labels, images or frames, spikes. */
static void write_next(const char *path, const struct sq_array *array, char *text, size_t size)
{
    if (array->n_dims == 1)
        snprintf(text, size,
                 "spikeq run " SQ_FLAG "model MODEL " SQ_FLAG "input SAMPLES " SQ_FLAG
                 "labels %.600s",
                 path);
    else if (array->n_dims == 2)
        snprintf(text, size, "spikeq import %.600s " SQ_FLAG "population NAME -o TRACE", path);
    else
        snprintf(text, size, "spikeq run " SQ_FLAG "model MODEL " SQ_FLAG "input %.600s", path);
}

static cJSON *new_answer(const char *path, const char *container)
{
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "path", path);
    sq_json_add_text(root, "container", container);
    return root;
}

int sq_inspect_array(struct sq_error *err, const char *path, int as_json,
                     const struct sq_array_file *file, char **text)
{
    char described[256], next[768];
    struct sq_page page;
    sq_array_describe(file, described, sizeof described);
    write_next(path, sq_array_header(file), next, sizeof next);
    if (as_json) {
        cJSON *root = new_answer(path, described);
        add_type(root, sq_array_header(file));
        sq_json_add_text(root, "next", next);
        return sq_page_json(err, root, text);
    }
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    fprintf(page.stream, "%s: %s\nnext      %s\n", path, described, next);
    return sq_page_close(err, &page, text);
}

/* Is "NAME.npy" the name of an array? Its length without the ending, or 0. */
static size_t array_name(const char *name)
{
    const size_t n = name != NULL ? strlen(name) : 0;
    return n > 4 && strcmp(name + n - 4, ".npy") == 0 ? n - 4 : 0;
}

static size_t count_arrays(struct zip *zip)
{
    size_t n = 0;
    for (size_t i = 0; i < sq_zip_archive_count(zip); i++)
        n += array_name(sq_zip_archive_name(zip, i)) > 0;
    return n;
}

int sq_is_npz(const char *path)
{
    struct zip *zip = sq_zip_archive_open(path, NULL);
    const size_t n = zip != NULL ? count_arrays(zip) : 0;
    sq_zip_archive_close(zip);
    return n > 0;
}

static int read_type(struct sq_error *err, const char *path, struct zip *zip, const char *name,
                     struct sq_array *type)
{
    struct sq_zip_array array;
    const char *damage = NULL;
    int status = sq_zip_array_open(err, path, zip, name, &array, &damage);
    if (status == SQ_OK && damage != NULL)
        status = sq_fail(err, SQ_EFORMAT, "%s: %s: %s", path, name, damage);
    *type = array.type;
    sq_zip_array_close(&array);
    return status;
}

/* A row of `arrays`: name, type and shape. */
static int add_member(struct sq_error *err, const char *path, struct zip *zip, const char *name,
                      cJSON *arrays)
{
    struct sq_array type;
    char text[256];
    const int status = read_type(err, path, zip, name, &type);
    if (status != SQ_OK)
        return status;
    cJSON *row = cJSON_CreateObject();
    snprintf(text, sizeof text, "%.*s", (int)array_name(name), name);
    sq_json_add_text(row, "name", text);
    add_type(row, &type);
    sq_json_append(arrays, row);
    return SQ_OK;
}

static int add_members(struct sq_error *err, const char *path, struct zip *zip, cJSON *arrays)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < sq_zip_archive_count(zip); i++) {
        const char *name = sq_zip_archive_name(zip, i);
        if (array_name(name) > 0)
            status = add_member(err, path, zip, name, arrays);
    }
    return status;
}

/* The rows from the JSON, where names are escaped. */
static int print_members(struct sq_error *err, const char *path, const cJSON *arrays, char **text)
{
    struct sq_page page;
    const cJSON *row;
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    if (!sq_json_is_whole(arrays))
        sq_text_fail(&page.text);
    fprintf(page.stream, "%s: npz, %d array%s\n", path, cJSON_GetArraySize(arrays),
            sq_s((uint64_t)cJSON_GetArraySize(arrays)));
    cJSON_ArrayForEach(row, arrays)
    {
        char *name = sq_json_print_line(cJSON_GetObjectItem(row, "name"));
        char *shape = sq_json_print_line(cJSON_GetObjectItem(row, "shape"));
        if (name != NULL && shape != NULL)
            fprintf(page.stream, "  %-42s %-9s %s\n", name,
                    cJSON_GetStringValue(cJSON_GetObjectItem(row, "dtype")), shape);
        else
            sq_text_fail(&page.text);
        free(name);
        free(shape);
    }
    fprintf(page.stream,
            "next      spikeq import %s -o TRACE (spikes), or spikeq run " SQ_FLAG
            "model MODEL " SQ_FLAG "input %s (frames)\n",
            path, path);
    return sq_page_close(err, &page, text);
}

int sq_inspect_npz(struct sq_error *err, const char *path, int as_json, char **text)
{
    struct zip *zip = sq_zip_archive_open(path, NULL);
    if (zip == NULL)
        return sq_fail(err, SQ_EFORMAT, "%s: cannot be read as a zip archive", path);
    cJSON *root = new_answer(path, "npz");
    cJSON *arrays = sq_json_add_array(root, "arrays");
    int status = add_members(err, path, zip, arrays);
    sq_zip_archive_close(zip);
    if (status == SQ_OK && as_json)
        return sq_page_json(err, root, text);
    if (status == SQ_OK)
        status = print_members(err, path, arrays, text);
    cJSON_Delete(root);
    return status;
}
