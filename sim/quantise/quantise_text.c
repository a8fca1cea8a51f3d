/* The findings as tables, as Markdown and as JSON. */
#include "sim/json/json.h"
#include "sim/json/page.h"
#include "sim/quantise/bit_energy.h"
#include "sim/quantise/quantise.h"
#include "sim/report/fixed_json.h"

#include <string.h>

struct sq_mismatch sq_trial_mismatch(const struct sq_trial *trial, const struct sq_node *node)
{
    const struct sq_network *network = trial->network;
    const uint64_t passes = trial->report->totals.n_samples * network->config.timesteps;
    struct sq_mismatch sum = {0, 0};
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *own = &network->node[i];
        if (!sq_node_is_population(own) || (node != NULL && node != own))
            continue;
        sum.different += trial->different[i];
        sum.all += (uint64_t)own->shape.n_rows * own->shape.n_channels * passes;
    }
    return sum;
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

/* Bytes of the weights and scales; float32 has neither. */
static double model_kib(const struct sq_network *network)
{
    const uint64_t bits =
        network->is_fixed ? sq_fixed_model_bits(network) : 32 * sq_network_numbers(network);
    return (double)bits / (8 * 1024);
}

/* One line of the sweep. */
struct row {
    char bits[16], accuracy[16], mismatch[24], changed[32], energy[24];
    double kib;
};

static void fill_row(const struct sq_quantise *found, size_t index, struct row *row)
{
    const struct sq_trial *trial = index == 0 ? &found->f32 : &found->fixed[index - 1];
    *row = (struct row){.kib = model_kib(trial->network)};
    snprintf(row->bits, sizeof row->bits, "-");
    if (index > 0)
        snprintf(row->bits, sizeof row->bits, "%u", trial->network->fixed.weight_bits);
    snprintf(row->accuracy, sizeof row->accuracy, "-");
    snprintf(row->mismatch, sizeof row->mismatch, "-");
    snprintf(row->changed, sizeof row->changed, "-");
    snprintf(row->energy, sizeof row->energy, "-");
    if (found->n_samples == 0)
        return;
    const struct sq_mismatch mismatch = sq_trial_mismatch(trial, NULL);
    if (trial->report->n_labelled > 0)
        snprintf(row->accuracy, sizeof row->accuracy, "%.2f %%",
                 percent(trial->report->n_correct, trial->report->n_labelled));
    snprintf(row->energy, sizeof row->energy, "%.3f", found->energy_uj[index]);
    if (index == 0)
        return;
    snprintf(row->mismatch, sizeof row->mismatch, "%.3f %%",
             percent(mismatch.different, mismatch.all));
    snprintf(row->changed, sizeof row->changed, "%.2f %%",
             percent(trial->n_changed, found->n_samples));
}

static void print_sweep(FILE *to, const struct sq_quantise *found, int is_markdown)
{
    const char *line = is_markdown ? "| %s | %s | %s | %s | %s | %.0f | %s |\n"
                                   : "%-7s %5s %10s %16s %20s %11.0f %17s\n";
    fprintf(to,
            is_markdown ? "| %s | %s | %s | %s | %s | %s | %s |\n"
                        : "%-7s %5s %10s %16s %20s %11s %17s\n",
            "arith", "bits", "accuracy", "spikes unlike f32", "predictions changed", "model, KiB",
            "energy, uJ/sample");
    if (is_markdown)
        fprintf(to, "|---|---:|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i <= found->n_fixed; i++) {
        struct row row;
        fill_row(found, i, &row);
        fprintf(to, line, i == 0 ? "f32" : "fixed", row.bits, row.accuracy, row.mismatch,
                row.changed, row.kib, row.energy);
    }
}

/* Room for the longest name of a layer. */
static int name_width(const struct sq_network *network)
{
    size_t most = 24;
    for (size_t i = 0; i < network->n_nodes; i++)
        if (network->node[i].fixed != NULL && strlen(network->node[i].name) > most)
            most = strlen(network->node[i].name);
    return (int)most;
}

/* Streams of one width. */
static void print_streams(FILE *to, const struct sq_network *network, int is_markdown)
{
    if (network->n_streams > 0)
        fprintf(to, is_markdown ? "\n| %s | %s | %s |\n" : "\n%-40s %8s %6s\n",
                "stream, by its first layer", "exponent", "bits");
    if (network->n_streams > 0 && is_markdown)
        fprintf(to, "|---|---:|---:|\n");
    for (size_t i = 0; i < network->n_streams; i++)
        fprintf(to, is_markdown ? "| %s | %d | %u |\n" : "%-40s %8d %6u\n", network->stream[i].name,
                network->stream[i].exponent, network->stream[i].bits);
}

