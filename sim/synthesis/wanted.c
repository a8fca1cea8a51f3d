#include "sim/synthesis/wanted.h"

#include "sim/account/sheets/csv.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first population, as an example. */
static const char *example(const struct sq_network *network)
{
    for (size_t i = 0; i < network->n_nodes; i++)
        if (sq_node_is_population(&network->node[i]))
            return network->node[i].name;
    return "";
}

static int is_rate(const char *text, double *rate)
{
    char *end;
    errno = 0;
    *rate = strtod(text, &end);
    return end != text && *end == '\0' && errno == 0 && *rate > 0 && *rate < 1;
}

/* Of the populations that a pattern matches; how many. */
static size_t assign(const struct sq_network *network, const char *pattern, double value,
                     double *rate)
{
    size_t n = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        if (sq_node_is_population(&network->node[i]) &&
            fnmatch(pattern, network->node[i].name, 0) == 0) {
            rate[i] = value;
            n++;
        }
    return n;
}

static int read_option(struct sq_error *err, const struct sq_network *network, const char *option,
                       double *rate)
{
    char pattern[SQ_NAME_BYTES];
    const char *sign = strchr(option, '=');
    const size_t n = sign != NULL ? (size_t)(sign - option) : 0;
    double value;
    if (!is_rate(sign != NULL ? sign + 1 : option, &value))
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "rate %s: expected a firing rate above 0 and below 1, or GLOB=RATE",
                       option);
    snprintf(pattern, sizeof pattern, "%.*s", (int)n, option);
    if (assign(network, sign != NULL ? pattern : "*", value, rate) > 0)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE,
                   SQ_OPT "rate %s: no population of that name, expected one such as %s", option,
                   example(network));
}

static int read_row(struct sq_error *err, const struct sq_network *network, const char *path,
                    const struct sq_csv *csv, size_t row, const int column[2], double *rate)
{
    const char *name = sq_csv_cell(csv, row, column[0]);
    double value;
    const int status = sq_csv_number(err, path, csv, row, column[1], 0, 1, &value);
    if (status != SQ_OK)
        return status;
    if (!(value > 0 && value < 1))
        return sq_fail(err, SQ_EVALUE,
                       "%s: line %u: %.64s: rate %g, expected one above 0 and below 1", path,
                       csv->line[row], name, value);
    for (size_t i = 0; i < network->n_nodes; i++)
        if (sq_node_is_population(&network->node[i]) && strcmp(name, network->node[i].name) == 0)
            return rate[i] = value, SQ_OK;
    return sq_fail(err, SQ_EFORMAT,
                   "%s: line %u: %.64s: no population of that name, expected one such as %s", path,
                   csv->line[row], name, example(network));
}

static int read_table(struct sq_error *err, const struct sq_network *network, const char *path,
                      double *rate)
{
    struct sq_csv csv;
    int column[2];
    int status = sq_csv_read(err, path, &csv);
    if (status == SQ_OK)
        status = sq_csv_need(err, path, &csv, "name", &column[0]);
    if (status == SQ_OK)
        status = sq_csv_need(err, path, &csv, "rate", &column[1]);
    for (size_t row = 0; status == SQ_OK && row < csv.n_rows; row++)
        status = read_row(err, network, path, &csv, row, column, rate);
    sq_csv_free(&csv);
    return status;
}

static int check_complete(struct sq_error *err, const struct sq_network *network,
                          const double *rate)
{
    for (size_t i = 0; i < network->n_nodes; i++)
        if (sq_node_is_population(&network->node[i]) && rate[i] == 0)
            return sq_fail(err, SQ_EUSAGE,
                           "no firing rate is given for %s; " SQ_OPT
                           "rate R gives one to every population",
                           network->node[i].name);
    return SQ_OK;
}

int sq_wanted_read(struct sq_error *err, const struct sq_network *network,
                   const struct sq_wanted *wanted, double *rate)
{
    int status = SQ_OK;
    for (int for_all = 1; for_all >= 0; for_all--) {
        for (size_t i = 0; status == SQ_OK && i < wanted->n_rate; i++)
            if ((strchr(wanted->rate[i], '=') == NULL) == for_all)
                status = read_option(err, network, wanted->rate[i], rate);
        if (status == SQ_OK && for_all && wanted->table != NULL)
            status = read_table(err, network, wanted->table, rate);
    }
    return status == SQ_OK ? check_complete(err, network, rate) : status;
}
