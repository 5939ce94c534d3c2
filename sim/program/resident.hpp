// SPDX-License-Identifier: Apache-2.0
// Parameters of stages, and what they take of a rank's memory all step long: known without lowering.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "sim/program/program.hpp"
#include "sim/program/stream.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {

/// Whether the embedding and the head are one matrix on the rank that has these stages: tied, and both here.
bool one_matrix(const Scenario& scenario, std::span<const StageLayers> of_rank);

/// Of a stage, on one rank of its tensor-parallel group: embedding, layers first to last, head. A matrix that is
/// embedding and head at once counts with the embedding.
std::vector<double> parameters_by_layer(const Scenario& scenario, const StageLayers& stage, bool one_matrix);

/// Parameters, gradients and optimizer state of a rank that has these stages (zero1: its share of the last).
std::array<Bytes, kMemoryClasses> resident_bytes(const Scenario& scenario, std::span<const StageLayers> of_rank);

}  // namespace braid
