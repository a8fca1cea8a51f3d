/* spikeq_stream(): every kind of reader gets the same bytes; slow ones are waited for, those that
 * leave end the stream. */
#include "sim/api/calls.h"

#include "test/support/listener.h"
#include "test/support/random_trace.h"
#include "test/support/tiny_trace.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/spikeq-stream-XXXXXX", trace[64], file[64];
static spikeq_ctx *ctx;
static struct spikeq_stream_result result = {.size = sizeof result};

static void make_folder(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(trace, sizeof trace, "%s/a.db", folder);
    snprintf(file, sizeof file, "%s/file", folder);
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
}

static void remove_folder(void)
{
    char command[80];
    spikeq_ctx_free(ctx);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static int send_to(const char *target, const char *form, const char *pace)
{
    memset(&result, 0xff, sizeof result);
    return sq_api_stream(
        ctx,
        &(struct sq_stream_choices){.trace = trace, .target = target, .form = form, .pace = pace},
        &result);
}

/* A trace that is too much for the buffers of any socket: about 24 MB as text. */
static void write_large(uint64_t n_samples)
{
    static const struct sq_trace_population population = {"large", SQ_TRACE_GENERIC, 64, 1024,
                                                          2,       {64, 1024},       0,  0};
    const struct sq_trace_plan plan = {
        .timesteps = 4, .n_samples = n_samples, .n_populations = 1, .population = &population};
    random_trace(trace, &plan, 5, n_samples);
}

static void same_as_file(const unsigned char *data, size_t n)
{
    struct stat info;
    FILE *from = fopen(file, "rb");
    ck_assert_ptr_nonnull(from);
    ck_assert_int_eq(stat(file, &info), 0);
    ck_assert_uint_eq((size_t)info.st_size, n);
    unsigned char *want = malloc(n);
    ck_assert_uint_eq(fread(want, 1, n, from), n);
    ck_assert_int_eq(memcmp(want, data, n), 0);
    free(want);
    fclose(from);
}

START_TEST(a_binary_stream_is_the_exported_file)
{
    tiny_trace(trace, NULL, 4, 5);
    char exported[80];
    snprintf(exported, sizeof exported, "%s/exported", folder);
    ck_assert_int_eq(
        sq_api_export(ctx, &(struct sq_export_choices){.trace = trace, .to = "aer", .out = file}),
        SPIKEQ_OK);
    ck_assert_int_eq(send_to(exported, "binary", NULL), SPIKEQ_OK);
    ck_assert_uint_eq(result.frames, 5 * TINY_TIMESTEPS * TINY_POPULATIONS);
    ck_assert_int_eq(result.reader_left, 0);
    char command[200];
    snprintf(command, sizeof command, "cmp %s %s", file, exported);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(send_to(exported, "binary", NULL), SPIKEQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "already exists"));
}
END_TEST

