#include "test/support/event_files.h"

#include "test/support/event_files_packets.h"
#include "test/support/event_files_shapes.h"
#include "test/support/zip_writer.h"
#include "test/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_be32(struct bytes *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes_put_u8(out, value >> shift & 255);
}

/* The third event comes behind an overflow mark: its time is told less 2^13. */
static void write_nmnist(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t t = (uint32_t)event[i].t - (i >= 2 ? 8192 : 0);
        if (i == 2) {
            bytes_put(out, "\x05\xf0\x00\x00\x00", 5);
        }
        bytes_put_u8(out, event[i].x);
        bytes_put_u8(out, event[i].y);
        bytes_put_u8(out, (unsigned)event[i].p << 7 | (t >> 16 & 127));
        bytes_put_u8(out, t >> 8 & 255);
        bytes_put_u8(out, t & 255);
    }
}

/* As the view cifar10dvs undoes it. */
static void write_dvs128(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put_be32(out, (127u - event[i].x) << 8 | (127u - event[i].y) << 1 | !event[i].p);
        put_be32(out, (uint32_t)event[i].t);
        if (i % 5 == 0) { /* a sync record, and one of the kind that bit 31 marks */
            put_be32(out, i % 2 ? 0x8000 : 0x80000000);
            put_be32(out, (uint32_t)event[i].t);
        }
    }
}

static void write_dvs128_crlf(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n"
                        "# a \t comment\r\n#End Of ASCII Header\r\n");
    write_dvs128(out, event, n);
}

/* Camera and end of the header are told by the data alone. */
static void write_dvs128_bare(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "#!AER-DAT2.0\n");
    for (size_t i = 0; i < n; i++) {
        put_be32(out, (127u - event[i].x) << 8 | (127u - event[i].y) << 1 | !event[i].p);
        put_be32(out, (uint32_t)event[i].t);
    }
}

static void write_davis(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "#!AER-DAT2.0\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\n"
                        "#End Of ASCII Header\n");
    for (size_t i = 0; i < n; i++) {
        put_be32(out, (uint32_t)event[i].y << 22 | (uint32_t)event[i].x << 12 |
                          (uint32_t)event[i].p << 11);
        put_be32(out, (uint32_t)event[i].t);
        if (i % 4 == 0) {
            put_be32(out, i % 8 ? 0x400 : 0x80000c00);
            put_be32(out, (uint32_t)event[i].t);
        }
    }
}

static void write_dat(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "% Version 2\n% Height 240\n% Width 304\n");
    bytes_put_u8(out, 12);
    bytes_put_u8(out, 8);
    for (size_t i = 0; i < n; i++) {
        bytes_put_u32(out, (uint32_t)event[i].t);
        bytes_put_u32(out, event[i].x | (uint32_t)event[i].y << 14 | (uint32_t)event[i].p << 28);
    }
}

static void write_evt2(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "% evt 2.0\n% geometry 320x240\n% end\n");
    bytes_put_u32(out, 1u << 28 | 5); /* before any time */
    for (size_t i = 0; i < n; i++) {
        const uint64_t t = (uint64_t)event[i].t;
        bytes_put_u32(out, 8u << 28 | (uint32_t)(t >> 6));
        bytes_put_u32(out, (uint32_t)event[i].p << 28 | (uint32_t)(t & 63) << 22 |
                               (uint32_t)event[i].x << 11 | event[i].y);
        if (i % 3 == 0)
            bytes_put_u32(out, (i % 2 ? 0xau : 0xeu) << 28);
    }
}

static void write_evt21(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "% evt 2.1\n% format EVT21;height=240;width=320\n% end\n");
    for (size_t i = 0; i < n; i++) {
        const uint64_t t = (uint64_t)event[i].t, base = event[i].x & ~31u;
        bytes_put_u64(out, (uint64_t)8 << 60 | t >> 6 << 32);
        bytes_put_u64(out, (uint64_t)event[i].p << 60 | (t & 63) << 54 | base << 43 |
                               (uint64_t)event[i].y << 32 | (uint64_t)1 << (event[i].x - base));
    }
}

/* Odd events as vector words. */
static void write_evt3(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "% evt 3.0\n% format EVT3;height=128;width=128\n");
    bytes_put_u16(out, 5); /* before any time */
    for (size_t i = 0; i < n; i++) {
        const unsigned t = (unsigned)event[i].t & 0xffffff, base = event[i].x & ~7u;
        bytes_put_u16(out, 8u << 12 | t >> 12);
        bytes_put_u16(out, 6u << 12 | (t & 4095));
        bytes_put_u16(out, event[i].y);
        if (i % 2 == 0) {
            bytes_put_u16(out, 2u << 12 | (unsigned)event[i].p << 11 | event[i].x);
            continue;
        }
        bytes_put_u16(out, 3u << 12 | (unsigned)event[i].p << 11 | base);
        bytes_put_u16(out, (i % 4 == 1 ? 4u : 5u) << 12 | 1u << (event[i].x - base));
        bytes_put_u16(out, 10u << 12);
    }
}

