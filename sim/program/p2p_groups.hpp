// SPDX-License-Identifier: Apache-2.0
// Which sends and receives are posted together when point-to-point is batched.
//
// Found without a list: from the unit-cost times, a message goes into the first pair of groups (the sender's after its
// producer, the receiver's no later than its consumer) posted at the same time, else into the sender's next group and
// the receiver's first one not earlier. Groups that messages link start together, as one batch, at the time of the
// last of them; this reproduces the published pictures of STP. A link that would put two groups of one rank into a
// batch is left out, and so are all links between groups of different times if ranks would wait in a circle: those
// messages wait for their own two ends alone. Should that still be a circle, they are sent when they are produced and
// received by the block that reads them, and the sender does not wait for the receiver.
#pragma once

#include "sim/program/blocks.hpp"

namespace braid {

/// Fills in send_group, recv_group and batch of every transfer, and the sizes of batches.
void form_groups(Transfers& transfers, const std::vector<std::vector<Block>>& blocks);

}  // namespace braid
