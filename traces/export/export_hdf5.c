/* HDF5 in the SONATA layout for spikes: /spikes/POPULATION/{timestamps,node_ids}, and beside it
 * /spikeq with data outside the layout. */
#include "traces/export/export.h"
#include "traces/export/hdf5_columns.h"
#include "traces/export/hdf5_driver.h"
#include "traces/files/output.h"
#include "traces/read/trace_events.h"

#include <stdlib.h>
#include <string.h>

/* A file being written; columns are large, so they live here. */
struct hdf5 {
    struct sq_event_reader *reader;
    const struct sq_selection *selection;
    const char *path;
    struct sq_hdf5_disk disk;
    hid_t file;
    struct sq_hdf5_column first, second; /* of the group at hand */
};

static int refused(struct sq_error *err, const struct hdf5 *hdf5)
{
    return sq_fail(err, SQ_EIO, "%s: cannot be written: %s", hdf5->path,
                   hdf5->disk.error != 0 ? strerror(hdf5->disk.error)
                                         : "the HDF5 library refuses it");
}

/* Events of a frame as rows of the two columns. A number n that enters the network is n rows. */
static int add_events(struct hdf5 *hdf5, const struct sq_frame_events *events)
{
    const double time_ms =
        (double)(events->sample * hdf5->selection->plan->timesteps) + (double)events->timestep;
    int status = 0;
    for (size_t i = 0; i < events->n; i++)
        for (uint32_t k = events->value != NULL ? events->value[i] : 1; status >= 0 && k > 0; k--) {
            status = sq_hdf5_add_real(&hdf5->first, time_ms);
            if (status >= 0)
                status = sq_hdf5_add_number(&hdf5->second, events->index[i]);
        }
    return status;
}

static int add_population_events(struct sq_error *err, struct hdf5 *hdf5, uint32_t p)
{
    struct sq_frame_events events;
    for (size_t s = 0; s < hdf5->selection->n_samples; s++)
        for (uint32_t t = 0; t < hdf5->selection->plan->timesteps; t++) {
            const int status =
                sq_event_reader_at(err, hdf5->reader, hdf5->selection->sample[s], p, t, &events);
            if (status != SQ_OK)
                return status;
            if (add_events(hdf5, &events) < 0 || hdf5->disk.error != 0)
                return refused(err, hdf5);
        }
    return SQ_OK;
}

/* Begin two columns, fill them, end them. */
static int add_columns(struct sq_error *err, struct hdf5 *hdf5, hid_t group, uint32_t p)
{
    const int first = sq_hdf5_column_begin(&hdf5->first, group, "timestamps", 1);
    const int second = sq_hdf5_column_begin(&hdf5->second, group, "node_ids", 0);
    int status = SQ_OK;
    if (first < 0 || second < 0 || sq_hdf5_put_text(hdf5->first.dataset, "units", "ms") < 0)
        status = refused(err, hdf5);
    if (status == SQ_OK)
        status = add_population_events(err, hdf5, p);
    const int first_end = sq_hdf5_column_end(&hdf5->first, status);
    const int second_end = sq_hdf5_column_end(&hdf5->second, status);
    return status == SQ_OK && (first_end < 0 || second_end < 0) ? refused(err, hdf5) : status;
}

static int describe(hid_t group, const struct sq_trace_population *p)
{
    const uint64_t neurons = sq_trace_neurons(p);
    int status = sq_hdf5_put_sorting(group);
    if (status >= 0)
        status = sq_hdf5_put_numbers(group, "neurons", &neurons, 1);
    return status >= 0 ? sq_hdf5_put_numbers(group, "shape", p->dim, p->n_dims) : status;
}

static int add_population(struct sq_error *err, struct hdf5 *hdf5, hid_t spikes, uint32_t p)
{
    const struct sq_trace_population *of = &hdf5->selection->plan->population[p];
    const hid_t group = sq_hdf5_group(spikes, of->name);
    int status = SQ_OK;
    if (group < 0 || describe(group, of) < 0)
        status = refused(err, hdf5);
    if (status == SQ_OK)
        status = add_columns(err, hdf5, group, p);
    if (group >= 0 && H5Gclose(group) < 0 && status == SQ_OK)
        status = refused(err, hdf5);
    return status;
}

