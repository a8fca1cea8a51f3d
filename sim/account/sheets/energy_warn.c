/* What makes a price doubtful: integers at the price of floats, prices that a profile lacks, counts
 * that a run did not make. One piece of code for energy and analyze. */
#include "sim/account/sheets/energy.h"

#include "kernels/base/option_names.h"

#include "sim/account/price/exact.h"
#include "sim/account/price/paper_views.h"
#include "sim/account/price/syops.h"

#include <stdio.h>
#include <string.h>

enum { LIST_BYTES = 240, LISTED = 3 };

/* ", name" at the end of a list; behind the first few their number alone. */
static void list_name(char list[LIST_BYTES], unsigned n, const char *name)
{
    const size_t used = strlen(list);
    if (n < LISTED)
        snprintf(list + used, LIST_BYTES - used, "%s%s", n > 0 ? ", " : "", name);
}

static void list_end(char list[LIST_BYTES], unsigned n)
{
    const size_t used = strlen(list);
    if (n > LISTED)
        snprintf(list + used, LIST_BYTES - used, " and %u more", n - LISTED);
}

/* Are the adders of a run in integers known? */
static int knows_widths(const struct sq_source *source)
{
    for (size_t i = 0; i < source->counters.n_ops; i++)
        if (source->counters.op[i].adder_bits > 0)
            return 1;
    return 0;
}

/* Integers at the price of floats, or of an unknown width. */
static int warn_widths(struct sq_error *err, const struct sq_priced *priced)
{
    const struct sq_hardware *hardware = priced->hardware;
    const int by_width = sq_hardware_knows_widths(hardware);
    int n_floats = 0;
    if (!priced->source->is_fixed)
        return SQ_OK;
    if (by_width && !knows_widths(priced->source))
        return sq_warn(err, "unknown-widths",
                       "%s: a run in integers, but it does not give the widths of its adders: "
                       "profile %s prices all as float32; record or run it again",
                       priced->origin, hardware->name);
    if (strstr(hardware->width, "float") != NULL)
        return sq_warn(err, "float-prices",
                       "%s: the run computed in integers, profile %s prices %s; spikeq "
                       "energy " SQ_FLAG "convention exact " SQ_FLAG
                       "hardware fixed_45nm prices every addition by its width",
                       priced->origin, hardware->name, hardware->width);
    for (size_t i = 0; by_width && i < priced->n_bills; i++)
        n_floats += !priced->bill[i].is_by_width &&
                    !sq_convention_is(priced->bill[i].convention, SQ_OWN_PRICES);
    return n_floats == 0 ? SQ_OK
                         : sq_warn(err, "float-prices",
                                   "%s: a run in integers, which profile %s prices by width in "
                                   "convention exact alone, all others as float32; " SQ_OPT
                                   "convention exact",
                                   priced->origin, hardware->name);
}

/* One price, and the conventions that need it. */
static int warn_price(struct sq_error *err, const struct sq_priced *priced, enum sq_price_key key)
{
    char list[LIST_BYTES] = "";
    unsigned n = 0;
    if (priced->hardware->price[key].is_given)
        return SQ_OK;
    for (size_t i = 0; i < priced->n_bills; i++) {
        const struct sq_bill *bill = &priced->bill[i];
        if (key == SQ_PRICE_MAC ? !bill->lacks_mac : !bill->lacks_ac)
            continue;
        list_name(list, n++, sq_convention_table[bill->convention].name);
    }
    if (key == SQ_PRICE_MAC && priced->with_ann)
        list_name(list, n++, "ann");
    list_end(list, n);
    if (n == 0)
        return SQ_OK;
    return sq_warn(err, "price-missing",
                   "%s: profile %s has no %s price: no energy of %s; choose a profile that has "
                   "one, or give a file of your own",
                   priced->origin, priced->hardware->name, sq_price_name(key), list);
}

