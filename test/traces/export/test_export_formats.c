/* Exports byte by byte, and what happens when they cannot be written. */
#include "kernels/base/bits.h"
#include "test/support/random_trace.h"
#include "test/support/tiny_trace.h"
#include "traces/export/address_events.h"
#include "traces/export/export.h"
#include "traces/files/output.h"
#include "traces/format/store.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/spikeq-export-XXXXXX", path[64], out[64], other[64];
static struct sq_error err;

static const struct {
    const char *name;
    int (*run)(struct sq_error *err, const struct sq_export *export);
} format[] = {
    {"npz", sq_export_npz},
    {"hdf5", sq_export_hdf5},
    {"csv", sq_export_csv},
    {"aer", sq_export_aer},
};
enum { N_FORMATS = sizeof format / sizeof format[0], NEEDS_FILE = 2, SEED = 8 };

static void make_folder(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    snprintf(out, sizeof out, "%s/out", folder);
    snprintf(other, sizeof other, "%s/other", folder);
}

static void remove_folder(void)
{
    char command[80];
    snprintf(command, sizeof command, "chmod -R u+w %s; rm -rf %s", folder, folder);
    ck_assert_int_eq(system(command), 0);
}

/* Export the trace at `path` as format[i]. */
static int export_to(int i, const char *to, const char *globs, int force)
{
    struct sq_export export = {.globs = globs, .range = {0, INT64_MAX}, .out = to, .force = force};
    ck_assert_msg(sq_trace_open(&err, path, &export.trace) == SQ_OK, "%s", err.text);
    const int status = format[i].run(&err, &export);
    sq_trace_close(export.trace);
    return status;
}

static char *text_of(const char *file, size_t *size)
{
    struct stat info;
    ck_assert_int_eq(stat(file, &info), 0);
    char *text = malloc((size_t)info.st_size + 1);
    FILE *from = fopen(file, "rb");
    *size = fread(text, 1, (size_t)info.st_size, from);
    text[*size] = '\0';
    fclose(from);
    return text;
}

static void same_content(const char *a, const char *b)
{
    size_t n_a, n_b;
    char *text_a = text_of(a, &n_a), *text_b = text_of(b, &n_b);
    ck_assert_uint_eq(n_a, n_b);
    ck_assert_mem_eq(text_a, text_b, n_a);
    free(text_a);
    free(text_b);
}

static void no_partial_file(void)
{
    char command[100];
    snprintf(command, sizeof command, "test -z \"$(ls %s | grep partial)\"", folder);
    ck_assert_int_eq(system(command), 0);
}

/* The lines of population "c" (channels last), straight from what was drawn. */
static char *wanted_lines(char separator)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    const struct sq_trace_population *c = &tiny_plan()->population[3];
    for (uint64_t s = 0; s < 3; s++)
        for (uint32_t t = 0; t < TINY_TIMESTEPS; t++) {
            uint64_t bits[TINY_MAX_NEURONS];
            tiny_bits(SEED, s, 3, t, bits);
            for (uint32_t i = 0; i < c->n_rows * c->n_channels; i++)
                if (sq_bit_get(bits + i / c->n_channels, i % c->n_channels))
                    fprintf(to, "%" PRIu64 "%c%" PRIu32 "%cc%c%" PRIu32 "\n", s, separator, t,
                            separator, separator, i);
        }
    fclose(to);
    return text;
}

START_TEST(csv_is_exactly_this)
{
    size_t size;
    tiny_trace(path, NULL, SEED, 3);
    ck_assert_int_eq(export_to(2, out, "c", 0), SQ_OK);
    char *got = text_of(out, &size), *want = wanted_lines(',');
    ck_assert_ptr_eq(strstr(got, "sample,timestep,population,index\n"), got);
    ck_assert_str_eq(strchr(got, '\n') + 1, want);
    free(got);
    free(want);
}
END_TEST

START_TEST(names_with_commas_are_quoted)
{
    struct sq_trace_population population = {"x,\"y\"", SQ_TRACE_GENERIC, 3, 64, 2, {3, 64}, 0, 0};
    struct sq_trace_plan plan = *tiny_plan();
    size_t size;
    plan.population = &population;
    plan.n_populations = 1;
    plan.n_synapses = plan.n_nodes = plan.n_operations = 0;
    random_trace(path, &plan, SEED, 2);
    ck_assert_int_eq(export_to(2, out, NULL, 0), SQ_OK);
    char *got = text_of(out, &size);
    ck_assert_ptr_nonnull(strstr(got, ",\"x,\"\"y\"\"\","));
    free(got);
}
END_TEST