START_TEST(every_reader_gets_the_same)
{
    struct listener listener = {.kind = (enum listener_kind)_i};
    write_large(3);
    ck_assert_int_eq(send_to(file, "text", NULL), SPIKEQ_OK);
    const uint64_t events = result.events;
    listener_start(&listener, folder);
    ck_assert_msg(send_to(listener.target, "text", "max") == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    listener_join(&listener);
    ck_assert_uint_eq(result.events, events);
    ck_assert_uint_eq(result.frames, 12);
    ck_assert_int_eq(result.reader_left, 0);
    same_as_file(listener.data, listener.n);
    free(listener.data);
}
END_TEST

START_TEST(a_reader_that_leaves_ends_the_stream)
{
    struct listener listener = {.kind = (enum listener_kind)_i, .most = 1000};
    write_large(40);
    listener_start(&listener, folder);
    ck_assert_msg(send_to(listener.target, NULL, NULL) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    listener_join(&listener);
    ck_assert_int_eq(result.reader_left, 1);
    ck_assert_uint_lt(result.frames, 160);
    free(listener.data);
}
END_TEST

#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#elif defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#endif

/* Theorem: what is made ahead of a slow reader is bounded, not the whole stream. */
START_TEST(a_slow_reader_is_waited_for)
{
    struct listener listener = {.kind = (enum listener_kind)_i, .most = 1, .wait_ms = 400};
    struct rusage before, after;
    write_large(40);
    ck_assert_int_eq(send_to(file, NULL, NULL), SPIKEQ_OK); /* whatever is taken once, is taken */
    getrusage(RUSAGE_SELF, &before);
    listener_start(&listener, folder);
    ck_assert_int_eq(send_to(listener.target, NULL, NULL), SPIKEQ_OK);
    getrusage(RUSAGE_SELF, &after);
    listener_join(&listener);
    free(listener.data);
#ifdef SANITIZED
    sq_skip("memory of a slow stream: a sanitizer keeps freed memory");
#else
    ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 6 << 10); /* KiB; the stream has 24 MB */
#endif
}
END_TEST

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

START_TEST(the_pace_is_kept)
{
    struct listener listener = {.kind = LISTENER_UNIX};
    tiny_trace(trace, NULL, 4, 2);
    ck_assert_int_eq(send_to(file, "binary", "0"), SPIKEQ_OK);
    listener_start(&listener, folder);
    const double start = now_s();
    ck_assert_int_eq(send_to(listener.target, "binary", "30"), SPIKEQ_OK);
    const double took = now_s() - start;
    listener_join(&listener);
    ck_assert_double_ge(took, (2 * TINY_TIMESTEPS - 1) * 0.030 - 0.005);
    ck_assert_double_lt(took, 5);
    same_as_file(listener.data, listener.n);
    free(listener.data);
}
END_TEST

/* A port of 127.0.0.1 that nobody listens at. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    getsockname(fd, (struct sockaddr *)&address, &size);
    close(fd);
    return ntohs(address.sin_port);
}

START_TEST(nobody_there_is_an_error)
{
    char target[96];
    tiny_trace(trace, NULL, 4, 1);
    snprintf(target, sizeof target, "tcp://127.0.0.1:%d", free_port());
    ck_assert_int_eq(send_to(target, NULL, NULL), SPIKEQ_EIO);
    ck_assert_msg(strstr(spikeq_error_text(ctx), "cannot be connected to: connection refused") !=
                      NULL,
                  "%s", spikeq_error_text(ctx));
    snprintf(target, sizeof target, "tcp://[::1]:%d", free_port());
    ck_assert_int_eq(send_to(target, NULL, NULL), SPIKEQ_EIO);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "cannot be connected to"));
    snprintf(target, sizeof target, "unix:%s/none", folder);
    ck_assert_int_eq(send_to(target, NULL, NULL), SPIKEQ_EIO);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "no such file or directory"));
    ck_assert_int_eq(send_to("tcp://127.0.0.1:nosuch", NULL, NULL), SPIKEQ_EIO);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "cannot be resolved"));
    snprintf(target, sizeof target, "%s/no/such", folder);
    ck_assert_int_eq(send_to(target, NULL, NULL), SPIKEQ_EIO);
}
END_TEST

static const struct {
    const char *target, *form, *pace;
} wrong[] = {
    {"tcp://", NULL, NULL},      {"tcp://host", NULL, NULL},  {"tcp://:80", NULL, NULL},
    {"tcp://host:", NULL, NULL}, {"tcp://1:2:3", NULL, NULL}, {"tcp://[]:1", NULL, NULL},
    {"unix:", NULL, NULL},       {"-", "xml", NULL},          {"-", NULL, "fast"},
    {"-", NULL, "-1"},           {"-", NULL, "99999999999"},  {"-", NULL, ""},
    {NULL, NULL, NULL},
};

START_TEST(wrong_options_are_usage)
{
    tiny_trace(trace, NULL, 4, 1);
    ck_assert_int_eq(send_to(wrong[_i].target, wrong[_i].form, wrong[_i].pace), SPIKEQ_EUSAGE);
}
END_TEST

START_TEST(a_full_device_is_an_error)
{
    tiny_trace(trace, NULL, 4, 1);
    if (access("/dev/full", W_OK) != 0) {
        sq_skip("a full device: no /dev/full here");
        return;
    }
    ck_assert_int_eq(send_to("/dev/full", NULL, NULL), SPIKEQ_EIO);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "No space left on device"));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/replay");
    TCase *stream = tcase_create("stream");
    tcase_set_timeout(stream, 60);
    tcase_add_checked_fixture(stream, make_folder, remove_folder);
    tcase_add_test(stream, a_binary_stream_is_the_exported_file);
    tcase_add_loop_test(stream, every_reader_gets_the_same, LISTENER_FIFO, LISTENER_TCP + 1);
    tcase_add_loop_test(stream, a_reader_that_leaves_ends_the_stream, LISTENER_FIFO,
                        LISTENER_TCP + 1);
    tcase_add_loop_test(stream, a_slow_reader_is_waited_for, LISTENER_FIFO, LISTENER_TCP + 1);
    tcase_add_test(stream, the_pace_is_kept);
    tcase_add_test(stream, nobody_there_is_an_error);
    tcase_add_loop_test(stream, wrong_options_are_usage, 0, sizeof wrong / sizeof wrong[0]);
    tcase_add_test(stream, a_full_device_is_an_error);
    suite_add_tcase(s, stream);
    return s;
}

SQ_TEST_MAIN(suite())
