/* spikeq_inspect() of recordings says what spikeq_events() says, and what is nothing stays unknown.
 */
#include "sim/api/calls.h"
#include "test/sim/input/temp_files.h"
#include "test/support/event_files.h"
#include "test/unit.h"

#include <string.h>

enum { N = 40, SEED = 11, DRAWS = 400 };

static spikeq_ctx *ctx;
static const char *path;

static void set_up(void)
{
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    path = temp_path("file");
}

static void tear_down(void)
{
    spikeq_ctx_free(ctx);
}

static struct bytes write_recording(const struct event_file *file, size_t n)
{
    struct sq_camera_event event[N];
    struct bytes bytes = {NULL, 0, 0};
    event_file_draw(file, SEED, event, n);
    file->write(&bytes, event, n);
    event_file_save(&bytes, path);
    return bytes;
}

/* What both say; the text is the caller's. */
static char *check_same(int as_json)
{
    const struct sq_events_choices options = {.path = path, .tolerate = 1, .as_json = as_json};
    char *events = NULL, *inspected = NULL;
    ck_assert_int_eq(sq_api_events(ctx, &options, &events), SPIKEQ_OK);
    const struct sq_inspect_choices inspect = {.path = path, .as_json = as_json};
    ck_assert_msg(sq_api_inspect(ctx, &inspect, &inspected) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    const size_t n = strlen(events);
    ck_assert_msg(strncmp(inspected, events, n) == 0, "%s, not %s", inspected, events);
    if (as_json)
        ck_assert_str_eq(inspected + n, "");
    else /* and which command comes next */
        ck_assert_ptr_eq(strstr(inspected + n, "next      spikeq run --model MODEL --input "),
                         inspected + n);
    spikeq_free(events);
    return inspected;
}

/* Rows of numbers are an array first of all. */
static int is_plain_array(const struct event_file *file)
{
    return strcmp(file->name, "npy, rows") == 0 || strcmp(file->name, "npy, Fortran") == 0;
}

START_TEST(what_events_says)
{
    struct bytes bytes = write_recording(&event_file[_i], N);
    char *text = NULL;
    if (is_plain_array(&event_file[_i])) {
        ck_assert_int_eq(spikeq_inspect(ctx, path, NULL, &text), SPIKEQ_OK);
        ck_assert_ptr_nonnull(strstr(text, "[40,4]"));
    } else {
        text = check_same(1);
        spikeq_free(text);
        text = check_same(0);
        ck_assert_ptr_nonnull(strstr(text, event_file[_i].format));
        ck_assert_ptr_nonnull(strstr(text, "\nevents    40 ("));
    }
    spikeq_free(text);
    bytes_free(&bytes);
}
END_TEST

/* Cut at every byte: an error, or what events says. */
START_TEST(cut_short)
{
    struct bytes bytes = write_recording(&event_file[_i], N);
    const size_t whole = bytes.n;
    for (bytes.n = 0; bytes.n < whole; bytes.n++) {
        char *text = NULL;
        event_file_save(&bytes, path);
        if (spikeq_inspect(ctx, path, NULL, &text) == SPIKEQ_OK) {
            ck_assert(!is_plain_array(&event_file[_i]));
            spikeq_free(text);
            spikeq_free(check_same(0));
        } else {
            ck_assert(spikeq_error_text(ctx)[0] != '\0' && text == NULL);
        }
    }
    bytes_free(&bytes);
}
END_TEST

static void check_unknown(const void *data, size_t n)
{
    char *text = NULL;
    struct bytes bytes = {NULL, 0, 0};
    bytes_put(&bytes, data, n);
    event_file_save(&bytes, path);
    ck_assert_msg(spikeq_inspect(ctx, path, NULL, &text) != SPIKEQ_OK, "%zu bytes: %s", n, text);
    ck_assert_msg(strstr(spikeq_error_text(ctx), "not a checkpoint: ") != NULL, "%s",
                  spikeq_error_text(ctx));
    bytes_free(&bytes);
}

/* Bytes of every length that N-MNIST could have. */
START_TEST(random_bytes_are_nothing)
{
    struct sq_rng rng = {SEED};
    for (size_t draw = 0; draw < DRAWS; draw++) {
        unsigned char data[400];
        const size_t n = 5 * (2 + draw % 79);
        for (size_t i = 0; i < n; i++)
            data[i] = (unsigned char)sq_rng_below(&rng, 256);
        data[0] |= 128; /* neither text nor some magic */
        check_unknown(data, n);
    }
}
END_TEST

START_TEST(what_is_no_recording)
{
    static const unsigned char zeros[500];
    static const char prose[] = "One event a line.\n1 2 3 1\n", labels[] = "a/1.png 3\nb/2.png 1\n";
    check_unknown(zeros, sizeof zeros);
    check_unknown(prose, sizeof prose - 1);
    check_unknown(labels, sizeof labels - 1);
    check_unknown("3 1 4 1 5 9 2 6\n", 16);
}
END_TEST

/* So few events could be anything. */
START_TEST(a_short_nmnist)
{
    struct bytes bytes = {NULL, 0, 0};
    for (unsigned i = 0; i < 8; i++) {
        char *text = NULL;
        if (i > 0)
            check_unknown(bytes.data, bytes.n);
        bytes_put(&bytes, "\x01\x02\x80\x00", 4);
        bytes_put_u8(&bytes, 3 + i);
        event_file_save(&bytes, path);
        if (i < 7)
            continue;
        ck_assert_int_eq(spikeq_inspect(ctx, path, NULL, &text), SPIKEQ_OK);
        ck_assert_ptr_nonnull(strstr(text, "N-MNIST, 34x34"));
        spikeq_free(text);
    }
    bytes.data[9] = 0; /* time runs backwards: in doubt it is none */
    bytes.data[4] = 9;
    check_unknown(bytes.data, bytes.n);
    bytes_free(&bytes);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = tcase_create("inspect_recording");
    tcase_add_unchecked_fixture(tcase, temp_make, temp_remove);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, what_events_says, 0, (int)n_event_files);
    tcase_add_loop_test(tcase, cut_short, 0, (int)n_event_files);
    tcase_add_test(tcase, random_bytes_are_nothing);
    tcase_add_test(tcase, what_is_no_recording);
    tcase_add_test(tcase, a_short_nmnist);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
