/* The answer of `spikeq energy`: a source, priced, as sheets. */
#ifndef SQ_ENERGY_H
#define SQ_ENERGY_H

#include "sim/account/price/bill.h"
#include "sim/account/sheets/sheet.h"
#include "sim/config/config.h"

enum sq_per {
    SQ_PER_NONE,
    SQ_PER_LAYER,
    SQ_PER_BLOCK,
    SQ_PER_TIMESTEP,
    SQ_PER_SAMPLE,
    SQ_PER_CLASS
};

/* What is asked for; filled from struct sq_energy_choices. */
struct sq_energy {
    int convention; /* sq_convention, or -1: all */
    enum sq_per per;
    struct sq_hardware hardware;
    struct sq_switches switches;
    const char *origin;  /* of the source, for titles and sentences */
    const char *compare; /* THEIRS.csv or NULL */
};

/* Add the sheets of a source priced by one convention, or all. */
int sq_energy_sheets(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                     const struct sq_source *source);

/* The bills that are asked for: one, or of all conventions that the source's figures allow.
 *   bill   written, SQ_CONVENTIONS of room; *n of them */
int sq_energy_bills(struct sq_error *err, struct sq_arena *arena, const struct sq_energy *energy,
                    const struct sq_source *source, struct sq_bill *bill, size_t *n);

/* One of several networks in one table. */
struct sq_model {
    const char *origin;
    struct sq_source source; /* with counts */
};
enum { SQ_MODEL_NAME = 128 };

/* One sheet, a row a model (and a convention, where all are asked for). */
int sq_energy_models(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                     const struct sq_model *model, size_t n);

/* Its first sheet: n bills, the ANN, bounds, warnings. */
int sq_energy_summary(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                      const struct sq_source *source, const struct sq_bill *bill, size_t n);

/* On what choices figures stand: "hardware fp32_45nm, integers=units", into `text`; returns it. */
const char *sq_energy_basis(const struct sq_energy *energy, char *text, size_t size);

/* Prices with their sources, and switches that are not the default, as notes. */
void sq_energy_profile_notes(struct sq_book *book, struct sq_sheet *sheet,
                             const struct sq_energy *energy);

/* The notes under it. */
void sq_energy_notes(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                     const struct sq_source *source, const struct sq_bill *bill, size_t n);

/* What was priced, for warnings: n_bills bills of one source. */
struct sq_priced {
    const char *origin; /* begins every sentence */
    const struct sq_source *source;
    const struct sq_hardware *hardware;
    const struct sq_switches *switches;
    const struct sq_bill *bill;
    size_t n_bills;
    int with_ann; /* the ANN was priced too */
};

/* Warn of integers at the price of floats (float-prices, unknown-widths), of prices that the profile
 * lacks (price-missing), of layers that a switch leaves out (layers-not-priced), and of what the
 * counts lack (zero-weights-not-counted, attention-not-counted). What sq_warn() returns. */
int sq_priced_warn(struct sq_error *err, const struct sq_priced *priced);

/* The same, for n bills of `spikeq energy`; and of what a paper's view assumes (view-assumed), where
 * that alone is asked for. */
int sq_energy_warn(struct sq_error *err, const struct sq_energy *energy,
                   const struct sq_source *source, const struct sq_bill *bill, size_t n);

/* --table: name, kind, flops, rate. SQ_EFORMAT, SQ_EVALUE. */
int sq_energy_table(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                    const char *path);

/* --compare: their rows beside the bill's, with the reason of each difference. */
int sq_energy_compare(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                      const struct sq_source *source, const struct sq_bill *bill);

/* --per sample, --per class. SQ_EUNSUPPORTED: the report has no samples, or no labels. */
int sq_samples_sheet(struct sq_error *err, struct sq_book *book, const char *origin,
                     const struct sq_samples *samples, const struct sq_hardware *hardware,
                     int by_class);

/* --list: conventions, switches, profiles. */
int sq_energy_list(struct sq_error *err, struct sq_book *book, const char *config_dirs);

/* A report from a file, or from `text` where that is not NULL. */
int sq_energy_read_report(struct sq_error *err, const char *path, const char *text,
                          struct sq_source *out);

/* Read FILE.csv with the columns name, rate for a configuration. Needed: the input rate of every
 * convolution and linear layer but the first convolution and the head, by the layer's name, and the
 * rates of q_lif, k_lif, v_lif of every block. Inputs of a residual stream may have a mean of up to
 * its largest value. SQ_EFORMAT: a layer is missing, unknown or given twice; SQ_EVALUE: a rate out
 * of range. out->counters and rates belong to out->counters.arena. */
int sq_rates_read(struct sq_error *err, const char *path, const struct sq_config *config,
                  struct sq_source *out);

#endif
