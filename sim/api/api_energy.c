/* spikeq_energy(): from the options to the text. */
#include "sim/account/sheets/energy.h"

#include "kernels/base/option_names.h"

#include "sim/api/context.h"
#include "sim/replay/report_from_trace.h"
#include "sim/report/run_source.h"

#include <stdlib.h>
#include <string.h>

/* Default and largest number of significant digits; default width of a line. */
enum { FEW_DIGITS = 5, MOST_DIGITS = 17, USUAL_WIDTH = 80 };

static int choose_per(struct sq_error *err, const char *text, enum sq_per *per)
{
    static const char *const name[] = {"", "layer", "block", "timestep", "sample", "class"};
    *per = SQ_PER_NONE;
    if (text == NULL)
        return SQ_OK;
    for (int i = 1; i < 6; i++)
        if (strcmp(text, name[i]) == 0)
            return *per = (enum sq_per)i, SQ_OK;
    return sq_fail(err, SQ_EUSAGE,
                   SQ_OPT "per %.32s: expected layer, block, timestep, sample or class", text);
}

static int choose(struct sq_error *err, const char *config_dirs,
                  const struct sq_energy_choices *options, struct sq_energy *energy)
{
    const char *convention = options->convention != NULL ? options->convention : "all";
    char names[120];
    energy->convention = strcmp(convention, "all") == 0 ? -1 : sq_convention_by_name(convention);
    energy->switches = sq_switches_default();
    energy->compare = options->compare;
    if (energy->convention < 0 && strcmp(convention, "all") != 0)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "convention %.32s: expected %s", convention,
                       sq_convention_names(0, "all", names, sizeof names));
    int rc = choose_per(err, options->per, &energy->per);
    for (size_t i = 0; rc == SQ_OK && i < options->n_switches; i++)
        rc = sq_switches_set(err, &energy->switches, options->switches[i]);
    for (size_t i = 0; rc == SQ_OK && energy->convention >= 0 && i < options->n_switches; i++)
        if (!sq_switch_concerns(options->switches[i], sq_convention_table[energy->convention].name))
            rc = sq_fail(err, SQ_EUSAGE, SQ_OPT "switch %.64s: decides nothing of convention %s",
                         options->switches[i], sq_convention_table[energy->convention].name);
    if (rc == SQ_OK && options->table != NULL &&
        (options->n_switches > 0 || options->per != NULL || options->compare != NULL))
        rc = sq_fail(err, SQ_EUSAGE,
                     SQ_OPT "table: rate x FLOPs leaves nothing to " SQ_OPT "switch, " SQ_OPT
                            "per or " SQ_OPT "compare");
    if (rc == SQ_OK && energy->compare != NULL && energy->convention < 0)
        rc = sq_fail(err, SQ_EUSAGE,
                     SQ_OPT "compare: expected one " SQ_OPT "convention to compare with");
    if (rc == SQ_OK)
        rc = sq_hardware_load(err, config_dirs,
                              options->hardware != NULL ? options->hardware : "fp32_45nm",
                              &energy->hardware);
    return rc;
}

/* A trace holds the counters of its run. */
static int read_trace(struct sq_error *err, const char *path, struct sq_source *source)
{
    struct spikeq_report *report;
    const int rc = sq_report_from_trace(err, path, &report);
    if (rc != SQ_OK)
        return rc;
    *source = sq_run_source(report->network, report->record);
    source->n_labelled = report->n_labelled;
    source->n_correct = report->n_correct;
    sq_record_take(report->record, &source->counters, &source->samples);
    sq_report_free(report);
    return SQ_OK;
}

static int read_source(spikeq_ctx *ctx, const struct sq_energy_choices *options,
                       struct sq_energy *energy, struct sq_source *source)
{
    struct sq_error *err = &ctx->error;
    struct sq_config config;
    if (options->rates == NULL) {
        energy->origin = options->report;
        return options->report_text == NULL && sq_trace_is_store(options->report)
                   ? read_trace(err, options->report, source)
                   : sq_energy_read_report(err, options->report, options->report_text, source);
    }
    energy->origin = options->rates;
    if (options->config == NULL)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "rates %s: expected " SQ_OPT "config NAME beside it",
                       options->rates);
    int rc = sq_config_open(ctx, options->config, options->architecture, NULL, 0, &config);
    if (rc == SQ_OK)
        rc = sq_config_warn_assumed(err, &config);
    return rc == SQ_OK ? sq_rates_read(err, options->rates, &config, source) : rc;
}

static int choose_style(struct sq_error *err, const struct sq_energy_choices *options,
                        struct sq_style *style)
{
    const int form = sq_format_by_name(options->format != NULL ? options->format : "table");
    if (form < 0)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "format %.32s: expected table, json, csv, markdown or latex",
                       options->format);
    if (options->digits > MOST_DIGITS)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "digits %d: expected 1 to %d, or full",
                       options->digits, MOST_DIGITS);
    const int is_for_programs =
        form == SQ_FORMAT_JSON || form == SQ_FORMAT_CSV || options->csv_directory != NULL;
    *style = (struct sq_style){.format = (enum sq_format)form,
                               .digits = options->digits > 0    ? options->digits
                                         : options->digits == 0 ? (is_for_programs ? 0 : FEW_DIGITS)
                                                                : 0,
                               .unit = options->unit,
                               .columns = options->columns,
                               .width = options->width > 0 ? options->width : USUAL_WIDTH,
                               .verbose = options->verbose};
    return sq_style_check(err, NULL, style);
}

