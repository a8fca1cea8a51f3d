/* AEDAT 2.0 (jAER): lines that begin with #, then records of 8 bytes: address and time in us, both
 * uint32 and big-endian. What the address means depends on the camera, which "# AEChip" names:
 *
 *             no pixel's event            raw x      raw y      raw p
 *   DVS128    bit 15 or bit 31 set        bits 1-7   bits 8-14  bit 0
 *   DAVIS     bit 31 (APS, IMU), bit 10   bits 12-21 bits 22-30 bit 11
 *   DVS640    bit 21 or a higher one      bits 1-10  bits 11-20 bit 0
 *   DVS1280   bit 22 or a higher one      bits 1-11  bits 12-21 bit 0
 *
 * Without that line the addresses decide, where they fit one camera only (aedat2_camera.c). */
#include "kernels/base/little.h"
#include "sim/events/formats/aedat/aedat2_camera.h"
#include "sim/events/formats/aedat/aedat_formats.h"

#include <string.h>
#include <strings.h>

enum { VIEW_CANONICAL, VIEW_CIFAR10DVS, VIEW_RAW, VIEW_JAER, VIEW_TONIC, VIEW_KEEP, VIEW_UPRIGHT };

static const char *const views[] = {"canonical", "cifar10dvs",   "raw",     "jaer",
                                    "tonic",     "spikingjelly", "upright", NULL};

static bool knows(const unsigned char *head, size_t n)
{
    return sq_text_begins(head, n, "#!AER-DAT2.");
}

/* "# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C": the camera is the last part. */
static void read_chip(struct sq_camera *reader, const unsigned char *line, size_t n)
{
    static const char key[] = "# AEChip:";
    if (!sq_text_begins(line, n, key))
        return;
    while (n > strlen(key) && line[n - 1] == ' ')
        n--;
    size_t first = n;
    while (first > strlen(key) && line[first - 1] != '.' && line[first - 1] != ' ')
        first--;
    sq_text_copy(reader->facts.camera, sizeof reader->facts.camera, line + first, n - first);
}

static bool is_end(const unsigned char *line, size_t n)
{
    static const char end[] = "#End Of ASCII Header";
    return n >= strlen(end) && strncasecmp((const char *)line, end, strlen(end)) == 0;
}

static int read_header(struct sq_camera *reader)
{
    static const struct sq_header_lines lines = {"#", is_end};
    struct sq_aedat2 *state = reader->state;
    const unsigned char *at;
    size_t line;
    int rc = SQ_OK;
    bool over = false;
    while (!over && (rc = sq_event_peek_line(reader, &lines, &at, &line)) == SQ_OK && line > 0) {
        const size_t n = sq_text_trim(at, line);
        over = is_end(at, n);
        read_chip(reader, at, n);
        state->is_of_v2e |= sq_text_has(at, n, "v2e");
        sq_source_take(reader->source, line);
    }
    return rc;
}

static const struct {
    unsigned canonical, views; /* one bit each */
    const char *list;
} views_of[] = {
    [SQ_ADDRESS_DVS128] = {VIEW_CIFAR10DVS,
                           1u << VIEW_CIFAR10DVS | 1u << VIEW_RAW | 1u << VIEW_JAER |
                               1u << VIEW_TONIC | 1u << VIEW_KEEP,
                           "cifar10dvs, raw, jaer, tonic, spikingjelly"},
    [SQ_ADDRESS_DAVIS] = {VIEW_RAW, 1u << VIEW_RAW | 1u << VIEW_TONIC | 1u << VIEW_UPRIGHT,
                          "raw, upright, tonic"},
    [SQ_ADDRESS_DVS640] = {VIEW_RAW, 1u << VIEW_RAW, "raw"},
    [SQ_ADDRESS_DVS1280] = {VIEW_RAW, 1u << VIEW_RAW, "raw"},
};

/* Of a DAVIS that is not known by its size, rows and columns are counted from the other end only
 * where the size is given. */
static int check_size(struct sq_camera *reader)
{
    struct sq_aedat2 *state = reader->state;
    if (state->sensor.width > 0)
        return SQ_OK;
    state->sensor.width = reader->options.width;
    state->sensor.height = reader->options.height;
    return state->sensor.width > 0 || state->view == VIEW_RAW
               ? SQ_OK
               : sq_fail(reader->err, SQ_EUSAGE,
                         "%s: view %s needs the size of camera %s, which is not known; give " SQ_OPT
                         "size WIDTHxHEIGHT",
                         reader->path, views[state->view], reader->facts.camera);
}

