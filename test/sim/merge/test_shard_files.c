/* Files of samples that make a whole, or do not: by drawn divisions. */
#include "sim/merge/shard_files.h"
#include "test/unit.h"

#include <string.h>

enum { N = 60, MOST_FILES = 6 };

static struct sq_error err;
static const char *const name[MOST_FILES] = {"a.db", "b.db", "c.db", "d.db", "e.db", "f.db"};

/* Each sample of first .. N - 1 in one file, in runs. */
static struct sq_shard_file *divide(struct sq_rng *rng, size_t n_files, uint64_t first)
{
    struct sq_shard_file *file = calloc(n_files, sizeof *file);
    for (size_t i = 0; i < n_files; i++) {
        file[i].path = name[i];
        file[i].claim = (struct sq_shard_claim){i + 1, n_files, N - first};
    }
    for (uint64_t id = first; id < N;) {
        uint64_t end = id + 1 + sq_rng_below(rng, 9);
        end = end < N ? end : N;
        ck_assert_int_eq(sq_sample_set_append(&err, &file[sq_rng_below(rng, n_files)].samples,
                                              (struct sq_range){id, end}),
                         SQ_OK);
        id = end;
    }
    return file;
}

START_TEST(a_division_is_joined_in_ascending_order)
{
    struct sq_rng rng = {(uint64_t)_i + 1};
    const size_t n_files = 1 + (size_t)sq_rng_below(&rng, MOST_FILES);
    const uint64_t first = sq_rng_below(&rng, 5);
    struct sq_shard_file *file = divide(&rng, n_files, first);
    struct sq_piece *piece;
    size_t n;
    uint64_t next = first;
    ck_assert_msg(
        sq_shard_files_join(&err, file, n_files, (struct sq_range){first, N}, &piece, &n) == SQ_OK,
        "%s", err.text);
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_eq(piece[i].samples.first, next);
        for (; next < piece[i].samples.end; next++)
            ck_assert(sq_sample_set_has(&file[piece[i].file].samples, next));
    }
    ck_assert_uint_eq(next, N);
    free(piece);
    sq_shard_files_free(file, n_files);
}
END_TEST

/* Shrink or grow one range at random: never the whole any more. */
START_TEST(what_is_missing_or_doubled_is_refused_by_name)
{
    struct sq_rng rng = {(uint64_t)_i + 1};
    const size_t n_files = 2 + (size_t)sq_rng_below(&rng, MOST_FILES - 1);
    struct sq_shard_file *file = divide(&rng, n_files, 0);
    struct sq_piece *piece;
    size_t n, at = (size_t)sq_rng_below(&rng, n_files);
    while (file[at].samples.n == 0)
        at = (at + 1) % n_files;
    struct sq_range *range = &file[at].samples.range[sq_rng_below(&rng, file[at].samples.n)];
    const int grows = sq_rng_below(&rng, 2) != 0;
    range->end += grows ? 1 : (uint64_t)-1;
    const int status =
        sq_shard_files_join(&err, file, n_files, (struct sq_range){0, N}, &piece, &n);
    ck_assert_int_eq(status, SQ_EVALUE);
    const char *part = !grows                ? "no file holds"
                       : range->end == N + 1 ? "the whole has 0:60"
                                             : "holds too; give each shard once";
    ck_assert_msg(strstr(err.text, part) != NULL, "%s: %s", part, err.text);
    ck_assert_ptr_nonnull(strstr(err.text, ".db"));
    sq_shard_files_free(file, n_files);
}
END_TEST

START_TEST(a_shard_says_which_it_is)
{
    static const struct {
        const char *text;
        int is_good;
    } cases[] = {
        {"{\"index\":2,\"of\":3,\"first\":1,\"end\":2,\"whole\":9}", 1},
        {"{\"dealt\":true,\"whole\":9}", 1},
        {"{\"dealt\":false,\"whole\":9}", 0},
        {"{\"index\":2,\"of\":3}", 0},
        {"{\"index\":4,\"of\":3,\"whole\":9}", 0},
        {"{\"index\":0,\"of\":3,\"whole\":9}", 0},
        {"{\"index\":1.5,\"of\":3,\"whole\":9}", 0},
        {"{\"index\":1,\"of\":3,\"whole\":1e300}", 0},
        {"[1,2]", 0},
        {"7", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sq_shard_claim claim;
        cJSON *json = sq_json_parse(cases[i].text, strlen(cases[i].text), NULL, NULL);
        const int status = sq_shard_claim_read(&err, "a.db", json, &claim);
        ck_assert_msg(status == (cases[i].is_good ? SQ_OK : SQ_EFORMAT), "%s", cases[i].text);
        cJSON_Delete(json);
    }
}
END_TEST

static Suite *shard_files_suite(void)
{
    Suite *suite = suite_create("shard_files");
    TCase *tests = tcase_create("files");
    tcase_add_loop_test(tests, a_division_is_joined_in_ascending_order, 0, 100);
    tcase_add_loop_test(tests, what_is_missing_or_doubled_is_refused_by_name, 0, 200);
    tcase_add_test(tests, a_shard_says_which_it_is);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(shard_files_suite())