/* A book is written to files, or becomes the text. */
static int deliver(struct sq_error *err, const struct sq_book *book,
                   const struct sq_energy_choices *options, const struct sq_style *style,
                   char **text)
{
    if (options->csv_directory == NULL)
        return sq_book_write(err, book, style, text);
    const int rc = sq_book_save(err, book, style, options->csv_directory, options->csv_replaces);
    if (rc == SQ_OK && (*text = strdup("")) == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory");
    return rc;
}

/* All of several reports and traces. */
static int read_models(struct sq_error *err, const struct sq_energy_choices *options,
                       struct sq_model *model)
{
    int rc = SQ_OK;
    for (size_t i = 0; rc == SQ_OK && i < 1 + options->n_more; i++) {
        model[i].origin = i == 0 ? options->report : options->more[i - 1];
        rc = sq_trace_is_store(model[i].origin)
                 ? read_trace(err, model[i].origin, &model[i].source)
                 : sq_energy_read_report(err, model[i].origin, NULL, &model[i].source);
    }
    return rc;
}

static int price_models(struct sq_error *err, struct sq_book *book, struct sq_energy *energy,
                        const struct sq_energy_choices *options)
{
    const size_t n = 1 + options->n_more;
    if (options->report == NULL || options->report_text != NULL || energy->per != SQ_PER_NONE ||
        energy->compare != NULL)
        return sq_fail(err, SQ_EUSAGE,
                       "several reports or traces are one table, a row a model: " SQ_OPT
                       "per and " SQ_OPT "compare go with one");
    struct sq_model *model = calloc(n, sizeof *model);
    if (model == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for %zu models", n);
    if (options->convention == NULL)
        energy->convention = SQ_EXACT;
    int rc = read_models(err, options, model);
    if (rc == SQ_OK)
        rc = sq_energy_models(err, book, energy, model, n);
    for (size_t i = 0; i < n; i++) {
        sq_counters_free(&model[i].source.counters);
        sq_samples_free(&model[i].source.samples);
    }
    free(model);
    return rc;
}

static int price_one(spikeq_ctx *ctx, struct sq_book *book, struct sq_energy *energy,
                     const struct sq_energy_choices *options)
{
    struct sq_source source = {.has_counts = 0};
    int rc = read_source(ctx, options, energy, &source);
    if (rc == SQ_OK)
        rc = sq_energy_sheets(&ctx->error, book, energy, &source);
    sq_counters_free(&source.counters);
    sq_samples_free(&source.samples);
    return rc;
}

static int price(spikeq_ctx *ctx, const struct sq_energy_choices *options, char **text)
{
    struct sq_error *err = &ctx->error;
    struct sq_book book = {.n_sheets = 0};
    struct sq_energy energy = {.origin = NULL};
    struct sq_style style;
    int rc = choose_style(err, options, &style);
    if (rc == SQ_OK)
        rc = choose(err, ctx->config_dirs, options, &energy);
    if (rc == SQ_OK && options->n_more > 0)
        rc = price_models(err, &book, &energy, options);
    else if (rc == SQ_OK && options->table != NULL)
        rc = sq_energy_table(err, &book, &energy, options->table);
    else if (rc == SQ_OK)
        rc = price_one(ctx, &book, &energy, options);
    if (rc == SQ_OK)
        rc = deliver(err, &book, options, &style, text);
    sq_book_free(&book);
    return rc;
}

/* Who gives the switch knows that weights are 0, and has chosen what they cost. */
static const char *settled_by(const struct sq_energy_choices *options)
{
    static const char key[] = "zero-weights=";
    for (size_t i = 0; i < options->n_switches; i++)
        if (strncmp(options->switches[i], key, sizeof key - 1) == 0)
            return "zero-weights";
    return NULL;
}

int sq_api_energy(spikeq_ctx *ctx, const struct sq_energy_choices *options, char **text)
{
    struct sq_error *err = &ctx->error;
    struct sq_warnings warnings = {.settled = settled_by(options)};
    const int n_sources =
        (options->report != NULL) + (options->rates != NULL) + (options->table != NULL);
    if (n_sources != 1)
        return sq_fail(err, SQ_EUSAGE,
                       "expected one of a report, " SQ_OPT "rates, " SQ_OPT "table");
    sq_warnings_begin(err, &warnings);
    const int rc = price(ctx, options, text);
    sq_warnings_end(err, &warnings);
    return rc;
}

int sq_api_energy_list(spikeq_ctx *ctx, const struct sq_energy_choices *options, char **text)
{
    struct sq_book book = {.n_sheets = 0};
    struct sq_style style;
    int rc = choose_style(&ctx->error, options, &style);
    if (rc == SQ_OK)
        rc = sq_energy_list(&ctx->error, &book, ctx->config_dirs);
    if (rc == SQ_OK)
        rc = deliver(&ctx->error, &book, options, &style, text);
    sq_book_free(&book);
    return rc;
}
