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

/* x from bit 1 on, y above it; every fifth record has a bit above all pixels. */
static void put_addresses(struct bytes *out, const struct sq_camera_event *event, size_t n,
                          unsigned x_bits)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t a = (uint32_t)event[i].y << (1 + x_bits) | (uint32_t)event[i].x << 1;
        put_be32(out, a | event[i].p);
        put_be32(out, (uint32_t)event[i].t);
        if (i % 5 == 0) {
            put_be32(out, i % 2 ? 0x80000000 : 0x00800000);
            put_be32(out, (uint32_t)event[i].t);
        }
    }
}

void write_dvs640(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "#!AER-DAT2.0\r\n# created Mi M\xe4r 13 2013, 20\xa0\xb0"
                        "C\r\n"
                        "# AEChip: ch.unizh.ini.jaer.chip.retina.DVS640\r\n");
    put_addresses(out, event, n, 10);
}

void write_dvs1280(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "#!AER-DAT2.0\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS1280x720SD\n"
                        "# \x01\x7f\x80 any bytes\n#end of ascii header\n");
    put_addresses(out, event, n, 11);
}

/* Both halves of a word of 64 bits, the upper one first. */
static void put_halves(struct bytes *out, uint64_t word)
{
    bytes_put_u32(out, (uint32_t)(word >> 32));
    bytes_put_u32(out, (uint32_t)word);
}

void write_evt21_legacy(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "% evt 2.1\n% camera_integrator_name Prophesee\n% owner J\xc3\xb6rg\n"
                        "% system_ID 49\n% end\n");
    for (size_t i = 0; i < n; i++) {
        const uint64_t t = (uint64_t)event[i].t, base = event[i].x & ~31u;
        put_halves(out, (uint64_t)8 << 60 | t >> 6 << 32);
        put_halves(out, (uint64_t)event[i].p << 60 | (t & 63) << 54 | base << 43 |
                            (uint64_t)event[i].y << 32 | (uint64_t)1 << (event[i].x - base));
    }
}

static void put_packet(struct bytes *out, unsigned type, uint32_t size, uint32_t capacity,
                       uint32_t number)
{
    const uint32_t field[] = {size, 4, 0, capacity, number, number};
    bytes_put_u16(out, type);
    bytes_put_u16(out, 1);
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
        bytes_put_u32(out, field[i]);
}

void write_aedat3_frames(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "#!AER-DAT3.1\r\n#Source 1: DAVIS346\r\n"
                        "#Start-Time: 2018-03-13 10:00:00 (TZ Mitteleurop\xc3\xa4ische Zeit)\r\n"
                        "#!END-HEADER\r\n");
    for (size_t i = 0; i < n; i++) {
        if (i % 8 == 3) { /* 5 bytes, though its events are said to be larger */
            put_packet(out, 0x8002, 359876, 5, 1);
            bytes_put(out, "\x89PNG\x01", 5);
        }
        put_packet(out, 1, 8, 1, 1);
        bytes_put_u32(out, 1u | (uint32_t)event[i].p << 1 | (uint32_t)event[i].y << 2 |
                               (uint32_t)event[i].x << 17);
        bytes_put_u32(out, (uint32_t)event[i].t);
    }
}

void write_text_heading(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    char line[160];
    bytes_put_text(
        out, "\xef\xbb\xbf# Z\xc3\xbcrich, caf\xc3\xa9\r\n\"x\",\"y\",\"Timestamp\",\"on\"\r\n");
    for (size_t i = 0; i < n; i++) {
        snprintf(line, sizeof line, i % 2 ? "%.18e,%.18e,%.18e,%.1f\r\n" : "%.1f %.0f. %.3f %.2f\n",
                 (double)event[i].x, (double)event[i].y, (double)event[i].t, (double)event[i].p);
        bytes_put_text(out, line);
    }
}

static void put_npy_header(struct bytes *out, const char *descr, const char *order,
                           const char *shape, size_t n)
{
    char header[512], shape_text[32];
    snprintf(shape_text, sizeof shape_text, shape, n);
    const int length =
        snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': %s, 'shape': (%s), }\n",
                 descr, order, shape_text);
    bytes_put(out, "\x93NUMPY\x01\x00", 8);
    bytes_put_u16(out, (unsigned)length);
    bytes_put_text(out, header);
}

/* 2 + 2 + 2 padding + 1 + 12 text + 8 + 6 bytes of a field with a shape. */
static void put_padded(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    static const char rest[18] = "any bytes";
    put_npy_header(out,
                   "[('x', '<u2'), ('y', '>u2'), ('', '|V2'), (('a title', 'polarity'), '|b1'), "
                   "('the_name_of_whoever_recorded_it', '<U3'), ('timestamp', '<i8'), "
                   "(\"it's\", '<i2', (3,))]",
                   "False", "%zu,", n);
    for (size_t i = 0; i < n; i++) {
        bytes_put_u16(out, event[i].x);
        bytes_put_u8(out, event[i].y >> 8);
        bytes_put_u8(out, event[i].y & 255);
        bytes_put(out, "\xff\xff", 2);
        bytes_put_u8(out, event[i].p);
        bytes_put(out, rest, 12);
        bytes_put_u64(out, (uint64_t)event[i].t);
        bytes_put(out, rest, 6);
    }
}

void write_npy_padded(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    put_padded(out, event, n);
}

void write_npy_fortran(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    put_npy_header(out, "'<i4'", "True", "%zu, 4", n);
    for (size_t i = 0; i < n; i++)
        bytes_put_u32(out, event[i].x);
    for (size_t i = 0; i < n; i++)
        bytes_put_u32(out, event[i].y);
    for (size_t i = 0; i < n; i++)
        bytes_put_u32(out, event[i].p);
    for (size_t i = 0; i < n; i++)
        bytes_put_u32(out, (uint32_t)event[i].t);
}

/* A zip archive of one member, and a list that plays no part. */
static void put_archive(struct bytes *out, const char *name, struct bytes *member)
{
    struct zip_writer writer = {.out = out};
    zip_writer_add(&writer, "note.txt", (const unsigned char *)"recorded", 8,
                   &(struct zip_member){.deflate = 0});
    zip_writer_add(&writer, name, member->data, member->n, &(struct zip_member){.deflate = 1});
    zip_writer_end(&writer);
    bytes_free(member);
}

void write_npz_records(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    struct bytes member = {NULL, 0, 0};
    put_padded(&member, event, n);
    put_archive(out, "events.npy", &member);
}

void write_npz_fortran(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    struct bytes member = {NULL, 0, 0};
    write_npy_fortran(&member, event, n);
    put_archive(out, "arr_0.npy", &member);
}
