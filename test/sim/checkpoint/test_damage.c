/* Files of every container, cut at every byte and changed at every byte: an error or a checkpoint
 * that can be read to its last element, never anything else. What is out of bounds shows under
 * AddressSanitizer. */
#include "test/sim/checkpoint/expect.h"
#include "test/sim/checkpoint/torch_file.h"

static struct bytes pickle(void)
{
    struct bytes out = {0};
    pickle_start(&out);
    pickle_op(&out, "}(");
    pickle_text(&out, "state_dict");
    pickle_global(&out, "collections", "OrderedDict");
    pickle_op(&out, ")R");
    pickle_text(&out, "w");
    torch_file_put_tensor(&out);
    pickle_op(&out, "s");
    pickle_text(&out, "epoch");
    pickle_int(&out, 3);
    pickle_op(&out, "u.");
    return out;
}

static struct bytes safetensors(void)
{
    static const char header[] = "{\"state_dict.w\":{\"dtype\":\"F32\",\"shape\":[6],"
                                 "\"data_offsets\":[0,24]}}";
    struct bytes out = {0};
    bytes_put_u64(&out, strlen(header));
    bytes_put_text(&out, header);
    torch_file_ramp(&out);
    return out;
}

static struct bytes zip(void)
{
    struct bytes p = pickle();
    return torch_file_zip(&p);
}

static struct bytes legacy(void)
{
    struct bytes p = pickle();
    return torch_file_legacy(&p);
}

static struct bytes (*const make[])(void) = {safetensors, zip, legacy};

enum { N_CONTAINERS = 3 };

/* Read all there is. */
static void use(struct sq_checkpoint *c)
{
    for (size_t i = 0; i < sq_checkpoint_count(c); i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(c, i);
        ck_assert_uint_le(tensor->n_elements, SQ_MAX_EXPANDED_ELEMENTS);
        float *values = malloc((size_t)tensor->n_elements * sizeof *values + 1);
        ck_assert_ptr_nonnull(values);
        (void)sq_tensor_read_f32(NULL, tensor, values);
        free(values);
    }
    sq_checkpoint_free(c);
}

/* Opens or says why not. */
static int try_open(struct bytes *file)
{
    struct sq_error err = {0};
    struct sq_checkpoint *c = NULL;
    const int rc = open_bytes(file, &err, &c);
    if (rc == SQ_OK) {
        use(c);
    } else {
        ck_assert_ptr_null(c);
        ck_assert_int_eq(strncmp(err.text, "FILE: ", 6), 0);
        ck_assert_int_eq(err.code, rc);
        ck_assert(rc == SQ_EFORMAT || rc == SQ_EUNSUPPORTED);
    }
    return rc;
}

START_TEST(whole_files_open)
{
    struct bytes file = make[_i]();
    struct sq_checkpoint *c = expect_checkpoint(&file);
    const struct sq_tensor *w = sq_checkpoint_find(c, "state_dict.", "w");
    ck_assert_float_eq(values_of(w)[5], 5.0f);
    sq_checkpoint_free(c);
}
END_TEST

START_TEST(no_beginning_of_a_file_opens)
{
    const struct bytes whole = make[_i]();
    for (size_t n = 0; n < whole.n; n++) {
        struct bytes file = {0};
        bytes_put(&file, whole.data, n);
        ck_assert_msg(try_open(&file) != SQ_OK, "cut at %zu of %zu", n, whole.n);
        bytes_free(&file);
    }
    struct bytes copy = whole;
    bytes_free(&copy);
}
END_TEST

START_TEST(no_changed_byte_does_harm)
{
    static const unsigned char change[] = {0x01, 0x80, 0xff, 0x20};
    struct bytes file = make[_i]();
    for (size_t at = 0; at < file.n; at++) {
        for (size_t i = 0; i < sizeof change; i++) {
            file.data[at] ^= change[i];
            try_open(&file);
            file.data[at] ^= change[i];
        }
    }
    bytes_free(&file);
}
END_TEST

START_TEST(no_removed_or_doubled_bytes_do_harm)
{
    struct bytes whole = make[_i % N_CONTAINERS]();
    struct sq_rng rng = {(uint64_t)_i + 1};
    for (int round = 0; round < 300; round++) {
        const size_t from = sq_rng_below(&rng, whole.n);
        const size_t n = 1 + sq_rng_below(&rng, whole.n - from < 16 ? whole.n - from : 16);
        struct bytes file = {0};
        bytes_put(&file, whole.data, from);
        if (round % 2 != 0) {
            bytes_put(&file, whole.data + from, n);
            bytes_put(&file, whole.data + from, n);
        }
        bytes_put(&file, whole.data + from + n, whole.n - from - n);
        try_open(&file);
        bytes_free(&file);
    }
    bytes_free(&whole);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint damage");
    TCase *t = tcase_create("damage");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, whole_files_open, 0, N_CONTAINERS);
    tcase_add_loop_test(t, no_beginning_of_a_file_opens, 0, N_CONTAINERS);
    tcase_add_loop_test(t, no_changed_byte_does_harm, 0, N_CONTAINERS);
    tcase_add_loop_test(t, no_removed_or_doubled_bytes_do_harm, 0, 4 * N_CONTAINERS);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
