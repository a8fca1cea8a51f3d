/* AEDAT 2.0 (jAER): lines that begin with #, then records of 8 bytes: address and time in us, both
 * uint32 and big-endian. What the address means depends on the camera:
 *
 *             no pixel's event            raw x      raw y      raw p
 *   DVS128    bit 15 or bit 31 set        bits 1-7   bits 8-14  bit 0
 *   DAVIS     bit 31 (APS, IMU), bit 10   bits 12-21 bits 22-30 bit 11
 *
 * Without a line "# AEChip" the camera is told by the addresses: those of a DVS128 have 16 bits. */
#include "kernels/base/little.h"
#include "sim/events/event_format.h"
#include "sim/events/event_sensor.h"
#include "sim/events/text_line.h"

#include <string.h>
#include <strings.h>

enum { RECORD = 8 };

enum { VIEW_CANONICAL, VIEW_CIFAR10DVS, VIEW_RAW, VIEW_JAER, VIEW_TONIC, VIEW_KEEP, VIEW_UPRIGHT };

static const char *const views[] = {"canonical", "cifar10dvs",   "raw",     "jaer",
                                    "tonic",     "spikingjelly", "upright", NULL};

struct aedat2 {
    bool is_dvs128;
    unsigned view;
    uint32_t width, height; /* of the camera, whatever size was given */
};

static bool knows(const unsigned char *head, size_t n)
{
    return sq_text_begins(head, n, "#!AER-DAT2.");
}

/* "# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C": the camera is the last part. */
static void read_chip(struct sq_camera *reader, const unsigned char *line, size_t n)
{
    static const char key[] = "# AEChip:";
    struct aedat2 *state = reader->state;
    if (!sq_text_begins(line, n, key))
        return;
    size_t first = n;
    while (first > strlen(key) && line[first - 1] != '.' && line[first - 1] != ' ')
        first--;
    sq_text_copy(reader->facts.camera, sizeof reader->facts.camera, line + first, n - first);
    if (sq_sensor_of_name((const char *)line + first, n - first, &state->width, &state->height))
        state->is_dvs128 = strncasecmp((const char *)line + first, "DVS128", 6) == 0;
}

static bool is_end(const unsigned char *line, size_t n)
{
    static const char end[] = "#End Of ASCII Header";
    return n >= strlen(end) && strncasecmp((const char *)line, end, strlen(end)) == 0;
}

static int read_header(struct sq_camera *reader)
{
    const unsigned char *at;
    size_t line;
    int rc;
    bool over = false;
    while ((rc = sq_event_peek_line(reader, "#", &at, &line)) == SQ_OK && line > 0 && !over) {
        const size_t n = sq_text_trim(at, line);
        over = is_end(at, n);
        read_chip(reader, at, n);
        sq_source_take(reader->source, line);
    }
    return rc;
}

/* All addresses of a file together; of a pipe, those that are there. */
static int unite_addresses(struct sq_camera *reader, uint32_t *all)
{
    const uint64_t start = sq_source_offset(reader->source);
    const bool is_file = sq_source_is_file(reader->source);
    const unsigned char *at;
    size_t n;
    int rc;
    *all = 0;
    while ((rc = sq_event_peek(reader, RECORD, &at, &n)) == SQ_OK && n >= RECORD) {
        for (size_t i = 0; i + RECORD <= n; i += RECORD)
            *all |= sq_be32(at + i);
        if (!is_file)
            return rc;
        sq_source_take(reader->source, n / RECORD * RECORD);
    }
    return rc == SQ_OK && is_file ? sq_source_rewind(reader->err, reader->source, start) : rc;
}

static int tell_camera(struct sq_camera *reader)
{
    struct aedat2 *state = reader->state;
    uint32_t all;
    if (reader->facts.camera[0] != '\0')
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: the addresses of camera %s are not known; DVS128 and DAVIS are",
                       reader->path, reader->facts.camera);
    const int rc = unite_addresses(reader, &all);
    const bool is_346 = (all >> 12 & 0x3ff) > 255 || (all >> 22 & 0x1ff) > 255;
    state->is_dvs128 = (all & 0x7fff0000u) == 0;
    state->width = state->is_dvs128 ? 128 : is_346 ? 346 : 240;
    state->height = state->is_dvs128 ? 128 : is_346 ? 260 : 180;
    reader->facts.size_is_guessed = true;
    return rc;
}

static int choose_view(struct sq_camera *reader)
{
    struct aedat2 *state = reader->state;
    const bool is_dvs = state->is_dvs128;
    state->view = reader->view;
    if (state->view == VIEW_CANONICAL)
        state->view = is_dvs ? VIEW_CIFAR10DVS : VIEW_RAW;
    const bool exists = is_dvs ? state->view != VIEW_UPRIGHT
                               : state->view == VIEW_RAW || state->view == VIEW_TONIC ||
                                     state->view == VIEW_UPRIGHT;
    reader->facts.view = views[state->view];
    return exists ? SQ_OK
                  : sq_fail(reader->err, SQ_EUSAGE, "%s: view %s is not one of this camera's: %s",
                            reader->path, views[state->view],
                            is_dvs ? "cifar10dvs, raw, jaer, tonic, spikingjelly"
                                   : "raw, upright, tonic");
}

static int open_aedat2(struct sq_camera *reader)
{
    int rc = sq_event_alloc_state(reader, sizeof(struct aedat2));
    struct aedat2 *state = reader->state;
    if (rc == SQ_OK)
        rc = read_header(reader);
    if (rc == SQ_OK && state->width == 0)
        rc = tell_camera(reader);
    if (rc == SQ_OK)
        rc = choose_view(reader);
    if (rc == SQ_OK) {
        reader->facts.width = state->width;
        reader->facts.height = state->height;
    }
    return rc;
}

static void read_dvs128(struct sq_camera *reader, const unsigned char *r, size_t at)
{
    const unsigned view = ((const struct aedat2 *)reader->state)->view;
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
    const struct aedat2 *state = reader->state;
    const uint32_t a = sq_be32(r);
    uint16_t x = a >> 12 & 0x3ff, y = a >> 22 & 0x1ff;
    if ((a & 0x80000400u) != 0) {
        reader->facts.drop[a >> 31 ? SQ_DROP_FRAME : SQ_DROP_EXTERNAL]++;
        return;
    }
    if (state->view != VIEW_RAW) { /* what lies outside wraps around and stays outside */
        x = (uint16_t)(state->width - 1 - x);
        y = (uint16_t)(state->height - 1 - y);
    }
    sq_event_put(&reader->batch, sq_be32(r + 4), x, y, a >> 11 & 1, at);
}

static int next(struct sq_camera *reader)
{
    const struct aedat2 *state = reader->state;
    return state->is_dvs128 ? sq_event_each_record(reader, RECORD, 1, read_dvs128)
                            : sq_event_each_record(reader, RECORD, 1, read_davis);
}

const struct sq_event_format sq_format_aedat2 = {.key = "aedat2",
                                                 .name = "AEDAT 2.0",
                                                 .views = views,
                                                 .knows = knows,
                                                 .open = open_aedat2,
                                                 .next = next};
