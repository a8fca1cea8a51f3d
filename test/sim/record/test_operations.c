/* Operations as bytes: what is written is read, in no more room than was asked for, and nothing
 * that is read from outside does any harm. */
#include "sim/record/operations.h"

#include "sim/record/describe_graph.h"

#include "test/sim/network/tiny_load.h"

static struct sq_arena arena;
static struct sq_outcome outcome, again;
static struct sq_trace_plan plan;
static unsigned char *bytes;
static size_t room;

static void set_up(void)
{
    tiny_prepare(TINY_CIFAR10, 2);
    expect_ok(&err, tiny_load_own(NULL));
    arena = (struct sq_arena){NULL, 0};
    expect_ok(&err, sq_outcome_alloc(&err, &arena, loaded, &outcome));
    expect_ok(&err, sq_outcome_alloc(&err, &arena, loaded, &again));
    plan =
        (struct sq_trace_plan){.version = SQ_TRACE_VERSION, .timesteps = loaded->config.timesteps};
    expect_ok(&err, sq_trace_describe(&err, &arena, loaded, &plan));
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
    const struct sq_trace_sample sample = {.operations = data, .operations_bytes = size};
    return sq_operations_read(&err, "a.db: sample 3", loaded, &plan, &sample, &again);
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
    ck_assert_uint_le(size, 24); /* no node counts anything */
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
    {0, 1, SQ_EFORMAT, "operations of version 1 in a trace of version 2"},
    {0, 3, SQ_EFORMAT, "operations of version 3 in a trace of version 2"},
    {0, 0, SQ_EFORMAT, "operations of version 0"},
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

/* One node, of this number, whose first tally is these bytes and whose others are empty: what
 * reading says. */
static int read_node(unsigned char number, const unsigned char *tally, size_t n)
{
    struct sq_rng rng = {4};
    draw(&rng);
    outcome.feature_distinct = 5; /* one byte */
    sq_operations_write(loaded, &outcome, bytes);
    const size_t others = loaded->config.timesteps - 1;
    bytes[HEAD_BYTES] = number;
    memcpy(bytes + HEAD_BYTES + 1, tally, n);
    memset(bytes + HEAD_BYTES + 1 + n, 0, others + 1);
    return read_bytes(bytes, HEAD_BYTES + 1 + n + others + 1);
}

static int read_first_tally(const unsigned char *tally, size_t n)
{
    return read_node(1, tally, n);
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

/* Nodes that count nothing are left out, the others keep their places. */
START_TEST(a_node_is_found_by_its_number)
{
    const size_t T = loaded->config.timesteps, i = (size_t)_i % loaded->n_nodes;
    memset(outcome.tally, 0, n_tallies() * sizeof(struct sq_tally));
    outcome.feature_distinct = 1;
    outcome.tally[i * T + T - 1].macs = 7;
    const size_t size = sq_operations_write(loaded, &outcome, bytes);
    ck_assert_uint_eq(size, HEAD_BYTES + 1 + T + 1 + 1); /* number, masks, 7, end */
    ck_assert_uint_eq(bytes[HEAD_BYTES], loaded->node[i].graph - loaded->graph.node + 1);
    expect_ok(&err, read_bytes(bytes, size));
    expect_same();
}
END_TEST

START_TEST(numbers_beyond_the_trace_are_refused)
{
    const unsigned char empty = 0;
    ck_assert_int_eq(read_node((unsigned char)plan.n_nodes, &empty, 1), SQ_OK);
    expect(&err, read_node((unsigned char)(plan.n_nodes + 1), &empty, 1), SQ_EFORMAT,
           "its operations are damaged");
    plan.n_nodes = 0;
    expect(&err, read_node(1, &empty, 1), SQ_EFORMAT, "its operations are damaged");
}
END_TEST

/* A trace of a larger network, in another order: what this one lacks is skipped, also members that
 * are not known here. */
START_TEST(nodes_are_matched_by_their_ids)
{
    static const unsigned char odd[] = {0x81, 0x80, 0x80, 0x80, 0x01, 5, 6}; /* members 0 and 28 */
    struct sq_trace_node *node = sq_arena_alloc(&arena, plan.n_nodes + 1, sizeof *node);
    memcpy(node + 1, plan.node, plan.n_nodes * sizeof *node);
    snprintf(node[0].id, sizeof node[0].id, "unknown");
    plan.node = node;
    plan.n_nodes++;
    ck_assert_int_eq(read_node(1, odd, sizeof odd), SQ_OK);
    ck_assert_uint_eq(again.tally[0].spikes, 0);
    expect(&err, read_node(2, odd, sizeof odd), SQ_EFORMAT, "its operations are damaged");
    ck_assert_int_eq(read_node(2, (const unsigned char[]){1, 9}, 2), SQ_OK);
    ck_assert_uint_eq(again.tally[0].spikes, 9); /* number 1 of the trace is the network's first */
}
END_TEST

/* Version 1 is read: the tallies of all nodes, one behind the other. */
START_TEST(the_first_version_is_read)
{
    memset(outcome.tally, 0, n_tallies() * sizeof(struct sq_tally));
    outcome.feature_distinct = 1;
    outcome.tally[n_tallies() - 1].macs = 7;
    sq_operations_write(loaded, &outcome, bytes);
    bytes[0] = plan.version = 1;
    memset(bytes + HEAD_BYTES, 0, n_tallies());
    bytes[HEAD_BYTES + n_tallies() - 1] = 1 << 6;
    bytes[HEAD_BYTES + n_tallies()] = 7;
    expect_ok(&err, read_bytes(bytes, HEAD_BYTES + n_tallies() + 1));
    expect_same();
    expect(&err, read_bytes(bytes, HEAD_BYTES + n_tallies()), SQ_EFORMAT, "or another network's");
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
    tcase_add_loop_test(tests, a_node_is_found_by_its_number, 0, 8);
    tcase_add_test(tests, numbers_beyond_the_trace_are_refused);
    tcase_add_test(tests, nodes_are_matched_by_their_ids);
    tcase_add_test(tests, the_first_version_is_read);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(operations_suite())
