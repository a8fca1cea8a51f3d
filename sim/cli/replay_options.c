#include "sim/cli/replay_options.h"

#include "sim/cli/cli.h"
#include "sim/cli/frames_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_MODEL = 256,
    OPT_CONFIG,
    OPT_WEIGHTS,
    OPT_ARCHITECTURE,
    OPT_SET,
    OPT_FROM,
    OPT_INPUT,
    OPT_VERIFY,
    OPT_DROP,
    OPT_SEED,
    OPT_SILENCE,
    OPT_SHIFT,
    OPT_TRACE,
    OPT_TRACE_POPULATIONS,
    OPT_TRACE_DETAIL,
    OPT_TRACE_CODEC,
    OPT_FORCE,
    OPT_BATCH,
    OPT_THREADS,
    OPT_SCHEDULE,
    OPT_ISA,
    OPT_STREAM,
    OPT_PACE,
    OPT_FORM,
    OPT_POPULATIONS,
    OPT_SAMPLES,
    OPT_JSON,
    OPT_QUIET,
    OPT_HELP
};

static const struct option option[] = {
    {"model", required_argument, NULL, OPT_MODEL},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"weights", required_argument, NULL, OPT_WEIGHTS},
    {"architecture", required_argument, NULL, OPT_ARCHITECTURE},
    {"set", required_argument, NULL, OPT_SET},
    {"from", required_argument, NULL, OPT_FROM},
    {"input", required_argument, NULL, OPT_INPUT},
    CLI_FRAMES_OPTIONS,
    {"verify", no_argument, NULL, OPT_VERIFY},
    {"drop", required_argument, NULL, OPT_DROP},
    {"seed", required_argument, NULL, OPT_SEED},
    {"silence", required_argument, NULL, OPT_SILENCE},
    {"shift", required_argument, NULL, OPT_SHIFT},
    {"trace", required_argument, NULL, OPT_TRACE},
    {"trace-populations", required_argument, NULL, OPT_TRACE_POPULATIONS},
    {"trace-detail", required_argument, NULL, OPT_TRACE_DETAIL},
    {"trace-codec", required_argument, NULL, OPT_TRACE_CODEC},
    {"force", no_argument, NULL, OPT_FORCE},
    {"batch", required_argument, NULL, OPT_BATCH},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"schedule", required_argument, NULL, OPT_SCHEDULE},
    {"isa", required_argument, NULL, OPT_ISA},
    {"stream", required_argument, NULL, OPT_STREAM},
    {"pace", required_argument, NULL, OPT_PACE},
    {"form", required_argument, NULL, OPT_FORM},
    {"populations", required_argument, NULL, OPT_POPULATIONS},
    {"samples", required_argument, NULL, OPT_SAMPLES},
    {"json", no_argument, NULL, OPT_JSON},
    {"quiet", no_argument, NULL, OPT_QUIET},
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* Where the text of an option goes; NULL: not such an option. */
static const char **text_of(int which, struct replay_arguments *args)
{
    const char **const place[OPT_HELP + 1 - OPT_MODEL] = {
        [0] = &args->replay.model,
        [OPT_CONFIG - OPT_MODEL] = &args->replay.config,
        [OPT_WEIGHTS - OPT_MODEL] = &args->replay.weights,
        [OPT_ARCHITECTURE - OPT_MODEL] = &args->replay.architecture,
        [OPT_INPUT - OPT_MODEL] = &args->replay.input,
        [OPT_TRACE - OPT_MODEL] = &args->replay.record.path,
        [OPT_TRACE_POPULATIONS - OPT_MODEL] = &args->replay.record.populations,
        [OPT_TRACE_DETAIL - OPT_MODEL] = &args->replay.record.detail,
        [OPT_TRACE_CODEC - OPT_MODEL] = &args->replay.record.codec,
        [OPT_ISA - OPT_MODEL] = &args->replay.isa,
        [OPT_STREAM - OPT_MODEL] = &args->stream.target,
        [OPT_PACE - OPT_MODEL] = &args->stream.pace,
        [OPT_FORM - OPT_MODEL] = &args->stream.form,
        [OPT_POPULATIONS - OPT_MODEL] = &args->stream.populations,
        [OPT_SAMPLES - OPT_MODEL] = &args->replay.samples,
    };
    return which >= OPT_MODEL && which <= OPT_HELP ? place[which - OPT_MODEL] : NULL;
}

static int *flag_of(int which, struct replay_arguments *args)
{
    switch (which) {
    case OPT_VERIFY:
        return &args->replay.verify;
    case OPT_FORCE:
        return &args->replay.record.force;
    case OPT_JSON:
        return &args->json;
    case OPT_QUIET:
        return &args->quiet;
    case OPT_HELP:
        return &args->help;
    default:
        return NULL;
    }
}

/* Append to a list; 0 after a complaint. */
static int append(const char *name, const char **list, size_t *n)
{
    if (*n == REPLAY_MAX_LIST)
        return cli_usage("replay", "%s given more than %d times", name, REPLAY_MAX_LIST), 0;
    list[(*n)++] = optarg;
    return 1;
}

static int parse_drop(struct replay_arguments *args)
{
    char *end;
    errno = 0;
    args->has_drop = 1;
    args->replay.drop = strtod(optarg, &end);
    if (end != optarg && *end == '\0' && errno == 0 && args->replay.drop >= 0 &&
        args->replay.drop <= 1)
        return 1;
    return cli_usage("replay", "--drop %s: expected a probability, 0 to 1", optarg), 0;
}

