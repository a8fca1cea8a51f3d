#include "sim/events/formats/aedat/aedat2_camera.h"

#include "kernels/base/little.h"

#include <stdio.h>
#include <string.h>

#define SQ_CAMERAS \
    "DVS128, DAVIS240C, DAVIS346 and others of that family, DVXplorer, DVS640, DVS1280x720SD"

/* Bits common to all addresses. */
struct evidence {
    uint64_t n;
    bool fits_dvs128, fits_davis, fits_dvs640;
    bool has_davis;            /* a pixel of a DAVIS, or what only a DAVIS writes */
    uint32_t davis_x, davis_y; /* the largest */
};

static void add_address(struct evidence *e, uint32_t a)
{
    const uint32_t x = a >> 12 & 0x3ff, y = a >> 22 & 0x1ff;
    e->n++;
    e->fits_dvs128 &= (a & 0x7fff0000u) == 0;
    e->fits_dvs640 &= (a >> 1 & 0x3ff) < 640 && a >> 11 < 480;
    e->has_davis |= a >> 31 != 0 || (a & 0x400) == 0;
    if ((a & 0x80000400u) != 0) /* no pixel's, of a DAVIS */
        return;
    e->fits_davis &= (a & 0x3ff) == 0 && x < 640 && y < 480;
    e->davis_x = x > e->davis_x ? x : e->davis_x;
    e->davis_y = y > e->davis_y ? y : e->davis_y;
}

/* Records of a stream that are waited for: a guess must not depend on how much of it has arrived. */
enum { STREAM_RECORDS = 1024 };

/* Of a file all addresses, of a stream the first. */
static int collect(struct sq_camera *reader, struct evidence *e)
{
    const uint64_t start = sq_source_offset(reader->source);
    const bool is_file = sq_source_is_file(reader->source);
    const size_t least = (is_file ? 1 : STREAM_RECORDS) * (size_t)SQ_AEDAT2_RECORD;
    const unsigned char *at;
    size_t n;
    int rc;
    *e = (struct evidence){.fits_dvs128 = true, .fits_davis = true, .fits_dvs640 = true};
    while ((rc = sq_event_peek(reader, least, &at, &n)) == SQ_OK && n >= SQ_AEDAT2_RECORD) {
        n = !is_file && n > least ? least : n;
        for (size_t i = 0; i + SQ_AEDAT2_RECORD <= n; i += SQ_AEDAT2_RECORD)
            add_address(e, sq_be32(at + i));
        if (!is_file)
            return rc;
        sq_source_take(reader->source, n / SQ_AEDAT2_RECORD * SQ_AEDAT2_RECORD);
    }
    return rc == SQ_OK && is_file ? sq_source_rewind(reader->err, reader->source, start) : rc;
}

static int refuse(struct sq_camera *reader, const struct evidence *e)
{
    return sq_fail(reader->err, SQ_EUNSUPPORTED,
                   "%s: names no camera (# AEChip), and its addresses %s; " SQ_OPT
                   "camera NAME gives it: " SQ_CAMERAS,
                   reader->path,
                   e->fits_dvs128 && e->fits_dvs640 ? "fit both a DVS128 and a DVS640"
                                                    : "fit neither a DAVIS nor a DVS640");
}

/* A DAVIS leaves the ten lowest bits alone; v2e writes those of a DAVIS or a DVS640. */
static int name_by_addresses(struct sq_camera *reader, const struct evidence *e, const char **name)
{
    const struct sq_aedat2 *state = reader->state;
    const bool may_be_dvs128 = e->fits_dvs128 && !state->is_of_v2e;
    if (e->fits_davis && e->has_davis)
        *name = e->davis_x >= 346 || e->davis_y >= 260   ? "DAVIS640"
                : e->davis_x >= 240 || e->davis_y >= 180 ? "DAVIS346"
                                                         : "DAVIS240";
    else if (may_be_dvs128 != e->fits_dvs640)
        *name = may_be_dvs128 ? "DVS128" : "DVS640";
    else
        return refuse(reader, e);
    return SQ_OK;
}

/* Without the path, so that a data set of thousands gives one line. */
static int warn_of_guess(struct sq_camera *reader)
{
    return sq_warn(reader->err, "camera-by-addresses",
                   "AEDAT 2.0 without a camera's name (# AEChip) is read as of a %s, by its "
                   "addresses; " SQ_OPT "camera NAME gives another",
                   reader->facts.camera);
}

static int guess_camera(struct sq_camera *reader)
{
    struct sq_aedat2 *state = reader->state;
    struct sq_event_facts *facts = &reader->facts;
    struct evidence e;
    const char *name = NULL;
    int rc = collect(reader, &e);
    if (rc == SQ_OK && e.n == 0) { /* no events: nothing depends on it */
        state->sensor = (struct sq_sensor){SQ_ADDRESS_DVS128, 128, 128};
        facts->size_is_guessed = true;
        return SQ_OK;
    }
    if (rc == SQ_OK)
        rc = name_by_addresses(reader, &e, &name);
    if (rc != SQ_OK)
        return rc;
    sq_sensor_of_name(name, strlen(name), &state->sensor);
    snprintf(facts->camera, sizeof facts->camera, "%s", name);
    facts->camera_is_guessed = true;
    facts->size_is_guessed = state->sensor.addresses == SQ_ADDRESS_DAVIS;
    return state->sensor.addresses != SQ_ADDRESS_DAVIS && !state->is_of_v2e ? warn_of_guess(reader)
                                                                            : SQ_OK;
}

/* --camera NAME, where the header names none, or none that is known. */
static int take_option(struct sq_camera *reader, bool is_named)
{
    struct sq_aedat2 *state = reader->state;
    const char *name = reader->options.camera;
    if (is_named)
        return sq_fail(reader->err, SQ_EUSAGE,
                       "%s: names its camera itself, %s; " SQ_OPT
                       "camera is for recordings that do not",
                       reader->path, reader->facts.camera);
    if (!sq_sensor_of_name(name, strlen(name), &state->sensor))
        return sq_fail(reader->err, SQ_EUSAGE, SQ_OPT "camera %s: expected one of " SQ_CAMERAS,
                       name);
    snprintf(reader->facts.camera, sizeof reader->facts.camera, "%s", name);
    return SQ_OK;
}

int sq_aedat2_find_camera(struct sq_camera *reader)
{
    struct sq_aedat2 *state = reader->state;
    const char *camera = reader->facts.camera;
    const bool is_named = sq_sensor_of_name(camera, strlen(camera), &state->sensor);
    if (reader->options.camera != NULL)
        return take_option(reader, is_named);
    if (is_named)
        return SQ_OK;
    if (camera[0] != '\0')
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: the addresses of camera %s are not known; " SQ_OPT
                       "camera NAME gives one that writes the same: " SQ_CAMERAS,
                       reader->path, camera);
    return guess_camera(reader);
}
