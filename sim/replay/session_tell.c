/* The result of a replay: the comparison, and what changed against the trace. */
#include "kernels/base/plural.h"
#include "sim/json/json.h"
#include "sim/json/page.h"
#include "sim/json/warnings_json.h"
#include "sim/replay/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One population or synapse, as recorded and as replayed. */
struct pair {
    struct spikeq_population was, now;
};

static struct pair pair_at(const struct sq_replay *replay, size_t i)
{
    struct pair pair;
    sq_report_population(replay->before, i, &pair.was);
    sq_report_population(replay->after, i, &pair.now);
    return pair;
}

static size_t node_of(const struct sq_replay *replay, size_t population)
{
    return (size_t)(replay->after->population[population] - replay->network->node);
}

static int is_compared(const struct sq_replay *replay, size_t node)
{
    return replay->options->verify && replay->cut.role[node] == SQ_COMPUTE &&
           sq_node_is_population(&replay->network->node[node]) && replay->population_of[node] >= 0;
}

/* Sums over what was compared. */
struct compared {
    uint64_t populations, frames, different;
};

static struct compared sum_compared(const struct sq_replay *replay)
{
    struct compared sum = {0, 0, 0};
    for (size_t i = 0; i < replay->network->n_nodes; i++)
        if (is_compared(replay, i)) {
            sum.populations++;
            sum.frames += sq_verify_frames(&replay->verify, i);
            sum.different += sq_verify_different(&replay->verify, i);
        }
    return sum;
}

static void first_difference(const struct sq_replay *replay, char text[SQ_DIFFERENCE_TEXT])
{
    const struct sq_divergence *first = &replay->verify.first;
    sq_difference_text(sq_playback_population(&replay->playback, first->node), &first->difference,
                       "the replay", sq_trace_path(replay->trace), text);
}

static const char *role_name(const struct sq_replay *replay, size_t node)
{
    switch ((enum sq_role)replay->cut.role[node]) {
    case SQ_COMPUTE:
        return "computed";
    case SQ_SKIP:
        return "as recorded";
    default:
        return replay->cut.is_from[node] ? "injected" : "from recording";
    }
}

static uint64_t additions_of(const struct spikeq_report *report)
{
    struct spikeq_summary summary;
    sq_report_summary(report, &summary);
    return summary.additions;
}

static double change_percent(uint64_t was, uint64_t now)
{
    return was > 0 ? 100 * ((double)now - (double)was) / (double)was : 0;
}

static void put_verify(FILE *to, const struct sq_replay *replay)
{
    char text[SQ_DIFFERENCE_TEXT];
    const struct compared sum = sum_compared(replay);
    if (!replay->options->verify)
        return;
    fprintf(to, "verified  %" PRIu64 " frame%s of %" PRIu64 " computed population%s: ", sum.frames,
            sq_s(sum.frames), sum.populations, sq_s(sum.populations));
    if (sq_replay_is_equal(replay)) {
        fputs("all equal, logits too\n", to);
        return;
    }
    fprintf(to, "%" PRIu64 " neuron%s differ%s; logits of %" PRIu64 " sample%s differ\n",
            sum.different, sq_s(sum.different), sum.different == 1 ? "s" : "", replay->n_logits,
            sq_s(replay->n_logits));
    if (!replay->verify.first.is_found)
        return;
    first_difference(replay, text);
    fprintf(to, "first     %s\n", text);
    for (size_t i = 0; i < replay->network->n_nodes; i++)
        if (is_compared(replay, i) && sq_verify_different(&replay->verify, i) > 0)
            fprintf(to, "          %-24s %" PRIu64 " of %" PRIu64 " neuron timesteps differ\n",
                    replay->network->node[i].name, sq_verify_different(&replay->verify, i),
                    sq_verify_frames(&replay->verify, i) *
                        sq_trace_neurons(sq_playback_population(&replay->playback, i)));
}

static void put_accuracy(FILE *to, const struct sq_replay *replay)
{
    const struct spikeq_report *was = replay->before, *now = replay->after;
    if (was->n_labelled == 0)
        return;
    fprintf(to, "accuracy  %.4f -> %.4f (%" PRIu64 " -> %" PRIu64 " of %" PRIu64 ")\n",
            (double)was->n_correct / (double)was->n_labelled,
            (double)now->n_correct / (double)now->n_labelled, was->n_correct, now->n_correct,
            was->n_labelled);
}

static void put_populations(FILE *to, const struct sq_replay *replay)
{
    fprintf(to, "\n%-24s %-14s %9s %9s %9s\n", "population", "", "recorded", "replayed",
            "change, %");
    fprintf(to, "%-24s %-14s %9s %9s\n", "", "", "rate, %", "rate, %");
    for (size_t i = 0; i < replay->after->n_populations; i++) {
        const struct pair pair = pair_at(replay, i);
        fprintf(to, "%-24s %-14s %9.3f %9.3f %9.3f\n", pair.now.name,
                role_name(replay, node_of(replay, i)), 100 * pair.was.rate, 100 * pair.now.rate,
                change_percent(pair.was.spikes, pair.now.spikes));
    }
}

