/* spikeq_ctx_join(): one process of an MPI job among the others. */
#include "sim/api/context.h"
#include "sim/cluster/launcher.h"

/* Several processes of which none knows of the others would each run all samples. */
static int refuse_copies(struct sq_error *err, const struct sq_launched *launched)
{
    if (!launched->has_mpi)
        return sq_fail(err, SQ_EUSAGE,
                       "%s started %u processes that know nothing of each other, and each would "
                       "run all samples: give each its " SQ_OPT
                       "shard auto, or start them with srun " SQ_FLAG "mpi=pmix or mpirun",
                       launched->by, launched->size);
    return sq_fail(err, SQ_EUSAGE,
                   "%s started %u processes, and each would run all samples: this spikeq was built "
                   "without MPI; build it with make MPI=1, or give each its " SQ_OPT "shard auto",
                   launched->by, launched->size);
}

/* MPI is there: does it know as many processes as were started? Else its library is another than the launcher's. */
static int check_size(struct sq_error *err, const struct sq_launched *launched,
                      const struct sq_cluster *cluster)
{
    if (cluster->size == launched->size)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE,
                   "%s started %u processes, but MPI (%s) knows of %u: start them with its own "
                   "launcher",
                   launched->by, launched->size, sq_cluster_mpi_library(), cluster->size);
}

static int agree(struct sq_error *err, void *data, int status)
{
    return sq_cluster_agree(err, data, status);
}

static int take_memory(struct sq_error *err, void *data, size_t bytes, void **memory,
                       int *is_filler)
{
    struct sq_machine_memory taken;
    const int status = sq_cluster_take_machine_memory(err, data, bytes, &taken);
    *memory = taken.base;
    *is_filler = taken.is_filler;
    return status;
}

int spikeq_ctx_join(spikeq_ctx *ctx, struct spikeq_rank *rank)
{
    struct sq_error *err = &ctx->error;
    const struct sq_launched launched = sq_launched_find();
    const struct spikeq_rank filled = {.rank = launched.rank, .n_ranks = launched.size};
    int status = sq_sized_copy(err, rank, &filled, sizeof filled);
    if (status != SQ_OK)
        return status;
    if (ctx->cluster != NULL)
        return sq_fail(err, SQ_EUSAGE, "this context has joined the other ranks already");
    if (launched.size == 1 && !launched.has_mpi)
        return SQ_OK;
    if (!launched.has_mpi || !sq_cluster_has_mpi())
        return launched.size > 1 ? refuse_copies(err, &launched) : SQ_OK;
    status = sq_cluster_mpi(err, &ctx->cluster);
    if (status == SQ_OK)
        status = check_size(err, &launched, ctx->cluster);
    ctx->shared =
        (struct sq_shared_weights){.agree = agree, .take = take_memory, .data = ctx->cluster};
    return status;
}
