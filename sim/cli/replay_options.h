/* The options of spikeq replay, in every mode. */
#ifndef SQ_REPLAY_OPTIONS_H
#define SQ_REPLAY_OPTIONS_H

#include "sim/spikeq.h"

enum { REPLAY_MAX_LIST = 64 };

struct replay_arguments {
    const char *trace, *report;
    const char *set[REPLAY_MAX_LIST], *from[REPLAY_MAX_LIST], *silence[REPLAY_MAX_LIST];
    struct spikeq_replay_options replay;
    struct spikeq_stream_options stream; /* its target: that mode was asked for */
    char *command;                       /* the whole line */
    int has_seed, has_drop, json, quiet, help;
    const char *how; /* the last option that says how a replay computes, or NULL */
};

/* Parse the command line; an exit status, after a complaint if it is not EXIT_SUCCESS. */
int replay_parse(int argc, char **argv, struct replay_arguments *args);

#endif
