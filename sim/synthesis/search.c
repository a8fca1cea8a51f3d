#include "sim/synthesis/search.h"

#include <math.h>

enum { MOST_TRIALS = 40 };

/* The trials so far: the last one, the best, and the two between which the value lies. */
struct trials {
    const struct sq_search *search;
    int n;
    double x, rate, best_x, best_rate;
    double low, low_rate, high, high_rate;
    int has_low, has_high;
};

static int is_there(const struct trials *trials)
{
    return fabs(trials->best_rate - trials->search->wanted) <= trials->search->tolerance;
}

static int try_at(struct sq_error *err, struct trials *trials, double x)
{
    const struct sq_search *search = trials->search;
    const int status = search->rate(err, search->data, x, &trials->rate);
    trials->x = x;
    if (trials->n++ == 0 ||
        fabs(trials->rate - search->wanted) < fabs(trials->best_rate - search->wanted)) {
        trials->best_x = x;
        trials->best_rate = trials->rate;
    }
    if (trials->rate < search->wanted && (!trials->has_low || x > trials->low)) {
        trials->low = x;
        trials->low_rate = trials->rate;
        trials->has_low = 1;
    }
    if (trials->rate >= search->wanted && (!trials->has_high || x < trials->high)) {
        trials->high = x;
        trials->high_rate = trials->rate;
        trials->has_high = 1;
    }
    return status;
}

static int goes_on(const struct trials *trials)
{
    return !is_there(trials) && trials->n < MOST_TRIALS;
}

/* Doubling steps towards the value until it lies between two trials. */
static int bracket(struct sq_error *err, struct trials *trials)
{
    const struct sq_search *search = trials->search;
    double step = search->step;
    int status = try_at(err, trials, search->start);
    for (; status == SQ_OK && goes_on(trials) && !(trials->has_low && trials->has_high);
         step *= 2) {
        const double x = trials->has_low ? trials->low + step : trials->high - step;
        if (fabs(x) > search->limit)
            break;
        status = try_at(err, trials, x);
    }
    return status;
}

/* Log-odds: rates are nearly linear in x so. A rate of 0 or 1 is taken as one that nearly is. */
static double odds(double rate)
{
    const double p = rate < 1e-6 ? 1e-6 : rate > 1 - 1e-6 ? 1 - 1e-6 : rate;
    return log(p / (1 - p));
}

/* Between the two, in their order; false position stays off the ends by a twentieth. */
static double next_between(const struct trials *trials, int halves)
{
    const double width = trials->high - trials->low;
    const double low = odds(trials->low_rate), high = odds(trials->high_rate);
    const double part = (odds(trials->search->wanted) - low) / (high - low);
    const double within = part < 0.05 ? 0.05 : part > 0.95 ? 0.95 : part;
    return trials->low + width * (halves || !(part == part) ? 0.5 : within);
}

int sq_search(struct sq_error *err, const struct sq_search *search, double *x, double *rate)
{
    struct trials trials = {.search = search};
    int status = bracket(err, &trials);
    for (int turn = 1; status == SQ_OK && goes_on(&trials) && trials.has_low && trials.has_high;
         turn++) {
        const double at = next_between(&trials, turn % 3 == 0);
        if (!(at > fmin(trials.low, trials.high) && at < fmax(trials.low, trials.high)))
            break;
        status = try_at(err, &trials, at);
    }
    if (status == SQ_OK && trials.x != trials.best_x)
        status = search->rate(err, search->data, trials.best_x, &trials.best_rate);
    *x = trials.best_x;
    *rate = trials.best_rate;
    return status;
}
