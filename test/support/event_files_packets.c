#include "test/support/event_files_packets.h"

#include <inttypes.h>
#include <lz4frame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum { PACKETS = 3, PACKET_EVENTS = 4096, WIDTH = 12, HEIGHT = 9, STEP = 10 };

static void put_aedat3_head(struct bytes *out, unsigned type, uint32_t n)
{
    bytes_put_u16(out, type);
    bytes_put_u16(out, 1);
    bytes_put_u32(out, 8);
    bytes_put_u32(out, 4);
    bytes_put_u32(out, 0);
    for (int i = 0; i < 3; i++)
        bytes_put_u32(out, n);
}

void write_aedat3(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    bytes_put_text(out, "#!AER-DAT3.1\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n");
    for (size_t k = 0; k < PACKETS; k++) {
        const size_t first = n * k / PACKETS, end = n * (k + 1) / PACKETS;
        put_aedat3_head(out, 0, 2);
        bytes_put_u64(out, 1);
        bytes_put_u64(out, 1);
        put_aedat3_head(out, 1, (uint32_t)(end - first) + 1);
        bytes_put_u64(out, 0); /* not valid */
        for (size_t i = first; i < end; i++) {
            bytes_put_u32(out, 1u | (uint32_t)event[i].p << 1 | (uint32_t)event[i].y << 2 |
                                   (uint32_t)event[i].x << 17);
            bytes_put_u32(out, (uint32_t)event[i].t);
        }
    }
}

enum codec { PLAIN, LZ4, ZSTD };

/* The bytes of `whole` as one frame; the caller frees them. */
static unsigned char *pack(enum codec codec, const struct bytes *whole, size_t *size)
{
    const size_t room = codec == LZ4    ? LZ4F_compressFrameBound(whole->n, NULL)
                        : codec == ZSTD ? ZSTD_compressBound(whole->n)
                                        : whole->n;
    unsigned char *packed = malloc(room);
    if (packed == NULL)
        abort();
    *size = whole->n;
    if (codec == PLAIN)
        memcpy(packed, whole->data, whole->n);
    else if (codec == LZ4)
        *size = LZ4F_compressFrame(packed, room, whole->data, whole->n, NULL);
    else
        *size = ZSTD_compress(packed, room, whole->data, whole->n, 3);
    if (*size > room)
        abort();
    return packed;
}

/* A packed payload; the stream's number and size in front of it unless stream < 0. */
static void put_payload(struct bytes *out, enum codec codec, int stream, const struct bytes *plain)
{
    struct bytes whole = {NULL, 0, 0};
    size_t size;
    bytes_put_u32(&whole, (uint32_t)plain->n);
    bytes_put(&whole, plain->data, plain->n);
    unsigned char *packed = pack(codec, &whole, &size);
    if (stream >= 0) {
        bytes_put_u32(out, (uint32_t)stream);
        bytes_put_u32(out, (uint32_t)size);
    }
    bytes_put(out, packed, size);
    free(packed);
    bytes_free(&whole);
}

/* A FlatBuffer with a table of one field, a vector that begins with the number n. */
static void put_table(struct bytes *out, const char *identifier, uint32_t n)
{
    bytes_put_u32(out, 16); /* the table */
    bytes_put(out, identifier, 4);
    bytes_put_u16(out, 6); /* its vtable: bytes, bytes of the table, the field */
    bytes_put_u16(out, 8);
    bytes_put_u16(out, 4);
    bytes_put_u16(out, 0);
    bytes_put_u32(out, 8); /* back to the vtable */
    bytes_put_u32(out, 4); /* on to the vector */
    bytes_put_u32(out, n);
}

