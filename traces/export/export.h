/* Traces in other formats; docs/export.md says what each holds, key by key.
 *
 * All of them stream: memory is bounded by one frame, or one slab of an array, whatever the number
 * of samples. The same selection of the same content gives the same bytes. */
#ifndef SQ_EXPORT_H
#define SQ_EXPORT_H

#include "traces/format/select.h"
#include "traces/read/trace_reader.h"

/* What a population is in the network that was recorded: its role ("stem", "q", "fc1", ...), "" where it
 * has none, the number of its encoder block, -1 outside, and whether its spikes are pooled on their way. */
struct sq_export_role {
    char role[24];
    int32_t block;
    int is_pooled;
};

/* Networks that the Prosperity simulator has layers for: neurons behind their layers and SSA, or in front
 * of them and sums of spikes that gate others (SDSA). */
enum sq_export_form { SQ_EXPORT_SPIKFORMER, SQ_EXPORT_SDT, SQ_EXPORT_OTHER };

struct sq_export {
    struct sq_trace *trace;
    const char *globs; /* populations, as sq_event_reader_open() takes them; may be NULL */
    struct sq_range range;
    const char *out;                   /* "-": standard output, for csv and aer */
    int force;                         /* an existing file may be replaced */
    uint32_t heads;                    /* attention heads, for prosperity; 0: not known */
    enum sq_export_form form;          /* of the network, for prosperity */
    char unlike[128];                  /* OTHER: the node that no such network has */
    const struct sq_export_role *role; /* [populations], for prosperity; NULL: not known */
};

/* Each returns SQ_OK, what sq_event_reader_open() and sq_event_reader_next() refuse, SQ_EUSAGE (an
 * existing file, or no regular one where it must be), SQ_EIO (such as a full disk), SQ_ENOMEM. On
 * failure there is no new file, and an existing one is kept. */

/* NumPy archive: one array [T,B,...] a population, and labels, logits, samples. SQ_EUNSUPPORTED
 * also for populations called like the latter. */
int sq_export_npz(struct sq_error *err, const struct sq_export *export);

/* Lines sample,timestep,population,index. */
int sq_export_csv(struct sq_error *err, const struct sq_export *export);

/* HDF5 in the SONATA layout for spikes. */
int sq_export_hdf5(struct sq_error *err, const struct sq_export *export);

/* The binary address-event form of docs/address-events.md. */
int sq_export_aer(struct sq_error *err, const struct sq_export *export);

/* NumPy archive of one sample of a Spikformer, under the keys of the Prosperity simulator: what
 * enters each layer. SQ_EUSAGE: more than one sample; SQ_EUNSUPPORTED: this trace has nothing
 * of it. */
int sq_export_prosperity(struct sq_error *err, const struct sq_export *export);

#endif
