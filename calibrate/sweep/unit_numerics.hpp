// SPDX-License-Identifier: Apache-2.0
// How far whole units of a layer are from a double-precision reference: not the kernels alone (numerics.hpp), but that
// each op of LayerOps reads and writes what it should.
#pragma once

#include "calibrate/sweep/layer_ops.hpp"
#include "calibrate/sweep/numerics.hpp"

namespace braid::gpu {

/// Pre-Attn, Attn, Pre-MLP and MLP, each in F, I and W, in one small layer with grouped heads: every reference starts
/// from what the GPU gave the unit, so that errors of one do not pass for another's.
std::vector<NumericError> unit_errors(Bench&);

}  // namespace braid::gpu