static int choose_view(struct sq_camera *reader)
{
    struct sq_aedat2 *state = reader->state;
    const enum sq_addresses addresses = state->sensor.addresses;
    state->view = reader->view == VIEW_CANONICAL ? views_of[addresses].canonical : reader->view;
    reader->facts.view = views[state->view];
    return (views_of[addresses].views >> state->view & 1) != 0
               ? SQ_OK
               : sq_fail(reader->err, SQ_EUSAGE, "%s: view %s is not one of this camera's: %s",
                         reader->path, views[state->view], views_of[addresses].list);
}

static int open_aedat2(struct sq_camera *reader)
{
    int rc = sq_event_alloc_state(reader, sizeof(struct sq_aedat2));
    struct sq_aedat2 *state = reader->state;
    if (rc == SQ_OK)
        rc = read_header(reader);
    if (rc == SQ_OK)
        rc = sq_aedat2_find_camera(reader);
    if (rc == SQ_OK)
        rc = choose_view(reader);
    if (rc == SQ_OK)
        rc = check_size(reader);
    if (rc == SQ_OK) {
        reader->facts.width = state->sensor.width;
        reader->facts.height = state->sensor.height;
    }
    return rc;
}

static void read_dvs128(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    const unsigned view = ((const struct sq_aedat2 *)reader->state)->view;
    const uint32_t a = sq_be32(r);
    const uint16_t x = a >> 1 & 0x7f, y = a >> 8 & 0x7f;
    const int64_t t = sq_be32(r + 4);
    if ((a & 0x80008000u) != 0 && view != VIEW_KEEP) {
        reader->facts.drop[SQ_DROP_EXTERNAL]++;
        return;
    }
    if (view == VIEW_RAW)
        sq_event_put(&reader->batch, t, x, y, a & 1, at);
    else if (view == VIEW_TONIC)
        sq_event_put(&reader->batch, t, y, x, a & 1, at);
    else if (view == VIEW_JAER)
        sq_event_put(&reader->batch, t, 127 - x, y, ~a & 1, at);
    else /* a transpose */
        sq_event_put(&reader->batch, t, 127 - y, 127 - x, ~a & 1, at);
}

static void read_davis(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    const struct sq_aedat2 *state = reader->state;
    const uint32_t a = sq_be32(r);
    uint16_t x = a >> 12 & 0x3ff, y = a >> 22 & 0x1ff;
    if ((a & 0x80000400u) != 0) {
        reader->facts.drop[a >> 31 ? SQ_DROP_FRAME : SQ_DROP_EXTERNAL]++;
        return;
    }
    if (state->view != VIEW_RAW) { /* what lies outside wraps around and stays outside */
        x = (uint16_t)(state->sensor.width - 1 - x);
        y = (uint16_t)(state->sensor.height - 1 - y);
    }
    sq_event_put(&reader->batch, sq_be32(r + 4), x, y, a >> 11 & 1, at);
}

/* x from bit 1 on, y above it. */
static inline void read_plain(struct sq_camera *reader, const unsigned char *r, size_t at,
                              unsigned x_bits)
{
    const uint32_t a = sq_be32(r), y = a >> (1 + x_bits);
    if (y >> 10 != 0)
        reader->facts.drop[SQ_DROP_EXTERNAL]++;
    else
        sq_event_put(&reader->batch, sq_be32(r + 4), a >> 1 & ((1u << x_bits) - 1), (uint16_t)y,
                     a & 1, at);
}

static void read_dvs640(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    read_plain(reader, r, at, 10);
}

static void read_dvs1280(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    read_plain(reader, r, at, 11);
}

static int next(struct sq_camera *reader)
{
    switch (((const struct sq_aedat2 *)reader->state)->sensor.addresses) {
    case SQ_ADDRESS_DVS128:
        return sq_event_each_record(reader, SQ_AEDAT2_RECORD, 1, read_dvs128);
    case SQ_ADDRESS_DVS640:
        return sq_event_each_record(reader, SQ_AEDAT2_RECORD, 1, read_dvs640);
    case SQ_ADDRESS_DVS1280:
        return sq_event_each_record(reader, SQ_AEDAT2_RECORD, 1, read_dvs1280);
    default:
        return sq_event_each_record(reader, SQ_AEDAT2_RECORD, 1, read_davis);
    }
}

const struct sq_event_format sq_format_aedat2 = {.key = "aedat2",
                                                 .name = "AEDAT 2.0",
                                                 .views = views,
                                                 .knows = knows,
                                                 .open = open_aedat2,
                                                 .next = next};
