/* Operations as bytes: what is written is read, in no more room than was asked for, and nothing
 * that is read from outside does any harm. */
#include "sim/record/operations.h"

#include "test/sim/network/tiny_load.h"

static struct sq_arena arena;
static struct sq_outcome outcome, again;
static unsigned char *bytes;
static size_t room;

static void set_up(void)
{
    tiny_prepare(TINY_CIFAR10, 2);
    expect_ok(&err, tiny_load_own(NULL));
    arena = (struct sq_arena){NULL, 0};
    expect_ok(&err, sq_outcome_alloc(&err, &arena, loaded, &outcome));
    expect_ok(&err, sq_outcome_alloc(&err, &arena, loaded, &again));
    room = sq_operations_bytes(loaded);
    bytes = malloc(room);
}

static void tear_down(void)
{
    free(bytes);
    sq_arena_free(&arena);
    tiny_discard();
}

static size_t n_tallies(void)
{
    return loaded->n_nodes * loaded->config.timesteps;
}

/* Any count: many are 0, many small, some as large as can be. */
static uint64_t draw_count(struct sq_rng *rng)
{
    return sq_rng_below(rng, 3) == 0 ? 0 : sq_rng_next(rng) >> sq_rng_below(rng, 64);
}

static void draw(struct sq_rng *rng)
{
    uint64_t *count = (uint64_t *)outcome.tally;
    for (size_t i = 0; i < n_tallies() * sizeof(struct sq_tally) / sizeof *count; i++)
        count[i] = draw_count(rng);
    outcome.pixels_are_counts = (int)sq_rng_below(rng, 2);
    outcome.input_unseen = (int)sq_rng_below(rng, 2);
    outcome.feature_distinct = (uint32_t)sq_rng_next(rng);
    outcome.feature_max = (float)sq_rng_unit(rng);
    outcome.feature_total = 1e6 * sq_rng_unit(rng);
}

static void expect_same(void)
{
    ck_assert_mem_eq(again.tally, outcome.tally, n_tallies() * sizeof(struct sq_tally));
    ck_assert_int_eq(again.pixels_are_counts, outcome.pixels_are_counts);
    ck_assert_int_eq(again.input_unseen, outcome.input_unseen);
    ck_assert_uint_eq(again.feature_distinct, outcome.feature_distinct);
    ck_assert(again.feature_max == outcome.feature_max);
    ck_assert(again.feature_total == outcome.feature_total);
}

static int read_bytes(const unsigned char *data, size_t size)
{
    return sq_operations_read(&err, "a.db: sample 3", loaded, data, size, &again);
}

START_TEST(what_is_written_is_read)
{
    struct sq_rng rng = {(uint64_t)_i};
    draw(&rng);
    const size_t size = sq_operations_write(loaded, &outcome, bytes);
    ck_assert_uint_le(size, room);
    expect_ok(&err, read_bytes(bytes, size));
    expect_same();
}
END_TEST

/* The largest counts in every member, and those that are expected. */
START_TEST(the_room_suffices)
{
    struct sq_rng rng = {7};
    draw(&rng);
    memset(outcome.tally, 0xff, n_tallies() * sizeof(struct sq_tally));
    for (size_t i = 0; i < n_tallies(); i++)
        outcome.tally[i].units = outcome.tally[i].unit_additions = outcome.tally[i].live_additions =
            UINT64_MAX - 1;
    outcome.feature_distinct = UINT32_MAX;
    size_t size = sq_operations_write(loaded, &outcome, bytes);
    ck_assert_uint_le(size, room);
    expect_ok(&err, read_bytes(bytes, size));
    expect_same();
    memset(outcome.tally, 0, n_tallies() * sizeof(struct sq_tally));
    size = sq_operations_write(loaded, &outcome, bytes);
    ck_assert_uint_le(size, 24 + n_tallies()); /* a byte a tally in which nothing is new */
    expect_ok(&err, read_bytes(bytes, size));
    expect_same();
}
END_TEST

/* Theorem: there is one length that is right. */
START_TEST(other_lengths_are_refused)
{
    struct sq_rng rng = {21};
    draw(&rng);
    const size_t size = sq_operations_write(loaded, &outcome, bytes);
    expect(&err, read_bytes(bytes, 0), SQ_EUNSUPPORTED, "a.db: sample 3: operations were not");
    for (size_t cut = 1; cut < size; cut++) {
        unsigned char *exact = malloc(cut); /* so that a sanitizer sees what lies behind */
        memcpy(exact, bytes, cut);
        expect(&err, read_bytes(exact, cut), SQ_EFORMAT, "a.db: sample 3: its operations are");
        free(exact);
    }
    unsigned char *longer = malloc(size + 1);
    memcpy(longer, bytes, size);
    longer[size] = 0;
    expect(&err, read_bytes(longer, size + 1), SQ_EFORMAT, "or another network's");
    free(longer);
}
END_TEST

