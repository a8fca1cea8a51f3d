#include "sim/merge/shard_files.h"

#include "sim/json/warnings_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int take(const cJSON *object, const char *key, uint64_t *count)
{
    const double value = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, key));
    if (!(value >= 0 && value < 0x1p53) || value != (double)(uint64_t)value)
        return 0;
    *count = (uint64_t)value;
    return 1;
}

int sq_shard_claim_read(struct sq_error *err, const char *path, const cJSON *object,
                        struct sq_shard_claim *claim)
{
    const int is_dealt = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "dealt"));
    *claim = (struct sq_shard_claim){.of = 0};
    if (take(object, "whole", &claim->whole) &&
        (is_dealt || (take(object, "index", &claim->index) && take(object, "of", &claim->of) &&
                      claim->index >= 1 && claim->index <= claim->of)))
        return SQ_OK;
    return sq_fail(err, SQ_EFORMAT, "%s: shard does not say which of how many it is", path);
}

static int by_first(const void *a, const void *b)
{
    const struct sq_piece *x = a, *y = b;
    return (x->samples.first > y->samples.first) - (x->samples.first < y->samples.first);
}

/* All ranges, sorted. */
static struct sq_piece *list_pieces(const struct sq_shard_file *file, size_t n, size_t *n_pieces)
{
    size_t all = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        all += file[i].samples.n;
    struct sq_piece *piece = calloc(all + 1, sizeof *piece);
    for (size_t i = 0; piece != NULL && i < n; i++)
        for (size_t r = 0; r < file[i].samples.n; r++)
            piece[at++] = (struct sq_piece){file[i].samples.range[r], i};
    if (piece != NULL)
        qsort(piece, all, sizeof *piece, by_first);
    *n_pieces = all;
    return piece;
}

/* "samples 10:20" or "sample 10" */
static void say_range(struct sq_range range, char text[64])
{
    if (range.end - range.first == 1)
        snprintf(text, 64, "sample %" PRIu64, range.first);
    else
        snprintf(text, 64, "samples %" PRIu64 ":%" PRIu64, range.first, range.end);
}

static int refuse_double(struct sq_error *err, const struct sq_shard_file *file,
                         const struct sq_piece *a, const struct sq_piece *b)
{
    char text[64];
    const uint64_t end = a->samples.end < b->samples.end ? a->samples.end : b->samples.end;
    say_range((struct sq_range){b->samples.first, end}, text);
    return sq_fail(err, SQ_EVALUE, "%s: holds %s, which %s holds too; give each shard once",
                   file[b->file].path, text, file[a->file].path);
}

/* The number of a shard that was not given, where all files are numbered alike; 0: that is not known. */
static uint64_t missing_number(const struct sq_shard_file *file, size_t n)
{
    const uint64_t of = file[0].claim.of;
    for (size_t i = 1; i < n; i++)
        if (file[i].claim.of != of)
            return 0;
    for (uint64_t number = 1; number <= of; number++) {
        size_t i = 0;
        while (i < n && file[i].claim.index != number)
            i++;
        if (i == n)
            return number;
    }
    return 0;
}

static int refuse_gap(struct sq_error *err, const struct sq_shard_file *file, size_t n,
                      struct sq_range gap)
{
    char text[64];
    const uint64_t number = missing_number(file, n);
    say_range(gap, text);
    if (number == 0)
        return sq_fail(err, SQ_EVALUE,
                       "%s: no file holds %s of the whole; give the shard that does", file[0].path,
                       text);
    return sq_fail(err, SQ_EVALUE,
                   "%s: shard %" PRIu64 " of %" PRIu64 " is missing beside it: no file holds %s",
                   file[0].path, number, file[0].claim.of, text);
}

static int check(struct sq_error *err, const struct sq_shard_file *file, size_t n,
                 struct sq_range whole, const struct sq_piece *piece, size_t n_pieces)
{
    uint64_t next = whole.first;
    for (size_t i = 0; i < n_pieces; i++) {
        const struct sq_range samples = piece[i].samples;
        if (i > 0 && samples.first < next)
            return refuse_double(err, file, &piece[i - 1], &piece[i]);
        if (samples.first < whole.first || samples.end > whole.end)
            return sq_fail(
                err, SQ_EVALUE,
                "%s: holds samples %" PRIu64 ":%" PRIu64 ", the whole has %" PRIu64 ":%" PRIu64,
                file[piece[i].file].path, samples.first, samples.end, whole.first, whole.end);
        if (samples.first > next)
            return refuse_gap(err, file, n, (struct sq_range){next, samples.first});
        next = samples.end;
    }
    return next == whole.end ? SQ_OK : refuse_gap(err, file, n, (struct sq_range){next, whole.end});
}

int sq_shard_files_join(struct sq_error *err, const struct sq_shard_file *file, size_t n,
                        struct sq_range whole, struct sq_piece **pieces, size_t *n_pieces)
{
    struct sq_piece *piece = list_pieces(file, n, n_pieces);
    if (piece == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the samples of %zu files", n);
    const int status = check(err, file, n, whole, piece, *n_pieces);
    if (status == SQ_OK)
        *pieces = piece;
    else
        free(piece);
    return status;
}

int sq_shard_files_warn(struct sq_error *err, const struct sq_shard_file *file, char *const *warned,
                        const struct sq_piece *piece, size_t n_pieces, struct sq_warnings *list)
{
    size_t last = SIZE_MAX;
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < n_pieces; i++) {
        const char *text = warned[piece[i].file];
        int no_memory = 0;
        if (text == NULL || piece[i].file == last)
            continue;
        last = piece[i].file;
        cJSON *json = sq_json_parse(text, strlen(text), NULL, &no_memory);
        if (json == NULL)
            return no_memory
                       ? sq_fail(err, SQ_ENOMEM, "%s: out of memory", file[last].path)
                       : sq_fail(err, SQ_EFORMAT, "%s: warnings are no JSON", file[last].path);
        status = sq_warnings_from_json(err, file[last].path, json, list);
        cJSON_Delete(json);
    }
    return status;
}

int sq_shard_files_check_out(struct sq_error *err, const char *const *path, size_t n,
                             const char *out)
{
    struct stat made, info;
    for (size_t i = 0; stat(out, &made) == 0 && i < n; i++)
        if (stat(path[i], &info) == 0 && info.st_dev == made.st_dev && info.st_ino == made.st_ino)
            return sq_fail(err, SQ_EUSAGE,
                           "%s: is one of the files to be merged; give another name", out);
    return SQ_OK;
}

void sq_shard_files_free(struct sq_shard_file *file, size_t n)
{
    for (size_t i = 0; file != NULL && i < n; i++)
        sq_sample_set_free(&file[i].samples);
    free(file);
}
