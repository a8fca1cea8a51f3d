#include "sim/engine/fire.h"
#include "sim/engine/roles.h"
#include "sim/engine/run_state.h"

int sq_run_check_isa(struct sq_error *err, const char *isa)
{
    struct sq_cpu cpu;
    struct sq_kernels kernels;
    return sq_fire_kernels(err, isa, &cpu, &kernels);
}

static int choose_kernels(struct sq_run_state *run)
{
    const int status = sq_fire_kernels(run->err, run->options->isa, &run->cpu, &run->kernels);
    if (status == SQ_OK)
        run->totals->isa = run->kernels.isa;
    return status;
}

/* Timesteps of a node's firing: all, or where threads outnumber samples their share, so that the others have some
 * to compute at the same time. Rows of several timesteps pass weights together; where those of one make a group
 * for themselves (sim/nodes/scratch.h), nothing is lost by taking one. */
static uint32_t most_steps(const struct sq_run_state *run, const struct sq_node *node)
{
    const uint64_t timesteps = run->network->config.timesteps;
    const unsigned batch = run->options->batch, threads = run->options->threads;
    const uint64_t share = timesteps * batch / threads;
    if (batch >= threads)
        return 0;
    return share > 0 && node->shape.n_rows <= SQ_GROUP_ROWS / 2 ? (uint32_t)share : 1;
}

static int plan_queue(struct sq_run_state *run)
{
    const struct sq_network *network = run->network;
    const int status = sq_roles_plan(run->err, &run->arena, network, run->feed, &run->queue_node);
    if (status != SQ_OK)
        return status;
    const struct sq_queue_plan plan = {.node = run->queue_node,
                                       .n_nodes = (uint16_t)network->n_nodes,
                                       .timesteps = network->config.timesteps,
                                       .n_lanes = run->options->batch,
                                       .group = run->options->couple,
                                       .schedule = run->options->schedule};
    for (size_t i = 0; i < network->n_nodes; i++)
        run->queue_node[i].most_steps = most_steps(run, &network->node[i]);
    run->shared.depth = sq_queue_depth(&plan);
    return sq_queue_new(run->err, &plan, &run->queue);
}

/* The lanes of a batch share the state of coupled neurons: that of the first. */
static void share_membranes(struct sq_run_state *run)
{
    const unsigned group = run->options->couple;
    for (uint32_t lane = 0; group > 1 && lane < run->options->batch; lane++)
        for (size_t i = 0; i < run->network->n_nodes; i++)
            if (run->queue_node[i].is_coupled)
                run->lane[lane].membrane[i] = run->lane[lane - lane % group].membrane[i];
}

static int alloc_lanes(struct sq_run_state *run)
{
    const uint32_t n_lanes = run->options->batch;
    int status = sq_window_alloc(run->err, &run->arena, run->network, sq_run_in_flight(n_lanes),
                                 &run->window);
    for (unsigned i = 0; status == SQ_OK && i < run->options->threads; i++)
        status = sq_scratch_alloc(run->err, &run->arena, run->network, run->shared.keeps_currents,
                                  &run->scratch[i]);
    for (uint32_t i = 0; status == SQ_OK && i < n_lanes; i++)
        status = sq_lane_alloc(run->err, &run->arena, run->network, run->shared.depth,
                               run->shared.keeps_currents, &run->lane[i]);
    if (status == SQ_OK)
        share_membranes(run);
    return status;
}

/* Two jobs a thread: one to compute, one that waits for a thread. */
static int alloc_arrays(struct sq_run_state *run)
{
    const uint32_t n_lanes = run->options->batch;
    run->n_jobs = run->n_free_jobs = 2 * (size_t)run->options->threads;
    run->lane = sq_arena_alloc(&run->arena, n_lanes, sizeof *run->lane);
    run->scratch = sq_arena_alloc(&run->arena, run->options->threads, sizeof *run->scratch);
    run->job = sq_arena_alloc(&run->arena, run->n_jobs, sizeof *run->job);
    run->free_job = sq_arena_alloc(&run->arena, run->n_jobs, sizeof *run->free_job);
    run->lane_is_busy = sq_arena_alloc(&run->arena, n_lanes, 1);
    if (!run->lane_is_busy || !run->lane || !run->scratch || !run->job || !run->free_job)
        return sq_fail(run->err, SQ_ENOMEM, "out of memory for %u samples at a time", n_lanes);
    for (size_t i = 0; i < run->n_jobs; i++)
        run->free_job[i] = &run->job[i];
    return SQ_OK;
}

int sq_run_set_up(struct sq_run_state *run)
{
    int status = choose_kernels(run);
    if (status == SQ_OK)
        status = plan_queue(run);
    if (status == SQ_OK)
        status = alloc_arrays(run);
    return status == SQ_OK ? alloc_lanes(run) : status;
}

unsigned sq_run_default_batch(const struct sq_network *network, unsigned threads,
                              enum sq_schedule schedule, int keeps_currents)
{
    const struct sq_queue_plan plan = {.timesteps = network->config.timesteps,
                                       .schedule = schedule};
    const size_t bytes = sq_lane_bytes(network, sq_queue_depth(&plan), keeps_currents);
    const size_t fit = ((size_t)48 << 20) / (bytes + 1);
    const size_t most = 8 * (size_t)threads;
    return (unsigned)(fit < 1 ? 1 : fit < most ? fit : most);
}

int sq_run_couples(const struct sq_network *network)
{
    int couples = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        couples |= network->node[i].graph->is_batch_coupled;
    return couples;
}

unsigned sq_run_whole_batches(unsigned batch, unsigned couple)
{
    return couple > 1 ? (batch + couple - 1) / couple * couple : batch;
}