static int parse_shift(struct replay_arguments *args)
{
    char *end;
    errno = 0;
    args->replay.shift = strtoll(optarg, &end, 10);
    if (end != optarg && *end == '\0' && errno == 0 && args->replay.shift >= -65536 &&
        args->replay.shift <= 65536)
        return 1;
    return cli_usage("replay", "--shift %s: expected a whole number of timesteps", optarg), 0;
}

static int parse_seed(struct replay_arguments *args)
{
    unsigned long long number;
    if (!cli_number("replay", "--seed", optarg, 0, UINT64_MAX, &number))
        return 0;
    args->replay.seed = number;
    return args->has_seed = 1;
}

static int parse_option(int which, struct replay_arguments *args)
{
    const char **text = text_of(which, args);
    int *flag = flag_of(which, args);
    if (text != NULL)
        return *text = optarg, 1;
    if (flag != NULL)
        return *flag = 1;
    switch (which) {
    case OPT_SET:
        return append("--set", args->set, &args->replay.n_set);
    case OPT_FROM:
        return append("--from", args->from, &args->replay.n_from);
    case OPT_SILENCE:
        return append("--silence", args->silence, &args->replay.n_silence);
    case OPT_BATCH:
        return cli_count("replay", "--batch", 65536, &args->replay.batch);
    case OPT_THREADS:
        return cli_count("replay", "--threads", 1024, &args->replay.threads);
    case OPT_SCHEDULE:
        return cli_schedule("replay", &args->replay.schedule);
    case OPT_DROP:
        return parse_drop(args);
    case OPT_SHIFT:
        return parse_shift(args);
    case OPT_SEED:
        return parse_seed(args);
    default:
        return cli_frames_option("replay", which, &args->replay.frames) > 0;
    }
}

/* The name of an option that says how a replay computes, and would change nothing without; or NULL.
 */
static const char *name_of_how(int which)
{
    static const int how[] = {OPT_CONFIG, OPT_SET,   OPT_INPUT,   OPT_DROP,     OPT_SEED,
                              OPT_SHIFT,  OPT_BATCH, OPT_THREADS, OPT_SCHEDULE, OPT_ISA};
    for (size_t i = 0; i < sizeof how / sizeof how[0]; i++)
        for (const struct option *o = option; how[i] == which && o->name != NULL; o++)
            if (o->val == which)
                return o->name;
    return NULL;
}

/* Options that exclude each other. */
static int check(const struct replay_arguments *args)
{
    const struct spikeq_replay_options *replay = &args->replay;
    const struct spikeq_stream_options *stream = &args->stream;
    const int changes = replay->drop > 0 || replay->shift != 0 || replay->n_silence > 0;
    const int computes = replay->n_from > 0 || replay->verify || changes || replay->record.path;
    if (stream->target != NULL && (computes || replay->model != NULL))
        return cli_usage("replay", "--stream sends what was recorded; it goes with no model, "
                                   "--from, --verify or change");
    if (replay->weights != NULL && replay->model == NULL)
        return cli_usage("replay", "--weights goes with --model");
    if (replay->architecture != NULL && replay->model == NULL)
        return cli_usage("replay", "--architecture goes with --model");
    if (stream->target == NULL && replay->model == NULL && replay->samples != NULL)
        return cli_usage("replay", "--samples goes with --model or --stream; without them the "
                                   "whole run is shown");
    if (stream->force && stream->target == NULL && replay->record.path == NULL)
        return cli_usage("replay", "--force replaces what --trace or --stream writes: neither is "
                                   "given");
    if (stream->target == NULL && (stream->pace || stream->form || stream->populations))
        return cli_usage("replay", "--pace, --form and --populations go with --stream");
    if (replay->input == NULL && cli_frames_given(&replay->frames))
        return cli_usage("replay", "--input is missing: options for recordings say how to read it");
    if (computes && replay->model == NULL)
        return cli_usage("replay", "--model is missing: a replay computes");
    if (replay->model == NULL && args->how != NULL)
        return cli_usage("replay", "--%s goes with --model: only then something is computed",
                         args->how);
    if (args->has_seed && !args->has_drop)
        return cli_usage("replay", "--seed goes with --drop");
    if (stream->target != NULL && args->json)
        return cli_usage("replay", "--json goes with no --stream");
    if (replay->verify && changes)
        return cli_usage("replay", "--verify compares with the recording; --drop, --silence and "
                                   "--shift change it");
    if ((replay->drop > 0 || replay->shift != 0) && replay->n_from == 0)
        return cli_usage("replay", "--drop and --shift change what --from injects: it is missing");
    if (replay->drop > 0 && !args->has_seed)
        return cli_usage("replay", "--drop needs --seed, so that it can be done again");
    if (replay->record.path == NULL &&
        (replay->record.detail || replay->record.codec || replay->record.populations))
        return cli_usage("replay", "--trace is missing: its options say how to record one");
    return EXIT_SUCCESS;
}

int replay_parse(int argc, char **argv, struct replay_arguments *args)
{
    int which;
    while ((which = cli_next_option("replay", argc, argv, option)) != -1) {
        args->how = name_of_how(which) != NULL ? name_of_how(which) : args->how;
        if (!parse_option(which, args))
            return EXIT_USAGE;
    }
    args->replay.set = args->set;
    args->replay.from = args->from;
    args->replay.silence = args->silence;
    if (args->help)
        return EXIT_SUCCESS;
    if (optind == argc)
        return cli_usage("replay", "give a trace");
    if (!cli_is_file("replay", argv[optind]))
        return EXIT_USAGE;
    args->trace = args->replay.trace = args->stream.trace = argv[optind++];
    args->stream.samples = args->replay.samples;
    args->stream.force = args->replay.record.force;
    args->replay.as_json = args->json;
    if (optind < argc)
        return cli_usage("replay", "unexpected argument %s", argv[optind]);
    return check(args);
}
