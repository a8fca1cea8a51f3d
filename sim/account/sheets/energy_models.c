/* Several networks as one table, as papers have it: a row a model. */
#include "sim/account/sheets/energy.h"

#include "sim/account/price/exact.h"

#include <stdio.h>
#include <string.h>

/* "results/a-4-384.json" is "a-4-384". */
static void model_name(const char *origin, char name[SQ_MODEL_NAME])
{
    const char *slash = strrchr(origin, '/'), *stem = slash != NULL ? slash + 1 : origin;
    const char *dot = strrchr(stem, '.');
    const int length = dot != NULL && dot > stem ? (int)(dot - stem) : (int)strlen(stem);
    snprintf(name, SQ_MODEL_NAME, "%.*s", length, stem);
}

/* Additions as delivered, per sample: what `exact` prices by default. */
static double sops_of(const struct sq_source *source)
{
    const struct sq_switches plain = sq_switches_default();
    uint64_t sum = 0;
    for (size_t i = 0; i < source->counters.n_ops; i++) {
        const struct sq_op *op = &source->counters.op[i];
        const struct sq_exact c = sq_exact_count(op);
        sum += sq_exact_acs(op, &c, &plain);
    }
    return (double)sum / (double)source->counters.n_samples;
}

/* Spikes of all populations, as a share of what their neurons could send. */
static double mean_rate(const struct sq_counters *counters)
{
    double spikes = 0, most = 0;
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        const uint64_t levels = op->levels > 1 ? op->levels : 1;
        if (op->kind != SQ_OP_NEURON)
            continue;
        const struct sq_op_count sum = sq_op_sum(op);
        spikes += (double)sum.out_nonzeros;
        most += (double)op->n_out * (double)levels * (double)sum.frames;
    }
    return most > 0 ? spikes / most : 0;
}

/* Columns of the sheet, in their order. */
enum {
    MODEL,
    CONFIG,
    TIMESTEPS,
    PARAMETERS,
    ACCURACY,
    RATE,
    CONVENTION,
    SOPS,
    ACS,
    MACS,
    ENERGY,
    ANN_ENERGY,
    RATIO
};

static void add_row(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                    const struct sq_model *model, const struct sq_bill *bill)
{
    const struct sq_source *source = &model->source;
    const double ann_mj = sq_ann_mj(&source->counters, &energy->hardware);
    char name[SQ_MODEL_NAME];
    model_name(model->origin, name);
    sq_sheet_row(book, sheet);
    sq_sheet_text(book, sheet, MODEL, "%s", name);
    sq_sheet_text(book, sheet, CONFIG, "%s", source->counters.config);
    sq_sheet_text(book, sheet, TIMESTEPS, "%u", source->counters.timesteps);
    if (source->parameters > 0)
        sq_sheet_number(book, sheet, PARAMETERS, (double)source->parameters / 1e6);
    if (source->n_labelled > 0)
        sq_sheet_number(book, sheet, ACCURACY,
                        100 * (double)source->n_correct / (double)source->n_labelled);
    if (source->has_counts)
        sq_sheet_number(book, sheet, RATE, 100 * mean_rate(&source->counters));
    sq_sheet_text(book, sheet, CONVENTION, "%s", sq_convention_table[bill->convention].name);
    sq_sheet_number(book, sheet, SOPS, sops_of(source) / 1e9);
    sq_sheet_number(book, sheet, ACS, bill->acs / 1e9);
    sq_sheet_number(book, sheet, MACS, bill->macs / 1e9);
    sq_sheet_number(book, sheet, ENERGY, bill->energy_mj);
    sq_sheet_number(book, sheet, ANN_ENERGY, ann_mj);
    if (sq_bill_has_ratio(bill))
        sq_sheet_number(book, sheet, RATIO, ann_mj / bill->energy_mj);
}

static int add_model(struct sq_error *err, struct sq_book *book, struct sq_sheet *sheet,
                     const struct sq_energy *energy, const struct sq_model *model)
{
    struct sq_energy own = *energy;
    struct sq_bill bill[SQ_CONVENTIONS];
    size_t n = 0;
    own.origin = model->origin;
    int status = sq_energy_bills(err, &book->arena, &own, &model->source, bill, &n);
    if (status == SQ_OK)
        status = sq_energy_warn(err, &own, &model->source, bill, n);
    for (size_t i = 0; status == SQ_OK && i < n; i++)
        add_row(book, sheet, energy, model, &bill[i]);
    return status;
}

int sq_energy_models(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                     const struct sq_model *model, size_t n)
{
    const int is_one = energy->convention >= 0;
    char title[600], basis[400], columns[200];
    int status = SQ_OK;
    snprintf(title, sizeof title, "energy per sample, %s%s, %s",
             is_one ? "convention " : "all conventions",
             is_one ? sq_convention_table[energy->convention].name : "",
             sq_energy_basis(energy, basis, sizeof basis));
    snprintf(columns, sizeof columns,
             "model|+config|+T|M params|accuracy %%|+rate %%|%sconvention|+G SOPs|G ACs|G MACs|"
             "energy_mj|+ann_mj|ANN / this",
             is_one ? "+" : "");
    struct sq_sheet *sheet = sq_book_sheet(book, "models", title, columns);
    for (size_t i = 0; status == SQ_OK && i < n; i++)
        status = add_model(err, book, sheet, energy, &model[i]);
    if (status == SQ_OK)
        sq_energy_profile_notes(book, sheet, energy);
    return status;
}
