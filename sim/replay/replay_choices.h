/* What a caller chooses for a replay. Options by name (sim/api/options_traces.c) fill it. */
#ifndef SQ_REPLAY_CHOICES_H
#define SQ_REPLAY_CHOICES_H

#include "sim/report/run_choices.h"

/* How to replay a trace. Zero and NULL mean the default of each member. */
struct sq_replay_choices {
    const char *trace, *model; /* paths; the model is the recorded one, or one of its shape */
    const char *config;        /* NULL, with n_set 0: the configuration that was recorded */
    const char *const *set;    /* "key=value" overrides of the configuration */
    size_t n_set;
    const char *weights;      /* as for spikeq_network_open(); NULL: those that were recorded */
    const char *architecture; /* the same; NULL: the configuration's */
    /* Where it begins: populations by module path, "block.N" (the residual stream that enters block
     * N, rebuilt from recorded spikes), "input". Everything downstream is computed, what it also
     * reads is taken from the trace, nothing upstream runs. */
    const char *const *from;
    size_t n_from;
    const char *input; /* for "input": the recorded input, unless the trace holds its events */
    /* Recordings: what is not set is taken from the trace; stream and carry play no part. */
    struct sq_frames_choices frames;
    const char *samples; /* "10:20"; all */
    int verify;          /* 1: compare every computed packet with the recorded one */
    /* What if: */
    double drop;                /* each injected spike is lost with this probability */
    uint64_t seed;              /* which ones */
    int64_t shift;              /* injected spikes come this many timesteps later */
    const char *const *silence; /* "GLOB", "GLOB[head=2]", "GLOB[channel=0:16]": never send */
    size_t n_silence;
    struct sq_trace_choices record; /* the replay as a new trace; no resume */
    unsigned batch, threads;        /* as for spikeq_run() */
    enum sq_schedule schedule;      /* same results */
    const char *isa;                /* as for spikeq_run() */
    int stop_on_sigint;             /* 1: SIGINT ends it after the samples in flight */
    int as_json;                    /* 1: the text as JSON */
    /* Called on the calling thread after each sample; may be NULL. */
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total);
    void *progress_data;
    const int *stop; /* as for spikeq_run() */
};

#endif