/* --switch syops-names=tool leaves out layers by their name: how many, and what they compute. */
static int warn_names(struct sq_error *err, const struct sq_priced *priced)
{
    const struct sq_counters *counters = &priced->source->counters;
    unsigned n = 0;
    double dense = 0;
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        if ((op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR) &&
            !sq_syops_is_priced(op->name, 1, priced->switches)) {
            n++;
            dense += sq_op_dense(op) * counters->timesteps;
        }
    }
    return n == 0 ? SQ_OK
                  : sq_warn(err, "layers-not-priced",
                            "%s: syops-names=tool prices names with conv or head alone: %u linear "
                            "layers of %.0f dense operations cost nothing; " SQ_OPT "switch "
                            "syops-names=all prices them",
                            priced->origin, n, dense);
}

/* Operations of which something is true, by name. */
typedef int is_found_fn(const struct sq_op *op);

static unsigned list_ops(const struct sq_counters *counters, is_found_fn *is_found,
                         char list[LIST_BYTES])
{
    unsigned n = 0;
    list[0] = '\0';
    for (size_t i = 0; i < counters->n_ops; i++)
        if (counters->op[i].n_groups > 0 && is_found(&counters->op[i]))
            list_name(list, n++, counters->op[i].name);
    list_end(list, n);
    return n;
}

static int lacks_live(const struct sq_op *op)
{
    return op->weight_zeros > 0 && !sq_exact_count(op).has_live;
}

static int lacks_ssa(const struct sq_op *op)
{
    return op->kind == SQ_OP_SSA && !sq_exact_count(op).has_ssa;
}

static int warn_counts(struct sq_error *err, const char *origin, const struct sq_counters *counters)
{
    char list[LIST_BYTES];
    int status = SQ_OK;
    if (status == SQ_OK && list_ops(counters, lacks_live, list) > 0)
        status = sq_warn(err, "zero-weights-not-counted",
                         "%s: weights are 0, and the run did not count which events meet them: "
                         "zero-weights and neurobench count them all: %s; run it again",
                         origin, list);
    if (status == SQ_OK && list_ops(counters, lacks_ssa, list) > 0)
        status = sq_warn(err, "attention-not-counted",
                         "%s: the products of attention were not counted in the network's order: "
                         "%s; run it again",
                         origin, list);
    return status;
}

int sq_priced_warn(struct sq_error *err, const struct sq_priced *priced)
{
    int status = warn_widths(err, priced);
    if (status == SQ_OK)
        status = warn_price(err, priced, SQ_PRICE_MAC);
    if (status == SQ_OK)
        status = warn_price(err, priced, SQ_PRICE_AC);
    for (size_t i = 0; status == SQ_OK && i < priced->n_bills; i++)
        if (priced->bill[i].convention == SQ_SYOPS)
            status = warn_names(err, priced);
    return status == SQ_OK && priced->source->has_counts
               ? warn_counts(err, priced->origin, &priced->source->counters)
               : status;
}

/* `published`, asked for by name, where some of its view is not known from the paper. */
static int warn_view(struct sq_error *err, const struct sq_energy *energy,
                     const struct sq_source *source)
{
    const struct sq_paper_view *view = sq_paper_view_of(&source->counters, &energy->switches);
    if (energy->convention < 0 ||
        !sq_convention_is((enum sq_convention)energy->convention, SQ_BY_VIEW) || view == NULL ||
        view->assumed[0] == '\0')
        return SQ_OK;
    return sq_warn(err, "view-assumed", "%s: view %s, assumed: %s", energy->origin, view->name,
                   view->assumed);
}

int sq_energy_warn(struct sq_error *err, const struct sq_energy *energy,
                   const struct sq_source *source, const struct sq_bill *bill, size_t n)
{
    const struct sq_priced priced = {.origin = energy->origin,
                                     .source = source,
                                     .hardware = &energy->hardware,
                                     .switches = &energy->switches,
                                     .bill = bill,
                                     .n_bills = n,
                                     .with_ann = 1};
    const int status = sq_priced_warn(err, &priced);
    return status == SQ_OK ? warn_view(err, energy, source) : status;
}