static void put_evts(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    put_table(out, "EVTS", (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        bytes_put_u64(out, (uint64_t)event[i].t);
        bytes_put_u16(out, event[i].x);
        bytes_put_u16(out, event[i].y);
        bytes_put_u32(out, event[i].p);
    }
}

/* IOHE; *table is where the position of the data table lies. */
static void put_iohe(struct bytes *out, enum codec codec, size_t *table)
{
    static const char xml[] = "<dv><node name=\"outInfo\"><node name=\"0\">"
                              "<attr key=\"typeIdentifier\">EVTS</attr><node name=\"info\">"
                              "<attr key=\"sizeX\">346</attr><attr key=\"sizeY\">260</attr></node>"
                              "</node></node></dv>";
    bytes_put_u32(out, 20);
    bytes_put_text(out, "IOHE");
    bytes_put_u16(out, 10);
    bytes_put_u16(out, 20);
    bytes_put_u16(out, 4);
    bytes_put_u16(out, 8);
    bytes_put_u16(out, 16);
    bytes_put_u16(out, 0);
    bytes_put_u32(out, 12);
    bytes_put_u32(out, codec == PLAIN ? 0 : codec == LZ4 ? 1 : 3);
    *table = out->n;
    bytes_put_u64(out, 0);
    bytes_put_u32(out, 4);
    bytes_put_u32(out, sizeof xml - 1);
    bytes_put_text(out, xml);
    bytes_put_u8(out, 0);
}

static void write_aedat4(struct bytes *out, enum codec codec, const struct sq_camera_event *event,
                         size_t n)
{
    struct bytes header = {NULL, 0, 0};
    size_t table;
    put_iohe(&header, codec, &table);
    bytes_put_text(out, "#!AER-DAT4.0\r\n");
    bytes_put_u32(out, (uint32_t)header.n);
    table += out->n;
    bytes_put(out, header.data, header.n);
    bytes_free(&header);
    const size_t packets = n > PACKETS * PACKET_EVENTS ? n / PACKET_EVENTS + 1 : PACKETS;
    for (size_t k = 0; k < packets; k++) {
        const size_t first = n * k / packets, end = n * (k + 1) / packets;
        struct bytes imu = {NULL, 0, 0}, evts = {NULL, 0, 0};
        put_table(&imu, "IMUS", 0);
        put_evts(&evts, event + first, end - first);
        put_payload(out, codec, 1, &imu);
        put_payload(out, codec, 0, &evts);
        bytes_free(&imu);
        bytes_free(&evts);
    }
    for (int i = 0; i < 8; i++)
        out->data[table + (size_t)i] = (unsigned char)((uint64_t)out->n >> (8 * i));
    struct bytes ftab = {NULL, 0, 0};
    put_table(&ftab, "FTAB", 0);
    put_payload(out, codec, -1, &ftab);
    bytes_free(&ftab);
}

void write_aedat4_plain(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    write_aedat4(out, PLAIN, event, n);
}

void write_aedat4_lz4(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    write_aedat4(out, LZ4, event, n);
}

void write_aedat4_zstd(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    write_aedat4(out, ZSTD, event, n);
}

static unsigned index_of(const struct sq_camera_event *e)
{
    return ((unsigned)e->p * HEIGHT + e->y) * WIDTH + e->x;
}

void write_address_text(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    char line[96];
    snprintf(line, sizeof line, "# timesteps %zu\n", (n + STEP - 1) / STEP);
    bytes_put_text(out, "# spikeq address events 1\n");
    bytes_put_text(out, line);
    bytes_put_text(out, "# samples 1\n# population input numbers [2,9,12]\n"
                        "# population a.lif spikes [5]\n");
    for (size_t i = 0; i < n; i++) {
        snprintf(line, sizeof line, "0 %" PRId64 " input %u 1\n", event[i].t, index_of(&event[i]));
        bytes_put_text(out, line);
        if (i == 4)
            bytes_put_text(out, "0 0 a.lif 1\n0 0 a.lif 3\n");
    }
    snprintf(line, sizeof line, "# end frames 8 events %zu\n", n + 2);
    bytes_put_text(out, line);
}

static void put_record(struct bytes *out, uint32_t population, uint32_t timestep,
                       const struct bytes *payload, uint32_t n)
{
    bytes_put_u32(out, 1);
    bytes_put_u32(out, population);
    bytes_put_u64(out, 0);
    bytes_put_u32(out, timestep);
    bytes_put_u32(out, n);
    bytes_put_u64(out, payload->n);
    bytes_put(out, payload->data, payload->n);
}

/* A frame of the input: steps of less than 2^14. */
static void put_frame(struct bytes *out, uint32_t timestep, const struct sq_camera_event *event,
                      size_t n)
{
    struct bytes payload = {NULL, 0, 0};
    unsigned last = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned step = index_of(&event[i]) - last;
        if (step >= 128)
            bytes_put_u8(&payload, (step & 127) | 128);
        bytes_put_u8(&payload, step >= 128 ? step >> 7 : step);
        bytes_put_u8(&payload, 1);
        last += step;
    }
    put_record(out, 0, timestep, &payload, (uint32_t)n);
    bytes_free(&payload);
}

void write_address_binary(struct bytes *out, const struct sq_camera_event *event, size_t n)
{
    unsigned char spikes[] = {1, 2};
    const struct bytes payload = {spikes, 2, 2};
    const uint32_t timesteps = (uint32_t)((n + STEP - 1) / STEP);
    bytes_put_text(out, "spikeqAE");
    bytes_put_u32(out, 1);
    bytes_put_u32(out, 32 + 12 + 24 + 5 + 12 + 8 + 5);
    bytes_put_u32(out, timesteps);
    bytes_put_u32(out, 2);
    bytes_put_u64(out, 1);
    bytes_put_u32(out, 1);
    bytes_put_u32(out, 3);
    bytes_put_u64(out, 2);
    bytes_put_u64(out, HEIGHT);
    bytes_put_u64(out, WIDTH);
    bytes_put_u32(out, 5);
    bytes_put_text(out, "input");
    bytes_put_u32(out, 0);
    bytes_put_u32(out, 1);
    bytes_put_u64(out, 5);
    bytes_put_u32(out, 5);
    bytes_put_text(out, "a.lif");
    for (uint32_t t = 0; t < timesteps; t++) {
        const size_t first = (size_t)t * STEP, left = n - first;
        put_frame(out, t, event + first, left < STEP ? left : STEP);
        if (t == 0)
            put_record(out, 1, t, &payload, 2);
    }
    for (int i = 0; i < 2; i++)
        bytes_put_u32(out, 0);
    bytes_put_u64(out, timesteps + 1);
    bytes_put_u64(out, n + 2);
    bytes_put_u64(out, 0);
}
