#include "sim/import/import_kind.h"

#include "traces/import/recording.h"

static const struct sq_import_kind kind[SQ_RECORDING_FORMATS] = {
    [SQ_RECORDING_ARRAYS] = {"npz", "NumPy arrays of spikes", ""},
    [SQ_RECORDING_SONATA] = {"sonata", "a SONATA spike file (HDF5)", ""},
    [SQ_RECORDING_RASTER] = {"npy", "one NumPy array, a raster of spikes if it holds 0 and 1 only",
                             SQ_FLAG "population NAME"},
    [SQ_RECORDING_SLAYER] = {"bs1", "SLAYER's 1-D spikes (.bs1)", ""},
    [SQ_RECORDING_CSV] = {"csv", "a CSV list of spikes", ""},
    [SQ_RECORDING_PROSPERITY] = {"prosperity", "a pickle of tensors (Prosperity)", ""},
};

/* A damaged array, or one whose shape is not a raster's, is not for import. */
static bool is_raster(const char *path)
{
    const struct sq_recording_want want = {.population = "x"};
    struct sq_recording *recording = NULL;
    struct sq_error unused = {0};
    const int status = sq_recording_open(&unused, path, SQ_RECORDING_RASTER, &want, &recording);
    sq_recording_close(recording);
    return status == SQ_OK;
}

bool sq_import_kind_of(const char *path, struct sq_import_kind *out)
{
    struct sq_error unused = {0};
    enum sq_recording_format format;
    if (sq_recording_format_of(&unused, path, &format) != SQ_OK ||
        (format == SQ_RECORDING_RASTER && !is_raster(path)))
        return false;
    *out = kind[format];
    return true;
}
