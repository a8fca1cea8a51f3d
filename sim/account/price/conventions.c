/* The conventions by name, with what each prices and leaves out. */
#include "sim/account/price/bill.h"

#include <string.h>

const struct sq_convention_row sq_convention_table[SQ_CONVENTIONS] = {
    [SQ_EXACT] = {"exact", "operations that the event queue delivered, one AC an event",
                  "docs/accounting.md, exact",
                  "batch norm (folded), bias, neuron updates, pooling ORs, residual additions: "
                  "reported apart, switches price them; the mean before the head, memory: never "
                  "priced",
                  0},
    [SQ_PAPER] = {"paper", "firing rate x T x FLOPs of the dense layer",
                  "Zhou et al., Spikformer, ICLR 2023; arXiv 2403.18228, appendix",
                  "bias, batch norm, LIF, pooling, residual additions, head and mean: the formula "
                  "has no term for them",
                  1},
    [SQ_SYOPS] = {"syops", "rate x operations per module with a hook",
                  "Spikingformer fork of syops-counter, 4378623",
                  "batch norm, LIF, pooling: counted, never priced; residual additions, means, "
                  "products other than its SSA formula: not modules",
                  1},
    [SQ_SPIKINGJELLY] = {"spikingjelly", "tensor operations that PyTorch dispatches, AC and MAC",
                         "spikingjelly op_counter, afb1322",
                         "max pooling, mul, div, compare, copies, convolution bias: zero in its "
                         "tables",
                         0},
    [SQ_NEUROBENCH] =
        {"neurobench", "effective synaptic operations of Linear and Conv modules",
         "NeuroBench, e521c28",
         "attention products, additions, batch norm, pooling, LIF, bias: no Linear or "
         "Conv modules; the tool prints no energy, the profile prices its counts",
         0},
    [SQ_LEMAIRE] = {"lemaire", "operations, addressing and memory traffic, int32",
                    "Lemaire et al., ICONIP 2022, as in spikingjelly analytical_energy, afb1322",
                    "memory and addresses of SSA products, batch norm, pooling and additions: the "
                    "tool follows Linear and Conv alone; --hardware does not apply",
                    0},
};

int sq_convention_by_name(const char *name)
{
    for (int i = 0; i < SQ_CONVENTIONS; i++)
        if (strcmp(name, sq_convention_table[i].name) == 0)
            return i;
    return -1;
}
