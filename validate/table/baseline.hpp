// SPDX-License-Identifier: Apache-2.0
// The one-parameter formula that any prediction has to beat: FLOPs / (eff x peak x GPUs) x (1 + (p-1) / (v m)).
//
// FLOPs of a step [Narayanan21, eq. 3]: with full recomputation 96 B s l h^2 (1 + s/6h + V/16lh). Of these 24 B s l h^2
// (1 + s/6h) are the second forward, so without recomputation 72 B s l h^2 (1 + s/6h + V/12lh); selective
// recomputation adds the attention core, 4 B s^2 l h, to that. (p-1)/(v m) is the bubble of 1F1B with v virtual stages.
#pragma once

#include <vector>

#include "sim/base/units.hpp"
#include "validate/table/published_table.hpp"

namespace braid {

/// V is the vocabulary as the row has it, not padded.
Flops baseline_flops(const PublishedRow& row);

/// Seconds of one step at an efficiency, the dense peak being that of the row's GPU.
Seconds baseline_time(const PublishedRow& row, double efficiency);

/// The efficiency with the least sum of squares of (predicted - measured) / measured over these rows, at least one.
double baseline_efficiency(const std::vector<PublishedRow>& rows);

}  // namespace braid