START_TEST(damage_is_refused_or_read)
{
    struct sq_rng rng = {(uint64_t)_i};
    draw(&rng);
    const size_t size = sq_operations_write(loaded, &outcome, bytes);
    unsigned char *damaged = malloc(size);
    for (int round = 0; round < 2000; round++) {
        memcpy(damaged, bytes, size);
        for (uint64_t n = 1 + sq_rng_below(&rng, 3); n > 0; n--)
            damaged[sq_rng_below(&rng, size)] = (unsigned char)sq_rng_next(&rng);
        const int status = read_bytes(damaged, size);
        ck_assert(status == SQ_OK || status == SQ_EFORMAT || status == SQ_EUNSUPPORTED);
    }
    free(damaged);
}
END_TEST

/* Byte -> what is wrong with it. */
static const struct {
    size_t at;
    unsigned char value;
    int code;
    const char *says;
} wrong[] = {
    {0, 2, SQ_EUNSUPPORTED, "operations of version 2, this spikeq reads version 1"},
    {0, 0, SQ_EUNSUPPORTED, "operations of version 0"},
    {1, 4, SQ_EFORMAT, "its operations are damaged"},
    {6, 0x7f, SQ_EFORMAT, "its operations are damaged"},  /* the largest is not finite */
    {14, 0x7f, SQ_EFORMAT, "its operations are damaged"}, /* nor the sum */
};

START_TEST(a_head_that_cannot_be_is_refused)
{
    struct sq_rng rng = {3};
    draw(&rng);
    outcome.feature_distinct = 5; /* one byte */
    const size_t size = sq_operations_write(loaded, &outcome, bytes);
    bytes[wrong[_i].at] = wrong[_i].value;
    if (wrong[_i].at > 1)
        bytes[wrong[_i].at - 1] = 0xf0;
    expect(&err, read_bytes(bytes, size), wrong[_i].code, wrong[_i].says);
}
END_TEST

enum { HEAD_BYTES = 15, TALLY_FIELDS = sizeof(struct sq_tally) / sizeof(uint64_t) };

/* The first tally as these bytes, all others of nothing new: what reading says. */
static int read_first_tally(const unsigned char *tally, size_t n)
{
    struct sq_rng rng = {4};
    draw(&rng);
    outcome.feature_distinct = 5; /* one byte */
    sq_operations_write(loaded, &outcome, bytes);
    const size_t others = loaded->n_nodes * loaded->config.timesteps - 1;
    memcpy(bytes + HEAD_BYTES, tally, n);
    memset(bytes + HEAD_BYTES + n, 0, others);
    return read_bytes(bytes, HEAD_BYTES + n + others);
}

/* Numbers end within 64 bits, and a tally has no other fields than it has. */
START_TEST(numbers_that_cannot_be_are_refused)
{
    unsigned char number[12], mask[4];
    size_t n = 0;
    memset(number, 0xff, sizeof number);
    number[0] = 1; /* a mask: of the first field alone */
    number[10] = 1;
    ck_assert_int_eq(read_first_tally(number, 11), SQ_OK); /* 2^64 - 1 */
    number[10] = 2;
    expect(&err, read_first_tally(number, 11), SQ_EFORMAT, "its operations are damaged");
    number[10] = 0x81;
    number[11] = 0;
    expect(&err, read_first_tally(number, 12), SQ_EFORMAT, "its operations are damaged");
    for (unsigned left = TALLY_FIELDS; left >= 7; left -= 7) /* the field behind the last */
        mask[n++] = 0x80;
    mask[n++] = (unsigned char)(1u << TALLY_FIELDS % 7);
    expect(&err, read_first_tally(mask, n), SQ_EFORMAT, "its operations are damaged");
}
END_TEST

static Suite *operations_suite(void)
{
    Suite *suite = suite_create("sim/record");
    TCase *tests = tcase_create("operations");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_is_written_is_read, 0, 20);
    tcase_add_test(tests, the_room_suffices);
    tcase_add_test(tests, other_lengths_are_refused);
    tcase_add_loop_test(tests, damage_is_refused_or_read, 0, 3);
    tcase_add_loop_test(tests, a_head_that_cannot_be_is_refused, 0, sizeof wrong / sizeof wrong[0]);
    tcase_add_test(tests, numbers_that_cannot_be_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(operations_suite())
