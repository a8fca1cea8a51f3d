#include "sim/analysis/write/csv_rows.h"

#include "sim/analysis/write/analysis_read.h"

/* Tables of a population. */
static void put_population(struct sq_csv_out *csv, const struct sq_csv_head *head,
                           const cJSON *population)
{
    static const char *const path[] = {"kind",
                                       "neurons",
                                       "tokens",
                                       "channels",
                                       "spikes",
                                       "rate/mean",
                                       "rate/sd",
                                       "rate/low",
                                       "rate/high",
                                       "silent_neurons",
                                       "saturated_neurons",
                                       "spread/lifetime_sparseness",
                                       "spread/population_sparseness",
                                       "spread/gini",
                                       "spread/entropy_bits_per_neuron",
                                       "spread/effective_dimension",
                                       "time/delta_events",
                                       "time/delta_events_per_spike",
                                       "time/never_fired",
                                       "product_sparsity/saved_share",
                                       "product_sparsity/timesteps_stacked/saved_share",
                                       NULL};
    sq_csv_begin_row(csv, head);
    sq_csv_cells(csv, population, path);
    sq_csv_end_row(csv);
}

static void put_timesteps(struct sq_csv_out *csv, const struct sq_csv_head *head,
                          const cJSON *population)
{
    static const char *const path[] = {"spikes_per_timestep",
                                       "rate_per_timestep/mean",
                                       "rate_per_timestep/sd",
                                       "rate_per_timestep/low",
                                       "rate_per_timestep/high",
                                       "time/first_spikes_per_timestep",
                                       "product_sparsity/saved_spikes_per_timestep",
                                       NULL};
    sq_csv_arrays(csv, head, population, path);
}

#define RATES(name)                                                                             \
    static void put_##name##s(struct sq_csv_out *csv, const struct sq_csv_head *head,           \
                              const cJSON *population)                                          \
    {                                                                                           \
        static const char *const path[] = {"rate_per_" #name "/mean", "rate_per_" #name "/sd",  \
                                           "rate_per_" #name "/low", "rate_per_" #name "/high", \
                                           NULL};                                               \
        sq_csv_arrays(csv, head, population, path);                                             \
    }
RATES(channel)
RATES(token)
RATES(head)
#undef RATES

static void put_labels(struct sq_csv_out *csv, const struct sq_csv_head *head,
                       const cJSON *population)
{
    static const char *const path[] = {"rate_per_label/label",
                                       "rate_per_label/samples",
                                       "rate_per_label/mean",
                                       "rate_per_label/sd",
                                       "rate_per_label/low",
                                       "rate_per_label/high",
                                       NULL};
    sq_csv_columns(csv, head, population, path, SQ_CSV_NUMBERED | SQ_CSV_NAMED_CLASSES);
}

/* Whole numbers up to here are exact in a JSON number: 2^53. */
static const double LARGEST = 9007199254740992;

static void put_spike(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *sample,
                      unsigned long timestep, unsigned long neuron, unsigned long channels)
{
    sq_csv_begin_row(csv, head);
    sq_csv_item(csv, sample);
    sq_csv_index(csv, timestep);
    sq_csv_index(csv, neuron);
    sq_csv_index(csv, neuron / channels);
    sq_csv_index(csv, neuron % channels);
    sq_csv_end_row(csv);
}

/* A row for each shown neuron and timestep at which it fires. */
static void put_raster(struct sq_csv_out *csv, const struct sq_csv_head *head,
                       const cJSON *population)
{
    const double channels = sq_number_at(population, "channels");
    const cJSON *sample = sq_at(population, "raster/sample");
    const cJSON *list = sq_first(population, "raster/fired_per_timestep");
    const int is_known = channels >= 1 && channels < LARGEST;
    for (unsigned long t = 0; list != NULL && is_known; list = list->next, t++)
        for (const cJSON *neuron = list->child; neuron != NULL; neuron = neuron->next)
            if (neuron->valuedouble >= 0 && neuron->valuedouble < LARGEST)
                put_spike(csv, head, sample, t, (unsigned long)neuron->valuedouble,
                          (unsigned long)channels);
}

static void put_zeros(struct sq_csv_out *csv, const struct sq_csv_head *head,
                      const cJSON *population)
{
    static const char *const path[] = {"width", "vectors", "zero", "zero_share", NULL};
    sq_csv_objects(csv, head, "channels",
                   sq_at(population, "structure/zero_vectors_along_channels"), path);
    sq_csv_objects(csv, head, "tokens", sq_at(population, "structure/zero_vectors_along_tokens"),
                   path);
    sq_csv_objects(csv, head, "tiles", sq_at(population, "structure/zero_tiles"), path);
    sq_csv_objects(csv, head, "time", sq_at(population, "structure/zero_vectors_along_time"), path);
}

static void put_rows(struct sq_csv_out *csv, const struct sq_csv_head *head,
                     const cJSON *population)
{
    static const char *const path[] = {"structure/rows_by_events", NULL};
    sq_csv_arrays(csv, head, population, path);
}

