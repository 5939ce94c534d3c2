// SPDX-License-Identifier: Apache-2.0
// The class of an op: what ops that should take equally long have in common, in words.
#pragma once

#include <string>

#include "sim/base/op_key.hpp"

namespace braid {

/// "F attn", "W mlp", "optimizer" on the compute lane; "all_reduce F attn" on tp (the pass that it serves, and the
/// unit); "all_reduce dp" on dp; "send F", "recv I" on pp; "peer" for what stands for one in a replay;
/// "copy_out" on the others. Microbatch, chunk, layer and rank
/// do not count.
std::string class_of(const OpKey& key, Lane lane);

}  // namespace braid
