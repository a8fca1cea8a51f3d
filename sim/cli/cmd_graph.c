#include "sim/cli/cli.h"
#include "sim/cli/fixed_options.h"

#include <stdlib.h>

static const char help[] =
    "usage: spikeq graph MODEL|CONFIG|ARCHITECTURE|TRACE|REPORT [OPTION...]\n\n"
    "Say what will be executed: a line a node, in the order of execution, with its operation,\n"
    "role, what it sends (spikes, counts up to N, reals) and in which shape, what it reads,\n"
    "its weights, synapses of an input and operations of a dense timestep. Nodes of the same\n"
    "step run as one. MODEL is a checkpoint, CONFIG a name or a file, ARCHITECTURE a file of\n"
    "that form; of the last two no weights are needed.\n\n"
    "  --config NAME|FILE   of a checkpoint, or an architecture: a published size (spikeq\n"
    "                       configs lists them) or a JSON file\n"
    "  --set KEY=VALUE      override one key of the configuration; repeatable\n"
    "  --weights NAME       which network, of a checkpoint that holds several\n"
    "  --architecture A     what a checkpoint or a configuration is made of: a name of\n"
    "                       configs/architectures/ or a file\n"
    "  --json               as JSON, which --architecture takes\n"
    "  --dot                as Graphviz draws it\n"
    "  --mermaid            as a flowchart of Mermaid\n"
    "  --plan               instead of nodes, how the weights of every layer are tiled: kernel,\n"
    "                       tile, steps, and the estimate of time that chose them; as a table, or\n"
    "                       with --json as spikeq run --plan takes it\n"
    "  --rates R[,R...]     of a plan: firing rates, ascending (default: 0.05,0.1,0.2)\n"
    "  --isa I              of a plan: auto (default), scalar, avx2, avx512\n"
    "  --arith A            of a plan: f32 (default), or fixed, of a checkpoint\n"
    "  --weight-bits N      in fixed point: 4 to 16, default 8\n" CLI_FIXED_HELP CLI_STRICT_HELP;

enum { MAX_SET = 64 };

enum {
    OPT_CONFIG = 256,
    OPT_SET,
    OPT_WEIGHTS,
    OPT_ARCHITECTURE,
    OPT_JSON,
    OPT_DOT,
    OPT_MERMAID,
    OPT_PLAN,
    OPT_RATES,
    OPT_ISA,
    OPT_HELP
};

static const struct option option[] = {
    {"config", required_argument, NULL, OPT_CONFIG},
    {"set", required_argument, NULL, OPT_SET},
    {"weights", required_argument, NULL, OPT_WEIGHTS},
    {"architecture", required_argument, NULL, OPT_ARCHITECTURE},
    {"json", no_argument, NULL, OPT_JSON},
    {"dot", no_argument, NULL, OPT_DOT},
    {"mermaid", no_argument, NULL, OPT_MERMAID},
    {"plan", no_argument, NULL, OPT_PLAN},
    {"rates", required_argument, NULL, OPT_RATES},
    {"isa", required_argument, NULL, OPT_ISA},
    {"arith", required_argument, NULL, CLI_OPT_ARITH},
    {"weight-bits", required_argument, NULL, CLI_OPT_WEIGHT_BITS},
    CLI_FIXED_OPTIONS,
    CLI_STRICT_OPTION,
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

struct arguments {
    const char *set[MAX_SET];
    struct spikeq_graph_options graph;
    int help;
};

static int take_format(struct arguments *args, const char *format)
{
    if (args->graph.format != NULL && args->graph.format != format)
        return cli_usage("graph", "--json, --dot and --mermaid exclude each other"), 0;
    args->graph.format = format;
    return 1;
}

/* One option; 0 after a complaint. */
static int parse_option(int which, struct arguments *args)
{
    switch (which) {
    case OPT_CONFIG:
        return args->graph.config = optarg, 1;
    case OPT_WEIGHTS:
        return args->graph.weights = optarg, 1;
    case OPT_ARCHITECTURE:
        return args->graph.architecture = optarg, 1;
    case OPT_SET:
        if (args->graph.n_set == MAX_SET)
            return cli_usage("graph", "--set given more than %d times", MAX_SET), 0;
        return args->set[args->graph.n_set++] = optarg, 1;
    case OPT_JSON:
        return take_format(args, "json");
    case OPT_DOT:
        return take_format(args, "dot");
    case OPT_MERMAID:
        return take_format(args, "mermaid");
    case OPT_PLAN:
        return args->graph.plan = 1;
    case OPT_RATES:
        return args->graph.rates = optarg, 1;
    case OPT_ISA:
        return args->graph.isa = optarg, 1;
    case OPT_HELP:
        return args->help = 1;
    default:
        return cli_fixed_option("graph", which, &args->graph.arith) > 0;
    }
}

static int parse(int argc, char **argv, struct arguments *args)
{
    int which;
    while ((which = cli_next_option("graph", argc, argv, option)) != -1)
        if (!parse_option(which, args))
            return EXIT_USAGE;
    args->graph.set = args->set;
    if (args->help)
        return EXIT_SUCCESS;
    if (optind + 1 != argc)
        return cli_usage("graph", "give one checkpoint, configuration, architecture, trace or "
                                  "report");
    args->graph.source = argv[optind];
    return cli_is_file("graph", argv[optind]) ? EXIT_SUCCESS : EXIT_USAGE;
}

int cmd_graph(int argc, char **argv)
{
    struct arguments args = {.help = 0};
    char *text = NULL;
    int status = parse(argc, argv, &args);
    if (status != EXIT_SUCCESS)
        return status;
    if (args.help)
        return cli_write_file("graph", "-", help);
    spikeq_ctx *ctx = cli_context("graph");
    if (ctx == NULL)
        return EXIT_DATA;
    status = spikeq_graph(ctx, &args.graph, &text);
    status = status == SPIKEQ_OK ? cli_write_file("graph", "-", text)
                                 : cli_fail("graph", status, spikeq_error_text(ctx));
    spikeq_free(text);
    spikeq_ctx_free(ctx);
    return status;
}