/* The layers of one width: how they are held, and how far they are from float32. */
static void print_layers(FILE *to, const struct sq_quantise *found, const struct sq_trial *trial,
                         int is_markdown)
{
    const int width = is_markdown ? 0 : name_width(trial->network);
    const char *line = is_markdown ? "| %-*s | %.3f %% | %u | %u | %u | %u | %.3f %% |\n"
                                   : "%-*s %8.3f %% %6u %12u %6u %9u %9.3f %%\n";
    fprintf(to,
            is_markdown ? "\n| %-*s | %s | %s | %s | %s | %s | %s |\n"
                        : "\n%-*s %10s %6s %12s %6s %9s %11s\n",
            width, "layer", "weights off", "adder", "accumulator", "guard", "membrane",
            found->n_samples > 0 ? "spikes off" : "");
    if (is_markdown)
        fprintf(to, "|---|---:|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < trial->network->n_nodes; i++) {
        const struct sq_node *node = &trial->network->node[i];
        const struct sq_fixed *fixed = node->fixed;
        const struct sq_mismatch mismatch = sq_trial_mismatch(trial, node);
        if (fixed == NULL)
            continue;
        fprintf(to, line, width, node->name, 100 * fixed->weight_error, fixed->sum_bits,
                8 * fixed->sum_bytes, fixed->guard_bits, fixed->membrane_bits,
                percent(mismatch.different, mismatch.all));
    }
    print_streams(to, trial->network, is_markdown);
}

static void print_tables(FILE *to, const struct sq_quantise *found, int is_markdown)
{
    const struct sq_trial *one = found->n_fixed == 1 ? &found->fixed[0] : NULL;
    if (!is_markdown) {
        fprintf(to, "model     %s\n", found->f32.network->model_path);
        if (found->n_samples > 0)
            fprintf(to,
                    "samples   %llu of %s\n"
                    "energy    convention " SQ_BIT_CONVENTION ", hardware " SQ_BIT_HARDWARE "\n",
                    (unsigned long long)found->n_samples, found->input_path);
        if (one != NULL)
            fprintf(to, "arith     %s\n", one->network->arith);
        if (found->out != NULL)
            fprintf(to, "written   %s\n", found->out);
        putc('\n', to);
    }
    print_sweep(to, found, is_markdown);
    if (one != NULL)
        print_layers(to, found, one, is_markdown);
}

static void add_mismatches(cJSON *to, const struct sq_trial *trial)
{
    cJSON *object = sq_json_add_object(to, "populations");
    for (size_t i = 0; i < trial->report->n_populations; i++)
        sq_json_count(object, trial->report->population[i]->name,
                      sq_trial_mismatch(trial, trial->report->population[i]).different);
}

static cJSON *trial_json(const struct sq_quantise *found, size_t index)
{
    const struct sq_trial *trial = index == 0 ? &found->f32 : &found->fixed[index - 1];
    cJSON *object = cJSON_CreateObject();
    sq_report_add_arith(object, trial->report);
    sq_json_add_number(object, "model_kib", model_kib(trial->network));
    if (found->n_samples == 0)
        return object;
    if (trial->report->n_labelled > 0)
        sq_json_add_number(object, "accuracy",
                           percent(trial->report->n_correct, trial->report->n_labelled) / 100);
    sq_json_add_number(object, "energy_uj", found->energy_uj[index]);
    if (index == 0)
        return object;
    const struct sq_mismatch mismatch = sq_trial_mismatch(trial, NULL);
    sq_json_count(object, "spikes_unlike_f32", mismatch.different);
    sq_json_count(object, "neuron_timesteps", mismatch.all);
    sq_json_count(object, "predictions_changed", trial->n_changed);
    add_mismatches(object, trial);
    return object;
}

static cJSON *make_json(const struct sq_quantise *found)
{
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "format", "spikeq quantize");
    sq_json_count(root, "version", 1);
    sq_json_add_text(root, "model", found->f32.network->model_path);
    sq_json_add_text(root, "model_sha256", found->f32.network->model_digest);
    sq_json_count(root, "samples", found->n_samples);
    sq_json_add_text(root, "energy_convention", SQ_BIT_CONVENTION);
    sq_json_add_text(root, "energy_hardware", SQ_BIT_HARDWARE);
    cJSON *trials = sq_json_add_array(root, "arithmetics");
    for (size_t i = 0; i <= found->n_fixed; i++)
        sq_json_append(trials, trial_json(found, i));
    return root;
}

int sq_quantise_tell(struct sq_error *err, const struct sq_quantise *found,
                     enum sq_quantise_format format, char **text)
{
    struct sq_page page;
    if (format == SQ_QUANTISE_JSON)
        return sq_page_json(err, make_json(found), text);
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    print_tables(page.stream, found, format == SQ_QUANTISE_MARKDOWN);
    return sq_page_close(err, &page, text);
}
