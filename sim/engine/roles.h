/* Roles -> the graph that the queue sees: who awaits whom when some nodes are given their packets,
 * and some never fire. */
#ifndef SQ_ROLES_H
#define SQ_ROLES_H

#include "kernels/base/arena.h"
#include "sim/engine/feed.h"
#include "sim/queue/queue.h"

/* One queue node for each node of the network, in the arena. SQ_ENOMEM. */
int sq_roles_plan(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                  const struct sq_feed *feed, struct sq_queue_node **out);

#endif