static void write_text(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    char line[64];
    bytes_put_text(out, "# t x y p\n");
    for (size_t i = 0; i < n; i++) {
        snprintf(line, sizeof line,
                 i % 2 ? "%" PRId64 " %u %u %d\n" : "%" PRId64 ",%u,\t%u, %d\r\n", event[i].t,
                 event[i].x, event[i].y,
                 event[i].p ? 1
                 : i % 3    ? 0
                            : -1);
        bytes_put_text(out, line);
    }
}

static void put_npy_header(struct bytes *out, const char *descr, const char *shape)
{
    char header[256];
    const int n = snprintf(header, sizeof header,
                           "{'descr': %s, 'fortran_order': False, 'shape': %s, }", descr, shape);
    bytes_put(out, "\x93NUMPY\x01\x00", 8);
    bytes_put_u16(out, (unsigned)n);
    bytes_put_text(out, header);
}

static void write_npy(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    char shape[32];
    snprintf(shape, sizeof shape, "(%zu,)", n);
    put_npy_header(out, "[('x', '<i2'), ('y', '<i2'), ('t', '<i8'), ('p', '|b1')]", shape);
    for (size_t i = 0; i < n; i++) {
        bytes_put_u16(out, event[i].x);
        bytes_put_u16(out, event[i].y);
        bytes_put_u64(out, (uint64_t)event[i].t);
        bytes_put_u8(out, event[i].p);
    }
}

static void put_double(struct bytes *out, double value)
{
    bytes_put(out, &value, sizeof value); /* on a little-endian machine */
}

static void write_npy_rows(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    char shape[32];
    snprintf(shape, sizeof shape, "(%zu, 4)", n);
    put_npy_header(out, "'<f8'", shape);
    for (size_t i = 0; i < n; i++) {
        put_double(out, event[i].x);
        put_double(out, event[i].y);
        put_double(out, event[i].p);
        put_double(out, (double)event[i].t);
    }
}

/* t is big-endian, x and y are unsigned, p is signed and 8 bytes long. */
static void write_npz(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    static const char *const name[] = {"t.npy", "x.npy", "y.npy", "p.npy"};
    static const char *const descr[] = {"'>u4'", "'<u4'", "'<u4'", "'<i8'"};
    struct zip_writer writer = {.out = out};
    char shape[32];
    snprintf(shape, sizeof shape, "(%zu,)", n);
    for (int c = 0; c < 4; c++) {
        struct bytes member = {NULL, 0, 0};
        put_npy_header(&member, descr[c], shape);
        for (size_t i = 0; i < n; i++) {
            if (c == 0)
                put_be32(&member, (uint32_t)event[i].t);
            else if (c == 3)
                bytes_put_u64(&member, event[i].p);
            else
                bytes_put_u32(&member, c == 1 ? event[i].x : event[i].y);
        }
        zip_writer_add(&writer, name[c], member.data, member.n,
                       &(struct zip_member){.deflate = c % 2});
        bytes_free(&member);
    }
    zip_writer_end(&writer);
}

