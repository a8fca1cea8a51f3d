#include "sim/quantise/bit_energy.h"

#include "sim/account/price/bill.h"
#include "sim/report/run_source.h"

#include <stdlib.h>

int sq_bit_energy(struct sq_error *err, const char *config_dirs, const struct sq_trial *trial,
                  double *energy_uj)
{
    const struct sq_source source = sq_run_source(trial->report->network, trial->report->record);
    const struct sq_switches switches = sq_switches_default();
    struct sq_hardware *hardware = calloc(1, sizeof *hardware);
    struct sq_arena arena = {NULL, 0};
    struct sq_bill bill = {.energy_mj = 0};
    int status = hardware != NULL ? sq_hardware_load(err, config_dirs, SQ_BIT_HARDWARE, hardware)
                                  : sq_fail(err, SQ_ENOMEM, "out of memory for prices");
    if (status == SQ_OK)
        status = sq_bill_make(err, &arena, &source, SQ_EXACT, hardware, &switches, &bill);
    *energy_uj = 1e3 * bill.energy_mj;
    sq_arena_free(&arena);
    free(hardware);
    return status;
}