static int add_spikes(struct sq_error *err, struct hdf5 *hdf5)
{
    const hid_t spikes = sq_hdf5_group(hdf5->file, "spikes");
    int status = spikes < 0 ? refused(err, hdf5) : SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < hdf5->selection->n_populations; i++)
        status = add_population(err, hdf5, spikes, hdf5->selection->population[i]);
    if (spikes >= 0 && H5Gclose(spikes) < 0 && status == SQ_OK)
        status = refused(err, hdf5);
    return status;
}

/* Ids of the samples: which were recorded, the silent ones too. */
static int add_samples(struct hdf5 *hdf5)
{
    const uint64_t timesteps = hdf5->selection->plan->timesteps;
    const hid_t group = sq_hdf5_group(hdf5->file, "spikeq");
    if (group < 0)
        return -1;
    int status = sq_hdf5_put_numbers(group, "timesteps", &timesteps, 1);
    if (status >= 0)
        status = sq_hdf5_column_begin(&hdf5->first, group, "samples", 0);
    for (size_t s = 0; status >= 0 && s < hdf5->selection->n_samples; s++)
        status = sq_hdf5_add_number(&hdf5->first, hdf5->selection->sample[s]);
    status = sq_hdf5_column_end(&hdf5->first, status);
    return H5Gclose(group) < 0 ? -1 : status;
}

static int write_content(struct sq_error *err, struct hdf5 *hdf5, const char *path)
{
    hdf5->first.dataset = hdf5->second.dataset = -1;
    hdf5->file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, hdf5->disk.access);
    if (hdf5->file < 0)
        return refused(err, hdf5);
    const int status = add_samples(hdf5) < 0 ? refused(err, hdf5) : add_spikes(err, hdf5);
    return H5Fclose(hdf5->file) < 0 && status == SQ_OK ? refused(err, hdf5) : status;
}

static int write_file(struct sq_error *err, struct hdf5 *hdf5, const char *path)
{
    if (sq_hdf5_disk_begin(&hdf5->disk) < 0)
        return refused(err, hdf5);
    int status = write_content(err, hdf5, path);
    if (status == SQ_OK && hdf5->disk.error != 0)
        status = refused(err, hdf5);
    sq_hdf5_disk_end(&hdf5->disk);
    return status;
}

/* As write_file(), with the library's own messages off. */
static int write_quietly(struct sq_error *err, struct hdf5 *hdf5, const char *path)
{
    H5E_auto2_t print;
    void *data;
    H5Eget_auto2(H5E_DEFAULT, &print, &data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const int status = write_file(err, hdf5, path);
    H5Eset_auto2(H5E_DEFAULT, print, data);
    return status;
}

static int export_to(struct sq_error *err, struct hdf5 *hdf5, const struct sq_export *export,
                     const struct sq_output *output)
{
    const char *path = sq_output_path(err, output);
    if (path == NULL)
        return SQ_EUSAGE;
    int status = sq_event_reader_open(err, export->trace, export->globs, &export->range,
                                      SQ_EVENTS_BY_POPULATION, &hdf5->reader);
    if (status != SQ_OK)
        return status;
    hdf5->selection = sq_event_reader_selection(hdf5->reader);
    status = write_quietly(err, hdf5, path);
    sq_event_reader_close(hdf5->reader);
    return status;
}

int sq_export_hdf5(struct sq_error *err, const struct sq_export *export)
{
    struct sq_output output;
    int status = sq_output_begin(err, &output, export->out, export->force);
    if (status != SQ_OK)
        return status;
    struct hdf5 *hdf5 = calloc(1, sizeof *hdf5);
    if (hdf5 == NULL) {
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", export->out);
    } else {
        hdf5->path = export->out;
        status = export_to(err, hdf5, export, &output);
    }
    free(hdf5);
    return sq_output_end(err, &output, status);
}
