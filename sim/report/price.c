/* spikeq_energy(): from the options to the text. */
#include "sim/account/energy.h"

#include "sim/account/rates.h"
#include "sim/context.h"
#include "sim/replay/retell.h"

#include <string.h>

static int choose_per(struct sq_error *err, const char *text, enum sq_per *per)
{
    static const char *const name[] = {"", "layer", "block", "timestep", "sample", "class"};
    *per = SQ_PER_NONE;
    if (text == NULL)
        return SQ_OK;
    for (int i = 1; i < 6; i++)
        if (strcmp(text, name[i]) == 0)
            return *per = (enum sq_per)i, SQ_OK;
    return sq_fail(err, SQ_EUSAGE, "--per %.32s: expected layer, block, timestep, sample or class",
                   text);
}

static int choose(struct sq_error *err, const char *config_dirs,
                  const struct spikeq_energy_options *options, struct sq_energy *energy,
                  enum sq_format *format)
{
    const char *convention = options->convention != NULL ? options->convention : "all";
    const int form = sq_format_by_name(options->format != NULL ? options->format : "table");
    energy->convention = strcmp(convention, "all") == 0 ? -1 : sq_convention_by_name(convention);
    energy->switches = sq_switches_default();
    energy->compare = options->compare;
    if (energy->convention < 0 && strcmp(convention, "all") != 0)
        return sq_fail(err, SQ_EUSAGE,
                       "--convention %.32s: expected exact, paper, syops, spikingjelly, "
                       "neurobench, lemaire or all",
                       convention);
    if (form < 0)
        return sq_fail(err, SQ_EUSAGE,
                       "--format %.32s: expected table, json, csv, markdown or latex",
                       options->format);
    *format = (enum sq_format)form;
    int rc = choose_per(err, options->per, &energy->per);
    for (size_t i = 0; rc == SQ_OK && i < options->n_switches; i++)
        rc = sq_switches_set(err, &energy->switches, options->switches[i]);
    if (rc == SQ_OK && energy->compare != NULL && energy->convention < 0)
        rc = sq_fail(err, SQ_EUSAGE, "--compare: expected one --convention to compare with");
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
    struct sq_fixed_settings settings;
    const int rc = sq_retell(err, path, &report);
    if (rc != SQ_OK)
        return rc;
    source->is_fixed = sq_arith_parse(report->network->arith, &settings);
    sq_record_take(report->record, &source->counters, &source->samples);
    source->has_counts = 1;
    spikeq_report_free(report);
    return SQ_OK;
}

static int read_source(struct sq_error *err, const char *config_dirs,
                       const struct spikeq_energy_options *options, struct sq_energy *energy,
                       struct sq_source *source)
{
    struct sq_config config;
    if (options->rates == NULL) {
        energy->origin = options->report;
        return options->report_text == NULL && sq_trace_is_store(options->report)
                   ? read_trace(err, options->report, source)
                   : sq_energy_read_report(err, options->report, options->report_text, source);
    }
    energy->origin = options->rates;
    if (options->config == NULL)
        return sq_fail(err, SQ_EUSAGE, "--rates %s: expected --config NAME beside it",
                       options->rates);
    int rc = sq_config_load(err, config_dirs, options->config, &config);
    if (rc == SQ_OK)
        rc = sq_config_warn_assumed(err, &config);
    return rc == SQ_OK ? sq_rates_read(err, options->rates, &config, source) : rc;
}

int spikeq_energy(spikeq_ctx *ctx, const struct spikeq_energy_options *options, char **text)
{
    struct sq_error *err = &ctx->error;
    struct sq_book book = {.n_sheets = 0};
    struct sq_source source = {.has_counts = 0};
    struct sq_energy energy = {.origin = NULL};
    enum sq_format format = SQ_FORMAT_TABLE;
    const int n_sources =
        (options->report != NULL) + (options->rates != NULL) + (options->table != NULL);
    if (n_sources != 1)
        return sq_fail(err, SQ_EUSAGE, "expected one of a report, --rates, --table");
    int rc = choose(err, ctx->config_dirs, options, &energy, &format);
    if (rc == SQ_OK && options->table != NULL) {
        rc = sq_energy_table(err, &book, &energy, options->table);
    } else if (rc == SQ_OK) {
        rc = read_source(err, ctx->config_dirs, options, &energy, &source);
        if (rc == SQ_OK)
            rc = sq_energy_sheets(err, &book, &energy, &source);
    }
    if (rc == SQ_OK)
        rc = sq_book_write(err, &book, format, text);
    sq_counters_free(&source.counters);
    sq_samples_free(&source.samples);
    sq_book_free(&book);
    return rc;
}

int spikeq_energy_list(spikeq_ctx *ctx, const char *format, char **text)
{
    struct sq_book book = {.n_sheets = 0};
    const int form = sq_format_by_name(format != NULL ? format : "table");
    if (form < 0)
        return sq_fail(&ctx->error, SQ_EUSAGE,
                       "--format %.32s: expected table, json, csv, markdown or latex", format);
    int rc = sq_energy_list(&ctx->error, &book, ctx->config_dirs);
    if (rc == SQ_OK)
        rc = sq_book_write(&ctx->error, &book, (enum sq_format)form, text);
    sq_book_free(&book);
    return rc;
}