static void put_text(FILE *to, const struct sq_replay *replay)
{
    char change[SQ_CHANGE_TEXT];
    sq_change_text(&replay->change, replay->options->silence, replay->options->n_silence, change,
                   sizeof change);
    fprintf(to, "trace     %s\n", sq_trace_path(replay->trace));
    fprintf(to, "model     %s%s\n", replay->network->model_path,
            replay->is_same_model  ? ""
            : replay->is_same_file ? " (other weights of the file than the recorded ones)"
                                   : " (not the recorded one: another SHA-256)");
    if (change[0] != '\0')
        fprintf(to, "change    %s\n", change);
    fprintf(to, "samples   %" PRIu64 " in %.2f s\n", replay->n_samples,
            replay->after->totals.seconds);
    put_verify(to, replay);
    fprintf(to, "classes   %" PRIu64 " of %" PRIu64 " prediction%s changed", replay->n_changed,
            replay->n_samples, sq_s(replay->n_samples));
    if (replay->n_changed > 0)
        fprintf(to, ", the first in sample %" PRIu64, replay->first_changed);
    fputc('\n', to);
    if (!replay->has_operations) {
        fputs("rates     the trace holds no operations: no comparison of rates and operations\n",
              to);
        return;
    }
    put_accuracy(to, replay);
    const uint64_t was = additions_of(replay->before), now = additions_of(replay->after);
    fprintf(to, "additions %" PRIu64 " -> %" PRIu64 " (%+.3f %%)\n", was, now,
            change_percent(was, now));
    put_populations(to, replay);
}

static void add_verify(cJSON *root, const struct sq_replay *replay)
{
    char text[SQ_DIFFERENCE_TEXT];
    const struct compared sum = sum_compared(replay);
    if (!replay->options->verify)
        return;
    cJSON *object = sq_json_add_object(root, "verify");
    sq_json_add_bool(object, "equal", sq_replay_is_equal(replay));
    sq_json_count(object, "populations", sum.populations);
    sq_json_count(object, "frames", sum.frames);
    sq_json_count(object, "neurons_different", sum.different);
    sq_json_count(object, "samples_with_other_logits", replay->n_logits);
    if (!replay->verify.first.is_found)
        return;
    first_difference(replay, text);
    sq_json_add_text(object, "first", text);
    cJSON *each = sq_json_add_object(object, "neurons_different_per_population");
    for (size_t i = 0; i < replay->network->n_nodes; i++)
        if (is_compared(replay, i))
            sq_json_count(each, replay->network->node[i].name,
                          sq_verify_different(&replay->verify, i));
}

static void add_populations(cJSON *root, const struct sq_replay *replay)
{
    cJSON *list = sq_json_add_array(root, "populations");
    for (size_t i = 0; i < replay->after->n_populations; i++) {
        const struct pair pair = pair_at(replay, i);
        cJSON *object = cJSON_CreateObject();
        sq_json_append(list, object);
        sq_json_add_text(object, "name", pair.now.name);
        sq_json_add_text(object, "role", role_name(replay, node_of(replay, i)));
        sq_json_count(object, "spikes_recorded", pair.was.spikes);
        sq_json_count(object, "spikes", pair.now.spikes);
        sq_json_add_number(object, "rate_recorded", pair.was.rate);
        sq_json_add_number(object, "rate", pair.now.rate);
    }
}

/* Additions of a synapse or attention, recorded and replayed. */
static void append_additions(cJSON *list, const char *name, uint64_t was, uint64_t now)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_append(list, object);
    sq_json_add_text(object, "name", name);
    sq_json_count(object, "additions_recorded", was);
    sq_json_count(object, "additions", now);
}

static void add_synapses(cJSON *root, const struct sq_replay *replay)
{
    cJSON *list = sq_json_add_array(root, "synapses");
    for (size_t i = 0; i < replay->after->n_synapses; i++) {
        struct spikeq_synapse was, now;
        sq_report_synapse(replay->before, i, &was);
        sq_report_synapse(replay->after, i, &now);
        append_additions(list, now.name, was.additions, now.additions);
    }
}

static void add_attention(cJSON *root, const struct sq_replay *replay)
{
    cJSON *list = sq_json_add_array(root, "attention");
    for (size_t i = 0; i < replay->after->n_attentions; i++) {
        struct spikeq_attention was, now;
        sq_report_attention(replay->before, i, &was);
        sq_report_attention(replay->after, i, &now);
        append_additions(list, now.name, was.additions, now.additions);
    }
}

static cJSON *make_json(const struct sq_replay *replay)
{
    char change[SQ_CHANGE_TEXT];
    cJSON *root = cJSON_CreateObject();
    sq_change_text(&replay->change, replay->options->silence, replay->options->n_silence, change,
                   sizeof change);
    sq_json_add_text(root, "format", "spikeq replay");
    sq_json_count(root, "version", 1);
    sq_json_add_text(root, "trace", sq_trace_path(replay->trace));
    sq_json_add_text(root, "model", replay->network->model_path);
    sq_json_add_bool(root, "recorded_model", replay->is_same_model);
    sq_json_add_text(root, "change", change);
    sq_json_add_item(root, "warnings", sq_warnings_to_json(&replay->warnings));
    sq_json_count(root, "samples", replay->n_samples);
    add_verify(root, replay);
    sq_json_count(root, "predictions_changed", replay->n_changed);
    if (replay->has_operations) {
        if (replay->before->n_labelled > 0) {
            sq_json_count(root, "labelled", replay->before->n_labelled);
            sq_json_count(root, "correct_recorded", replay->before->n_correct);
            sq_json_count(root, "correct", replay->after->n_correct);
        }
        sq_json_count(root, "additions_recorded", additions_of(replay->before));
        sq_json_count(root, "additions", additions_of(replay->after));
        add_populations(root, replay);
        add_synapses(root, replay);
        add_attention(root, replay);
    }
    return root;
}

int sq_replay_tell(struct sq_replay *replay, int as_json, char **text)
{
    struct sq_error *err = replay->err;
    struct sq_page page;
    if (as_json)
        return sq_page_json(err, make_json(replay), text);
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    put_text(page.stream, replay);
    return sq_page_close(err, &page, text);
}
