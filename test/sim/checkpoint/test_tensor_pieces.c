/* Tensors in pieces: the values that reading them whole gives, which are those of single elements, from every
 * container and of every type that networks have; and what is wrong with a file is said. */
#include "test/sim/checkpoint/expect.h"
#include "test/support/pickle_writer.h"
#include "test/support/zip_writer.h"

#include <stdio.h>

enum { N = 5000 }; /* more than a chunk that is converted, no power of two */

static const struct {
    enum sq_dtype dtype;
    const char *storage, *safetensors;
} type[] = {
    {SQ_DTYPE_F32, "FloatStorage", "F32"},      {SQ_DTYPE_F16, "HalfStorage", "F16"},
    {SQ_DTYPE_BF16, "BFloat16Storage", "BF16"}, {SQ_DTYPE_F64, "DoubleStorage", "F64"},
    {SQ_DTYPE_I8, "CharStorage", "I8"},         {SQ_DTYPE_I64, "LongStorage", "I64"},
};
enum { N_TYPES = sizeof type / sizeof type[0], N_CONTAINERS = 4 };

/* Finite elements: of a floating-point type no exponent has all bits set. */
static struct bytes draw(struct sq_rng *rng, enum sq_dtype dtype)
{
    struct bytes out = {0};
    const size_t n = N * sq_dtype_bytes(dtype);
    for (size_t i = 0; i < n; i++)
        bytes_put_u8(&out, (unsigned)sq_rng_below(rng, 256));
    for (size_t i = 0, size = sq_dtype_bytes(dtype); i < n; i += size)
        out.data[i + size - 1] &= dtype == SQ_DTYPE_F64 ? 0xc3 : 0xbf; /* and none past float32 */
    return out;
}

static struct bytes pickle_of(size_t t)
{
    const struct pickle_tensor tensor = {.storage = type[t].storage,
                                         .key = "0",
                                         .storage_elements = N,
                                         .n_dims = 4,
                                         .dim = {N / 10, 10, 1, 1},
                                         .stride = {10, 1, 1, 1}};
    struct bytes out = {0};
    pickle_start(&out);
    pickle_op(&out, "}(");
    pickle_text(&out, "w");
    pickle_put_tensor(&out, &tensor);
    pickle_op(&out, "u.");
    return out;
}

static struct bytes zip_of(size_t t, const struct bytes *data, const struct zip_member *how)
{
    struct bytes file = {0}, pickle = pickle_of(t);
    struct zip_writer writer = {.out = &file};
    zip_writer_add(&writer, "r/data.pkl", pickle.data, pickle.n, NULL);
    zip_writer_add(&writer, "r/data/0", data->data, data->n, how);
    zip_writer_end(&writer);
    bytes_free(&pickle);
    return file;
}

static struct bytes legacy_of(size_t t, const struct bytes *data)
{
    struct bytes file = {0}, pickle = pickle_of(t);
    pickle_legacy_start(&file);
    bytes_put(&file, pickle.data, pickle.n);
    pickle_start(&file);
    pickle_op(&file, "]");
    pickle_text(&file, "0");
    pickle_op(&file, "a.");
    bytes_put_u64(&file, N);
    bytes_put(&file, data->data, data->n);
    bytes_free(&pickle);
    return file;
}

static struct bytes safetensors_of(size_t t, const struct bytes *data)
{
    struct bytes file = {0};
    char header[128];
    snprintf(header, sizeof header,
             "{\"w\":{\"dtype\":\"%s\",\"shape\":[%d,10],\"data_offsets\":[0,%zu]}}",
             type[t].safetensors, N / 10, data->n);
    bytes_put_u64(&file, strlen(header));
    bytes_put_text(&file, header);
    bytes_put(&file, data->data, data->n);
    return file;
}

static struct bytes file_of(size_t container, size_t t, const struct bytes *data)
{
    static const struct zip_member deflated = {.deflate = 1};
    switch (container) {
    case 0:
        return safetensors_of(t, data);
    case 1:
        return legacy_of(t, data);
    default:
        return zip_of(t, data, container == 2 ? NULL : &deflated);
    }
}

/* Element by element: each a tensor of its own, in memory. */
static void read_singly(size_t t, const struct bytes *data, float *out)
{
    for (size_t i = 0; i < N; i++) {
        const struct sq_tensor one = {.name = "one",
                                      .dtype = type[t].dtype,
                                      .n_elements = 1,
                                      .data = data->data + i * sq_dtype_bytes(type[t].dtype)};
        ck_assert_int_eq(sq_tensor_read_f32(NULL, &one, out + i), SQ_OK);
    }
}

