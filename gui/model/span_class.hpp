// SPDX-License-Identifier: Apache-2.0
// What a slice of a Chrome trace is: told by its name, its category and what torch's profiler says of collectives.
#pragma once

#include <optional>
#include <string_view>

#include "sim/base/op_key.hpp"
#include "sim/timeline/category.hpp"

namespace braid {

struct SpanClass {
  Category category = Category::other;
  Category half = Category::other;  ///< of a braid its second half, else as `category`
  Lane lane = Lane::compute;        ///< of the row, if most of its time is such
  bool of_unknown_group = false;    ///< a collective's kernel that counts as `dp` for want of a group that says more
  OpKind kind = OpKind::cell;       ///< of our own traces, as is `unit`
  Unit unit = Unit::none;
};

/// What torch's profiler knows of a kernel of NCCL; empty where it says nothing.
struct CollectiveFacts {
  std::string_view collective;  ///< "allreduce"
  std::string_view group;       ///< the description of its process group
};

/// Of somebody else's trace. Kernels by kernel_class(): collectives by their process group, else sends are `pp` and the
/// rest `dp`; copies to and from the host `copy`. Ranges of a profiler that name an action of a pipeline
/// (sim/schedule/action_label.hpp) are what the action is. What the CPU does is `host`, anything else `other`.
SpanClass foreign_class(std::string_view name, std::string_view category, CollectiveFacts facts);

/// Of a trace that Braid wrote (chrome_trace()): "F attn mb3" of category "F". Nothing if it is none of its own. The
/// lane is for the row to say.
std::optional<SpanClass> own_class(std::string_view name, std::string_view category);

/// Whether the category is that of the ranges that torch's profiler puts above the kernels of a stream.
bool is_range_of_stream(std::string_view category);

}  // namespace braid