/* The text form of the whole of "c". */
START_TEST(the_text_form_is_exactly_this)
{
    struct sq_trace *trace;
    struct sq_event_reader *reader;
    struct sq_frame_events events;
    struct sq_aer aer = {.form = SQ_AER_TEXT};
    struct sq_buffer buffer = {0};
    char want_end[80];
    tiny_trace(path, NULL, SEED, 3);
    ck_assert_int_eq(sq_trace_open(&err, path, &trace), SQ_OK);
    ck_assert_int_eq(sq_event_reader_open(&err, trace, "c", &(struct sq_range){0, INT64_MAX},
                                          SQ_EVENTS_BY_TIME, &reader),
                     SQ_OK);
    aer.selection = sq_event_reader_selection(reader);
    ck_assert_int_eq(sq_aer_head(&err, &aer, &buffer), SQ_OK);
    while (sq_event_reader_next(&err, reader, &events) == 1)
        ck_assert_int_eq(sq_aer_frame(&err, &aer, &events, &buffer), SQ_OK);
    ck_assert_int_eq(sq_aer_end(&err, &aer, &buffer), SQ_OK);
    ck_assert_int_eq(sq_buffer_add(&buffer, "", 1), 0);
    static const char head[] = "# spikeq address events 1\n# timesteps 3\n# samples 3\n"
                               "# population c spikes [3,64]\n"
                               "# columns sample timestep population index [number]\n";
    char *want = wanted_lines(' '), *got = (char *)buffer.data;
    snprintf(want_end, sizeof want_end, "# end frames 9 events %" PRIu64 "\n", aer.n_events);
    ck_assert_mem_eq(got, head, sizeof head - 1);
    ck_assert_mem_eq(got + sizeof head - 1, want, strlen(want));
    ck_assert_str_eq(got + sizeof head - 1 + strlen(want), want_end);
    free(want);
    sq_buffer_free(&buffer);
    sq_event_reader_close(reader);
    sq_trace_close(trace);
}
END_TEST

START_TEST(a_name_with_blanks_has_no_text_form)
{
    struct sq_trace_population population = {"x y", SQ_TRACE_GENERIC, 3, 64, 2, {3, 64}, 0, 0};
    const uint32_t number = 0;
    const struct sq_trace_plan plan = {.n_populations = 1, .population = &population};
    const struct sq_selection selection = {
        .plan = &plan, .population = &number, .n_populations = 1};
    struct sq_aer aer = {.form = SQ_AER_TEXT, .selection = &selection};
    struct sq_buffer buffer = {0};
    ck_assert_int_eq(sq_aer_head(&err, &aer, &buffer), SQ_EUNSUPPORTED);
    aer.form = SQ_AER_BINARY;
    ck_assert_int_eq(sq_aer_head(&err, &aer, &buffer), SQ_OK);
    sq_buffer_free(&buffer);
}
END_TEST

START_TEST(equal_content_is_equal_bytes)
{
    tiny_trace(path, NULL, SEED, 5);
    ck_assert_int_eq(export_to(_i, out, NULL, 0), SQ_OK);
    struct sq_trace_plan plan = *tiny_plan();
    plan.codec = SQ_CODEC_ZLIB;
    tiny_trace(path, &plan, SEED, 5);
    setenv("TZ", "Asia/Kathmandu", 1);
    sleep(_i < NEEDS_FILE ? 1 : 0); /* a time in the file would show */
    ck_assert_int_eq(export_to(_i, other, NULL, 0), SQ_OK);
    same_content(out, other);
}
END_TEST

START_TEST(an_existing_file_is_kept)
{
    size_t size;
    tiny_trace(path, NULL, SEED, 2);
    FILE *old = fopen(out, "w");
    fputs("old", old);
    fclose(old);
    ck_assert_int_eq(export_to(_i, out, NULL, 0), SQ_EUSAGE);
    ck_assert_int_eq(export_to(_i, out, "nobody", 1), SQ_EVALUE);
    char *text = text_of(out, &size);
    ck_assert_str_eq(text, "old");
    free(text);
    ck_assert_int_eq(export_to(_i, out, NULL, 1), SQ_OK);
    ck_assert_int_eq(export_to(_i, other, NULL, 0), SQ_OK);
    same_content(out, other);
    no_partial_file();
}
END_TEST

START_TEST(a_folder_that_is_missing_is_named)
{
    char missing[80];
    tiny_trace(path, NULL, SEED, 2);
    snprintf(missing, sizeof missing, "%s/no/out", folder);
    ck_assert_int_eq(export_to(_i, missing, NULL, 0), SQ_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, missing));
    ck_assert_msg(strstr(err.text, "No such file or directory") != NULL, "%s", err.text);
}
END_TEST

