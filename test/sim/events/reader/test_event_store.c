/* Events that the first pass keeps (event_store.h): every pass, kept or decoded, gives the same
 * events and facts, in every format, and what cannot be kept is decoded again. */
#include "sim/events/formats/event_open.h"
#include "sim/events/reader/event_store.h"
#include "test/support/event_files.h"
#include "test/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { N = 20000, SEED = 11, SHIFT = 1024 };

static char path[64];
static struct sq_camera_event written[N];

static void setup(void)
{
    snprintf(path, sizeof path, "/tmp/spikeq-store-%d", (int)getpid());
}

static void teardown(void)
{
    unlink(path);
}

/* What one pass gave: events and a digest of them, as far as it came. */
struct pass {
    int rc;
    uint64_t n, digest;
    struct sq_error err;
    struct sq_event_facts facts;
};

static uint64_t mix(uint64_t digest, uint64_t value)
{
    return (digest ^ value) * 0x100000001b3u + (digest >> 29);
}

static void read_pass(struct sq_camera *reader, struct pass *pass, uint64_t most)
{
    const struct sq_event_batch *batch;
    pass->n = pass->digest = 0;
    while (pass->n < most && (pass->rc = sq_camera_next(reader, &batch)) == SQ_OK && batch->n > 0) {
        for (size_t i = 0; i < batch->n; i++) {
            const struct sq_camera_event e = batch->event[i];
            pass->digest = mix(mix(pass->digest, (uint64_t)e.t),
                               (uint64_t)e.x << 32 | (uint64_t)e.y << 8 | e.p);
        }
        pass->n += batch->n;
    }
    pass->facts = *sq_camera_facts(reader);
}

/* Passes over the file, the first one only over `begun` events. */
static void read_file(struct sq_event_options options, bool keep, uint64_t begun,
                      struct pass pass[3])
{
    struct sq_error err = {0};
    struct sq_camera *reader = NULL;
    memset(pass, 0, 3 * sizeof *pass);
    options.keep = keep;
    pass[0].rc = sq_camera_open(&err, path, &options, &reader);
    for (int i = 0; i < 3 && reader != NULL && pass[0].rc == SQ_OK; i++) {
        ck_assert(i == 0 || sq_camera_rewind(reader) == SQ_OK);
        read_pass(reader, &pass[i], i == 0 ? begun : UINT64_MAX);
    }
    pass[0].err = err;
    sq_camera_close(reader);
}

static void check_equal(const struct pass *a, const struct pass *b, const char *name)
{
    ck_assert_msg(a->rc == b->rc && a->n == b->n && a->digest == b->digest, "%s: %d %d, %d %d",
                  name, a->rc, b->rc, (int)a->n, (int)b->n);
    ck_assert_mem_eq(a->facts.drop, b->facts.drop, sizeof a->facts.drop);
    ck_assert_uint_eq(a->facts.n_backwards, b->facts.n_backwards);
    ck_assert_uint_eq(a->facts.width, b->facts.width);
    ck_assert_uint_eq(a->facts.height, b->facts.height);
    ck_assert_uint_eq(a->facts.n_timesteps, b->facts.n_timesteps);
    ck_assert_uint_eq(a->facts.size_is_guessed, b->facts.size_is_guessed);
    ck_assert_uint_eq(a->facts.damage_offset, b->facts.damage_offset);
}

/* Kept and not, the whole of each pass and a first pass that ends early. */
static void check_file(const struct sq_event_options *options, const char *name)
{
    struct pass plain[3], kept[3];
    read_file(*options, false, UINT64_MAX, plain);
    read_file(*options, true, UINT64_MAX, kept);
    ck_assert_str_eq(plain[0].err.text, kept[0].err.text);
    for (int i = 0; i < 3; i++)
        check_equal(&plain[i], &kept[i], name);
    if (plain[0].rc != SQ_OK)
        return;
    read_file(*options, true, 1, kept);
    check_equal(&plain[1], &kept[1], name);
    check_equal(&plain[2], &kept[2], name);
}

static void write_events(const struct event_file *file, size_t cut)
{
    struct bytes bytes = {NULL, 0, 0};
    file->write(&bytes, written, N);
    bytes.n -= cut;
    event_file_save(&bytes, path);
    bytes_free(&bytes);
}

/* Sensor told and not; then time that runs backwards, tolerated and refused; then a cut. */
START_TEST(passes_are_the_same)
{
    const struct event_file *file = &event_file[_i];
    const struct sq_event_options guess = {.width = 0};
    const struct sq_event_options small = {.width = 9, .height = 9, .tolerate = true};
    struct sq_event_options told = {.width = file->width, .height = file->height};
    event_file_draw(file, SEED, written, N);
    write_events(file, 0);
    check_file(&told, file->name);
    check_file(&guess, file->name);
    check_file(&small, file->name);
    written[N / 2].t -= file->is_timed ? SHIFT : 0;
    write_events(file, 3);
    for (int tolerate = 0; tolerate < 2; tolerate++) {
        told.tolerate = tolerate;
        check_file(&told, file->name);
        check_file(&(struct sq_event_options){.tolerate = tolerate}, file->name);
    }
}
END_TEST

static void write_text(const char *text)
{
    struct bytes bytes = {NULL, 0, 0};
    bytes_put_text(&bytes, text);
    event_file_save(&bytes, path);
    bytes_free(&bytes);
}

/* Times too far apart to be kept, a pixel on no sensor but the one that is told, nothing at all. */
START_TEST(recordings_that_are_not_kept)
{
    static const char *const text[] = {
        "1 2 3 0\n3000000000 4 5 1\n3000000001 6 7 1\n",
        "-2000000000 2 3 0\n2000000000 4 5 1\n",
        "0 0 0 0\n2147483647 1 1 1\n2147483648 2 2 0\n",
        "1 2 3 0\n2 40000 5 1\n",
        "# nothing\n",
        "1 2 3 0\n1 2 x 0\n",
    };
    write_text(text[_i]);
    check_file(&(struct sq_event_options){.width = 34, .height = 34, .tolerate = true}, text[_i]);
    check_file(&(struct sq_event_options){.tolerate = false}, text[_i]);
    check_file(&(struct sq_event_options){.tolerate = true}, text[_i]);
}
END_TEST

/* The store holds 8 million events, and fewer than 64 MiB would. */
START_TEST(memory_is_bounded)
{
    static struct sq_event_batch batch = {.n = SQ_EVENT_BATCH};
    const size_t most = ((size_t)1 << 23) / SQ_EVENT_BATCH, least = 8000000 / SQ_EVENT_BATCH;
    struct sq_event_store store = {.state = SQ_STORE_OFF};
    sq_event_store_begin(&store);
    for (size_t i = 0; i < least; i++)
        sq_event_store_add(&store, &batch);
    ck_assert_int_eq(store.state, SQ_STORE_TAKES);
    for (size_t i = least; i <= most; i++)
        sq_event_store_add(&store, &batch);
    ck_assert_int_eq(store.state, SQ_STORE_OFF);
    ck_assert_ptr_null(store.first);
    ck_assert(!sq_event_store_rewind(&store));
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("events");
    TCase *tcase = tcase_create("event_store");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, passes_are_the_same, 0, (int)n_event_files);
    tcase_add_loop_test(tcase, recordings_that_are_not_kept, 0, 6);
    tcase_add_test(tcase, memory_is_bounded);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
