/* The note of how recordings became frames comes back as it was written, and what is none is
 * refused. */
#include "sim/api/calls.h"
#include "sim/report/frames_request.h"
#include "test/unit.h"

#include <string.h>

static struct sq_error error;
static struct sq_arena arena;

static void tear_down(void)
{
    sq_arena_free(&arena);
}

static int read_note(const char *text, struct sq_frames_choices *options)
{
    return sq_frames_of_note(&error, "a.db: meta input_frames", text, &arena, options);
}

static void check_text(const char *a, const char *b)
{
    ck_assert((a == NULL) == (b == NULL));
    ck_assert(a == NULL || strcmp(a, b) == 0);
}

static const struct {
    struct sq_frames_choices options;
    const char *note;
} pair[] = {
    {{.rule = "number:4"}, "{\"rule\":\"number:4\",\"bin\":1}"},
    {{.rule = "duration:50000", .bin = 32768, .tolerate = 1},
     "{\"rule\":\"duration:50000:new\",\"bin\":32768,\"tolerate\":true}"},
    {{.rule = "tonic-count:9:2:incomplete",
      .bin = 2,
      .crop = "center",
      .pad = "corner",
      .view = "as stored",
      .width = 346,
      .height = 260},
     "{\"rule\":\"tonic-count:9:2:incomplete\",\"bin\":2,\"crop\":\"center\",\"pad\":\"corner\","
     "\"view\":\"as stored\",\"width\":346,\"height\":260}"},
    {{.rule = "timesteps", .bin = 1, .stream = 1, .carry = 1},
     "{\"rule\":\"timesteps\",\"bin\":1,\"stream\":true,\"carry\":true}"},
};

START_TEST(a_note_comes_back)
{
    const struct sq_frames_choices *wrote = &pair[_i].options;
    struct sq_frames_choices read;
    char *text = NULL;
    ck_assert_int_eq(sq_frames_note(&error, wrote, &text), SQ_OK);
    ck_assert_str_eq(text, pair[_i].note);
    ck_assert_int_eq(read_note(text, &read), SQ_OK);
    ck_assert_int_eq(strncmp(read.rule, wrote->rule, strlen(wrote->rule)), 0);
    ck_assert_uint_eq(read.bin, wrote->bin > 0 ? wrote->bin : 1);
    check_text(read.crop, wrote->crop);
    check_text(read.pad, wrote->pad);
    check_text(read.view, wrote->view);
    ck_assert_uint_eq(read.width, wrote->width);
    ck_assert_uint_eq(read.height, wrote->height);
    ck_assert_int_eq(read.tolerate, wrote->tolerate);
    ck_assert_int_eq(read.stream, wrote->stream);
    ck_assert_int_eq(read.carry, wrote->carry);
    free(text);
}
END_TEST

static const char *const none[] = {
    "",
    "number:4",
    "[\"number:4\"]",
    "{}",
    "{\"rule\":4}",
    "{\"rule\":\"number:4\"",
    "{\"rule\":\"number:4\"} x",
    "{\"bin\":1}",
    "{\"rule\":\"number:4\",\"bin\":\"2\"}",
    "{\"rule\":\"number:4\",\"bin\":-1}",
    "{\"rule\":\"number:4\",\"bin\":1.5}",
    "{\"rule\":\"number:4\",\"bin\":32769}",
    "{\"rule\":\"number:4\",\"crop\":1}",
    "{\"rule\":\"number:4\",\"width\":10}",
    "{\"rule\":\"number:4\",\"tolerate\":\"yes\"}",
    "{\"rule\":\"number:4\",\"carry\":1}",
};

START_TEST(what_is_no_note)
{
    struct sq_frames_choices read = {.bin = 77};
    ck_assert_int_eq(read_note(none[_i], &read), SQ_EFORMAT);
    ck_assert_str_eq(error.text,
                     "a.db: meta input_frames: does not say how recordings were binned");
    ck_assert_uint_eq(read.bin, 77);
}
END_TEST

START_TEST(no_such_rule)
{
    char *text = NULL;
    const struct sq_frames_choices options = {.rule = "fast"};
    ck_assert_int_eq(sq_frames_note(&error, &options, &text), SQ_EUSAGE);
    ck_assert_ptr_null(text);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = tcase_create("frames_note");
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_loop_test(tcase, a_note_comes_back, 0, sizeof pair / sizeof pair[0]);
    tcase_add_loop_test(tcase, what_is_no_note, 0, sizeof none / sizeof none[0]);
    tcase_add_test(tcase, no_such_rule);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
