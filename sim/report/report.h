/* The report: totals of a run, with names. */
#ifndef SQ_REPORT_H
#define SQ_REPORT_H

#include "sim/engine/run.h"
#include "sim/events/frames/recording_frames.h"
#include "sim/input/shard.h"
#include "sim/json/json.h"
#include "sim/report/record.h"
#include "sim/report/sops.h"
#include "sim/spikeq.h"

struct spikeq_report {
    struct sq_network *network;    /* held */
    char assumed[SQ_ASSUMED_TEXT]; /* values of its configuration that nobody stated */
    char input_path[512];
    char input_digest[SQ_DIGEST_TEXT]; /* of its content, "": it was not asked for; then */
    char input_names[SQ_DIGEST_TEXT];  /* of its names and sizes */
    char *input_description;
    struct sq_warnings warnings; /* of the network and the run */
    char *warnings_text; /* the same as they were when the trace began; NULL: there were none */
    char *input_frames;  /* how recordings became frames (frames_request.h); NULL: no recordings */
    int has_frames;      /* 1: the input was recordings of event cameras */
    struct sq_frame_counts frames;
    char input_end[256]; /* where and why a stream ended within a record; "": it did not */
    uint64_t n_stream_frames, n_left_frames; /* of a stream; at its end, too few for a sample */
    uint64_t n_planned;                      /* SQ_FEED_ENDLESS: unknown */
    struct sq_shard shard;                   /* of 0: the whole input runs, else: */
    struct sq_range share;                   /* its samples, n_planned of */
    uint64_t n_whole;                        /* all */
    char shard_line[SQ_SHARD_SOURCE + 128];  /* the same as a line; "": the whole input */
    char *shard_note; /* the same for the trace, made when it begins; or NULL */
    uint64_t n_labelled, n_correct;
    struct sq_totals totals;
    struct sq_record *record;          /* what the accounting conventions price */
    const struct sq_node **population; /* [n_populations] nodes with neurons, in the data's way */
    const struct sq_node **synapse;    /* [n_synapses] nodes with weights in front, then the head */
    const struct sq_node **attention;  /* [n_attentions] in the data's way */
    size_t n_populations, n_synapses, n_attentions;
    struct sq_sops sops;       /* of all samples */
    double *rate_per_timestep; /* [n_populations][T], filled by sq_report_finish() */
    struct sq_profile profile; /* ns NULL: none */
    const char *plan_path;     /* of forced tilings; NULL: no plan */
    uint32_t plan_layers;      /* that it tiles */
    unsigned threads, batch;   /* of this rank */
    unsigned ranks;            /* that shared the run; 0: it ran alone */
    double merge_seconds;      /* of their parts of the trace, within totals.seconds */
    unsigned couple_batch;     /* as spikeq_summary has it */
    enum sq_schedule schedule;
    struct sq_arena arena;
};

/* An empty report for a network; SQ_ENOMEM. */
int sq_report_new(struct sq_error *err, const struct sq_network *network,
                  struct spikeq_report **out);

/* Accepts NULL. */
void sq_report_free(struct spikeq_report *report);

/* The report is about one shard of the samples. */
void sq_report_take_shard(struct spikeq_report *report, const struct sq_shard *shard,
                          struct sq_range share, uint64_t n_whole);

/* Count a finished sample: labels, and everything that conventions price. Its tallies are not added
 * to the totals: sq_run() has done that. Calls come in the order of the samples. */
int sq_report_add(struct sq_error *err, struct spikeq_report *report,
                  const struct sq_outcome *outcome);

/* Count labels and totals only: rates, events and additions, no prices. */
void sq_report_add_totals(struct spikeq_report *report, const struct sq_outcome *outcome);

/* As sq_report_add() for a sample that was run before: the totals are added to, too. */
int sq_report_add_finished(struct sq_error *err, struct spikeq_report *report,
                           const struct sq_outcome *outcome);

/* The totals are complete: derive the rates. */
void sq_report_finish(struct spikeq_report *report);

/* Nodes of a profile; 0: it was not asked for. */
static inline size_t sq_report_n_node_times(const struct spikeq_report *report)
{
    return report->profile.ns != NULL ? report->network->n_nodes : 0;
}

/* As the functions of sim/spikeq.h that are called so, all members but `size`; the names in what they fill live as
 * long as the report. `index` is below the number of them in the summary. */
void sq_report_summary(const struct spikeq_report *report, struct spikeq_summary *summary);
void sq_report_population(const struct spikeq_report *report, size_t index,
                          struct spikeq_population *population);
void sq_report_synapse(const struct spikeq_report *report, size_t index,
                       struct spikeq_synapse *synapse);
void sq_report_attention(const struct spikeq_report *report, size_t index,
                         struct spikeq_attention *attention);
void sq_report_node_time(const struct spikeq_report *report, size_t index,
                         struct spikeq_node_time *time);
void sq_report_warning(const struct spikeq_report *report, size_t index,
                       struct spikeq_warning *warning);

/* The profile, where there is one, as a member of `timing`. */
void sq_report_add_profile(cJSON *timing, const struct spikeq_report *report,
                           const struct spikeq_summary *summary);

/* The report as JSON, freed by the caller; SQ_ENOMEM. */
int sq_report_json(struct sq_error *err, const struct spikeq_report *report, char **text);

#endif