const struct event_file event_file[] = {
    {"N-MNIST", "N-MNIST", 34, 34, {[SQ_DROP_OVERFLOW] = 1}, 1, write_nmnist},
    {"AEDAT 2.0, DVS128, CRLF",
     "AEDAT 2.0",
     128,
     128,
     {[SQ_DROP_EXTERNAL] = 8},
     1,
     write_dvs128_crlf},
    {"AEDAT 2.0, no camera", "AEDAT 2.0", 128, 128, {0}, 1, write_dvs128_bare},
    {"AEDAT 2.0, DAVIS",
     "AEDAT 2.0",
     240,
     180,
     {[SQ_DROP_FRAME] = 5, [SQ_DROP_EXTERNAL] = 5},
     1,
     write_davis},
    {"AEDAT 2.0, DVS640", "AEDAT 2.0", 640, 480, {[SQ_DROP_EXTERNAL] = 8}, 1, write_dvs640},
    {"AEDAT 2.0, DVS1280x720SD",
     "AEDAT 2.0",
     1280,
     720,
     {[SQ_DROP_EXTERNAL] = 8},
     1,
     write_dvs1280},
    {"AEDAT 3.1, compressed frames",
     "AEDAT 3.1",
     346,
     260,
     {[SQ_DROP_OTHER] = 5},
     1,
     write_aedat3_frames},
    {"AEDAT 3.1",
     "AEDAT 3.1",
     128,
     128,
     {[SQ_DROP_OTHER] = 6, [SQ_DROP_INVALID] = 3},
     1,
     write_aedat3},
    {"AEDAT 4.0, plain", "AEDAT 4.0", 346, 260, {[SQ_DROP_OTHER] = 3}, 1, write_aedat4_plain},
    {"AEDAT 4.0, LZ4", "AEDAT 4.0", 346, 260, {[SQ_DROP_OTHER] = 3}, 1, write_aedat4_lz4},
    {"AEDAT 4.0, zstd", "AEDAT 4.0", 346, 260, {[SQ_DROP_OTHER] = 3}, 1, write_aedat4_zstd},
    {"DAT 2", "Prophesee DAT 2", 304, 240, {0}, 1, write_dat},
    {"EVT 2.0",
     "Prophesee EVT 2.0",
     320,
     240,
     {[SQ_DROP_UNTIMED] = 1, [SQ_DROP_EXTERNAL] = 7, [SQ_DROP_OTHER] = 7},
     1,
     write_evt2},
    {"EVT 2.1", "Prophesee EVT 2.1", 320, 240, {0}, 1, write_evt21},
    {"EVT 2.1, legacy", "Prophesee EVT 2.1", 1280, 720, {0}, 1, write_evt21_legacy},
    {"EVT 3.0",
     "Prophesee EVT 3.0",
     128,
     128,
     {[SQ_DROP_UNTIMED] = 1, [SQ_DROP_EXTERNAL] = 20},
     1,
     write_evt3},
    {"text", "text", 128, 128, {0}, 1, write_text},
    {"text, heading", "text", 128, 128, {0}, 1, write_text_heading},
    {"npy, padded records", "NumPy events", 128, 128, {0}, 1, write_npy_padded},
    {"npy, Fortran", "NumPy events", 128, 128, {0}, 1, write_npy_fortran},
    {"npz, records", "NumPy archive of events", 128, 128, {0}, 1, write_npz_records},
    {"npz, Fortran", "NumPy archive of events", 128, 128, {0}, 1, write_npz_fortran},
    {"npy, records", "NumPy events", 128, 128, {0}, 1, write_npy},
    {"npy, rows", "NumPy events", 128, 128, {0}, 1, write_npy_rows},
    {"npz", "NumPy archive of events", 128, 128, {0}, 1, write_npz},
    {"address events, text",
     "address events, text",
     12,
     9,
     {[SQ_DROP_OTHER] = 2},
     0,
     write_address_text},
    {"address events, binary",
     "address events, binary",
     12,
     9,
     {[SQ_DROP_OTHER] = 2},
     0,
     write_address_binary},
};

const size_t n_event_files = sizeof event_file / sizeof event_file[0];

/* Times begin so late that an overflow mark can lie before the third event, and end within 23 bits.
 * Address events have their timestep as time, and rise within it. */
void event_file_draw(const struct event_file *file, uint64_t seed, struct sq_camera_event *event,
                     size_t n)
{
    struct sq_rng rng = {seed};
    int64_t t = file->is_timed ? 9000 : 0;
    for (size_t i = 0; i < n; i++) {
        event[i] = (struct sq_camera_event){.t = t,
                                            .x = (uint16_t)sq_rng_below(&rng, file->width),
                                            .y = (uint16_t)sq_rng_below(&rng, file->height),
                                            .p = (uint8_t)sq_rng_below(&rng, 2)};
        if (!file->is_timed) /* one after the other */
            event[i] = (struct sq_camera_event){.t = (int64_t)(i / 10),
                                                .x = (uint16_t)(i % 10),
                                                .y = (uint16_t)(i / 10 % file->height),
                                                .p = i % 10 > 4};
        t += (int64_t)sq_rng_below(&rng, 100);
    }
    /* The corners, so that the smallest sensor is this one. */
    if (n > 1 && file->is_timed) {
        event[n - 1].x = (uint16_t)(file->width - 1);
        event[n - 2].y = (uint16_t)(file->height - 1);
    }
}

void event_file_save(const struct bytes *bytes, const char *path)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert(bytes->n == 0 || fwrite(bytes->data, 1, bytes->n, file) == bytes->n);
    ck_assert_int_eq(fclose(file), 0);
}
