/* spikeq_graph() with a plan: how layers would be tiled, in place of the nodes. */
#include "sim/api/plan_text.h"

#include "sim/api/context.h"
#include "sim/tilings/tilings.h"

#include <string.h>

static int has_arith(const struct sq_fixed_choices *arith)
{
    return arith->arith != NULL || sq_fixed_has_settings(arith);
}

int sq_plan_check(struct sq_error *err, const struct sq_graph_choices *options)
{
    const char *given = options->rates != NULL       ? "rates"
                        : options->isa != NULL       ? "isa"
                        : has_arith(&options->arith) ? "arith"
                                                     : NULL;
    if (!options->plan && given != NULL)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "%s is of a plan, and would change nothing; give " SQ_OPT "plan too",
                       given);
    if (options->plan && options->format != NULL && strcmp(options->format, "text") != 0 &&
        strcmp(options->format, "json") != 0)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "format %.32s: a plan is text or json",
                       options->format);
    return SQ_OK;
}

int sq_plan_check_source(struct sq_error *err, const struct sq_graph_choices *options,
                         const char *what, int has_shapes)
{
    if (!options->plan)
        return SQ_OK;
    if (!has_shapes)
        return sq_fail(err, SQ_EUSAGE,
                       "%s: is a %s; a plan is of a checkpoint, a configuration or an architecture",
                       options->source, what);
    const char *arith = options->arith.arith;
    if (!has_arith(&options->arith) || (arith != NULL && strcmp(arith, "f32") == 0))
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE,
                   "%s: is %s without weights, which decide how integers are tiled; give a "
                   "checkpoint",
                   options->source, what);
}

int sq_plan_text(struct sq_error *err, const struct sq_network *network,
                 const struct sq_graph_choices *options, char **text)
{
    const struct sq_tilings_request request = {.isa = options->isa,
                                               .rates = options->rates,
                                               .as_json = options->format != NULL &&
                                                          strcmp(options->format, "json") == 0};
    return sq_tilings_describe(err, network, &request, text);
}