static void put_balance(struct sq_csv_out *csv, const struct sq_csv_head *head,
                        const cJSON *population)
{
    static const char *const path[] = {"processing_elements", "events", "largest_load_events",
                                       "utilisation", NULL};
    sq_csv_objects(csv, head, NULL, sq_at(population, "structure/load_balance"), path);
}

static void put_stream(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *stream)
{
    sq_csv_matrix(csv, head, sq_at(stream, "elements_by_value_per_timestep"));
}

static void put_scores(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *block)
{
    sq_csv_matrix(csv, head, sq_at(block, "scores_by_value"));
}

static void put_attention_map(struct sq_csv_out *csv, const struct sq_csv_head *head,
                              const cJSON *block)
{
    sq_csv_matrix(csv, head, sq_at(block, "mean_score_per_key_token"));
}

static void put_after(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *trace)
{
    static const char *const path[] = {"timesteps",
                                       "accuracy/value",
                                       "accuracy/low",
                                       "accuracy/high",
                                       "agreement_with_last_timestep/value",
                                       "mean_margin",
                                       NULL};
    sq_csv_objects(csv, head, NULL, sq_at(trace, "decision/after_timestep"), path);
}

static void put_exits(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *trace)
{
    static const char *const path[] = {"threshold",
                                       "accuracy/value",
                                       "accuracy/low",
                                       "accuracy/high",
                                       "agreement_with_last_timestep/value",
                                       "mean_margin",
                                       "mean_timesteps",
                                       "mean_spikes",
                                       "mean_additions",
                                       NULL};
    sq_csv_objects(csv, head, NULL, sq_at(trace, "decision/early_exit"), path);
}

static void put_classes(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *trace)
{
    static const char *const path[] = {
        "class",         "samples",        "predicted",   "correct",
        "recall/value",  "recall/low",     "recall/high", "precision/value",
        "precision/low", "precision/high", NULL};
    sq_csv_columns(csv, head, sq_at(trace, "confusion/classes"), path, SQ_CSV_NAMED_CLASSES);
}

static void put_confusion(struct sq_csv_out *csv, const struct sq_csv_head *head,
                          const cJSON *trace)
{
    static const char *const path[] = {"label", "prediction", "samples", NULL};
    sq_csv_columns(csv, head, sq_at(trace, "confusion/cells"), path, SQ_CSV_NAMED_CELLS);
}

static void put_notes(struct sq_csv_out *csv, const struct sq_csv_head *head, const cJSON *trace)
{
    static const char *const path[] = {"measure", "reason", NULL};
    sq_csv_objects(csv, head, NULL, sq_at(trace, "notes"), path);
}

const struct sq_csv_table sq_csv_table[] = {
    {"populations.csv", "populations",
     "trace,population,kind,neurons,tokens,channels,spikes,rate,rate_sd,rate_low,rate_high,"
     "silent_neurons,saturated_neurons,lifetime_sparseness,population_sparseness,gini,"
     "entropy_bits_per_neuron,effective_dimension,delta_events,delta_events_per_spike,"
     "never_fired,product_saved_share,product_saved_share_stacked",
     put_population},
    {"timesteps.csv", "populations",
     "trace,population,timestep,spikes,rate,rate_sd,rate_low,rate_high,first_spikes,"
     "product_saved_spikes",
     put_timesteps},
    {"channels.csv", "populations", "trace,population,channel,rate,rate_sd,rate_low,rate_high",
     put_channels},
    {"tokens.csv", "populations", "trace,population,token,rate,rate_sd,rate_low,rate_high",
     put_tokens},
    {"heads.csv", "populations", "trace,population,head,rate,rate_sd,rate_low,rate_high",
     put_heads},
    {"labels.csv", "populations",
     "trace,population,label_index,label,samples,rate,rate_sd,rate_low,rate_high,label_name",
     put_labels},
    {"raster.csv", "populations", "trace,population,sample,timestep,neuron,token,channel",
     put_raster},
    {"zeros.csv", "populations", "trace,population,along,width,vectors,zero,zero_share", put_zeros},
    {"rows.csv", "populations", "trace,population,events,rows", put_rows},
    {"load_balance.csv", "populations",
     "trace,population,processing_elements,events,largest_load_events,utilisation", put_balance},
    {"residual_streams.csv", "residual_streams", "trace,stream,timestep,value,elements",
     put_stream},
    {"attention_scores.csv", "attention", "trace,block,head,score,pairs", put_scores},
    {"attention_maps.csv", "attention", "trace,block,head,key_token,mean_score", put_attention_map},
    {"after_timestep.csv", NULL,
     "trace,timesteps,accuracy,accuracy_low,accuracy_high,agreement,mean_margin", put_after},
    {"early_exit.csv", NULL,
     "trace,threshold,accuracy,accuracy_low,accuracy_high,agreement,mean_margin,mean_timesteps,"
     "mean_spikes,mean_additions",
     put_exits},
    {"classes.csv", NULL,
     "trace,class,samples,predicted,correct,recall,recall_low,recall_high,precision,precision_low,"
     "precision_high,class_name",
     put_classes},
    {"confusion.csv", NULL, "trace,label,prediction,samples,label_name,prediction_name",
     put_confusion},
    {"notes.csv", NULL, "trace,measure,reason", put_notes},
    {0},
};