static void read_in_pieces(struct sq_rng *rng, const struct sq_tensor *tensor, float *out)
{
    struct sq_tensor_pieces pieces;
    struct sq_error err = {0};
    ck_assert_int_eq(sq_tensor_begin(&err, tensor, &pieces), SQ_OK);
    for (size_t done = 0, n; done < N; done += n) {
        n = sq_rng_below(rng, 3000);
        n = n < N - done ? n : N - done;
        ck_assert_msg(sq_tensor_next(&err, &pieces, n, out + done) == SQ_OK, "%s", err.text);
    }
    sq_tensor_end(&pieces);
}

START_TEST(pieces_are_the_whole)
{
    static float want[N], whole[N], pieces[N];
    const size_t container = (size_t)_i % N_CONTAINERS, t = (size_t)_i / N_CONTAINERS;
    struct sq_rng rng = {(uint64_t)_i};
    struct sq_error err = {0};
    struct bytes data = draw(&rng, type[t].dtype), file = file_of(container, t, &data);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    const struct sq_tensor *w = sq_checkpoint_find(c, "", "w");
    read_singly(t, &data, want);
    ck_assert_msg(sq_tensor_read_f32(&err, w, whole) == SQ_OK, "%s", err.text);
    read_in_pieces(&rng, w, pieces);
    ck_assert_mem_eq(whole, want, sizeof want);
    ck_assert_mem_eq(pieces, want, sizeof want);
    ck_assert_ptr_null(w->source->data); /* nothing was kept */
    sq_checkpoint_free(c);
    bytes_free(&data);
}
END_TEST

/* Of a view, whose bytes are read at once: transposed. */
START_TEST(pieces_of_a_view)
{
    static float want[N], pieces[N];
    struct sq_rng rng = {7};
    struct bytes data = draw(&rng, SQ_DTYPE_F32), file = file_of(2, 0, &data);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    struct sq_tensor w = *sq_checkpoint_find(c, "", "w");
    read_singly(0, &data, want);
    w.n_dims = 2;
    w.dim[0] = 10;
    w.dim[1] = N / 10;
    w.stride[0] = 1;
    w.stride[1] = 10;
    read_in_pieces(&rng, &w, pieces);
    for (size_t i = 0; i < N; i++)
        ck_assert(pieces[i] == want[i % (N / 10) * 10 + i / (N / 10)]);
    sq_checkpoint_free(c);
    bytes_free(&data);
}
END_TEST

/* All pieces of a tensor of float32; the status of the first that fails. */
static int read_all(struct sq_error *err, const struct sq_checkpoint *c)
{
    static float out[N];
    struct sq_tensor_pieces pieces;
    int rc = sq_tensor_begin(err, sq_checkpoint_find(c, "", "w"), &pieces);
    for (size_t done = 0; rc == SQ_OK && done < N; done += N / 10)
        rc = sq_tensor_next(err, &pieces, N / 10, out);
    sq_tensor_end(&pieces);
    return rc;
}

/* A checksum that is wrong is told with the last piece, or with the first number that cannot be. */
START_TEST(a_damaged_member_is_refused)
{
    static const struct zip_member damaged = {.crc_xor = 1};
    struct sq_rng rng = {9};
    struct sq_error err = {0};
    struct bytes data = draw(&rng, SQ_DTYPE_F32);
    if (_i == 1)
        memset(data.data + 4000, 0xff, 4);
    struct bytes file = zip_of(0, &data, &damaged);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_int_eq(read_all(&err, c), SQ_EFORMAT);
    ck_assert_msg(strstr(err.text, "r/data/0: CRC error") != NULL, "%s", err.text);
    sq_checkpoint_free(c);
    bytes_free(&data);
}
END_TEST

START_TEST(what_is_not_finite_is_placed)
{
    struct sq_rng rng = {11};
    struct sq_error err = {0};
    struct bytes data = draw(&rng, SQ_DTYPE_F32);
    memset(data.data + 4 * 4321, 0xff, 4);
    struct bytes file = file_of((size_t)_i, 0, &data);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_int_eq(read_all(&err, c), SQ_EVALUE);
    ck_assert_msg(strstr(err.text, _i == 0 ? "[432,1] is" : "[432,1,0,0] is not a number") != NULL,
                  "%s", err.text);
    sq_checkpoint_free(c);
    bytes_free(&data);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint pieces of tensors");
    TCase *t = tcase_create("pieces");
    tcase_add_loop_test(t, pieces_are_the_whole, 0, N_TYPES * N_CONTAINERS);
    tcase_add_test(t, pieces_of_a_view);
    tcase_add_loop_test(t, a_damaged_member_is_refused, 0, 2);
    tcase_add_loop_test(t, what_is_not_finite_is_placed, 0, N_CONTAINERS);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