/* A full disk: the file may not grow beyond some bytes. At none of them is anything left. */
START_TEST(a_full_disk_leaves_nothing)
{
    struct rlimit kept, limit;
    struct stat whole;
    tiny_trace(path, NULL, SEED, 10);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &kept), 0);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(export_to(_i, other, NULL, 0), SQ_OK);
    ck_assert_int_eq(stat(other, &whole), 0);
    for (rlim_t most = 0; most < (rlim_t)whole.st_size; most += 1 + most / 2) {
        limit = (struct rlimit){most, kept.rlim_max};
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
        const int status = export_to(_i, out, NULL, 0);
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &kept), 0);
        ck_assert_msg(status == SQ_EIO, "%d at %d bytes", status, (int)most);
        ck_assert_msg(strstr(err.text, "File too large") != NULL, "%s", err.text);
        ck_assert_int_ne(access(out, F_OK), 0);
        no_partial_file();
    }
    ck_assert_int_eq(export_to(_i, out, NULL, 0), SQ_OK);
}
END_TEST

START_TEST(a_full_device_is_an_error)
{
    tiny_trace(path, NULL, SEED, 2);
    if (access("/dev/full", W_OK) != 0) {
        sq_skip("a full device: no /dev/full here");
        return;
    }
    const int status = export_to(_i, "/dev/full", NULL, 0);
    ck_assert_int_eq(status, _i < NEEDS_FILE ? SQ_EUSAGE : SQ_EIO);
    ck_assert_ptr_nonnull(
        strstr(err.text, _i < NEEDS_FILE ? "needs a regular file" : "No space left on device"));
}
END_TEST

/* A frame whose bytes were changed ends the export; nothing is left. */
START_TEST(a_damaged_trace_leaves_nothing)
{
    struct sq_store store;
    tiny_trace(path, NULL, SEED, 4);
    ck_assert_int_eq(sq_store_open(&err, path, SQ_STORE_WRITE, &store), SQ_OK);
    ck_assert_int_eq(
        sq_store_exec(&err, &store, "UPDATE frame SET checksum = checksum + 1 WHERE sample = 2"),
        SQ_OK);
    sq_store_close(&store);
    ck_assert_int_eq(export_to(_i, out, "c", 0), SQ_EFORMAT);
    ck_assert_msg(strstr(err.text, "sample 2, timestep 0, c: the frame has a wrong checksum") !=
                      NULL,
                  "%s", err.text);
    ck_assert_int_ne(access(out, F_OK), 0);
    no_partial_file();
}
END_TEST

START_TEST(two_arrays_of_one_name_are_refused)
{
    struct sq_trace_population population = {"labels", SQ_TRACE_GENERIC, 3, 64, 2, {3, 64}, 0, 0};
    struct sq_trace_plan plan = *tiny_plan();
    plan.population = &population;
    plan.n_populations = 1;
    plan.n_synapses = plan.n_nodes = plan.n_operations = 0;
    random_trace(path, &plan, SEED, 3);
    ck_assert_int_eq(export_to(0, out, NULL, 0), SQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "two arrays would be called labels"));
    ck_assert_int_ne(access(out, F_OK), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/export");
    TCase *formats = tcase_create("formats");
    tcase_set_timeout(formats, 60);
    tcase_add_checked_fixture(formats, make_folder, remove_folder);
    tcase_add_test(formats, csv_is_exactly_this);
    tcase_add_test(formats, names_with_commas_are_quoted);
    tcase_add_test(formats, the_text_form_is_exactly_this);
    tcase_add_test(formats, a_name_with_blanks_has_no_text_form);
    tcase_add_test(formats, two_arrays_of_one_name_are_refused);
    tcase_add_loop_test(formats, equal_content_is_equal_bytes, 0, N_FORMATS);
    tcase_add_loop_test(formats, an_existing_file_is_kept, 0, N_FORMATS);
    tcase_add_loop_test(formats, a_folder_that_is_missing_is_named, 0, N_FORMATS);
    tcase_add_loop_test(formats, a_full_disk_leaves_nothing, 0, N_FORMATS);
    tcase_add_loop_test(formats, a_full_device_is_an_error, 0, N_FORMATS);
    tcase_add_loop_test(formats, a_damaged_trace_leaves_nothing, 0, N_FORMATS);
    suite_add_tcase(s, formats);
    return s;
}

SQ_TEST_MAIN(suite())
