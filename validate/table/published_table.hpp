// SPDX-License-Identifier: Apache-2.0
// Tables of published training runs: one row is a model, how it was cut over GPUs, and the seconds of one step.
//
// CSV with the columns of kPublishedColumns in any order. GPT-3 style models; a schedule is 1f1b or interleaved-1f1b,
// recompute is none, selective or full, precision fp16 or bf16, metric iteration_s. What a row leaves out (links,
// dropout, how gradients are shared) is no column: row_scenario.hpp says what is assumed.
#pragma once

#include <string>
#include <vector>

#include "sim/base/modes.hpp"

namespace braid {

struct PublishedRow {
  std::string id;  ///< of its own in the table
  std::string source;
  std::string gpu;  ///< Gpu::name; a bare "A100" is the only known GPU of which it is the beginning
  std::string gpu_as_written;
  int gpus_per_node = 0;
  int gpus = 0;
  int hidden = 0, layers = 0, heads = 0, sequence = 0, vocab = 0;
  int tp = 1, pp = 1, dp = 1;
  int interleave = 1;    ///< virtual stages a rank
  int microbatch = 1;    ///< samples
  int global_batch = 1;  ///< samples a step, of all replicas
  Recompute recompute = Recompute::none;
  bool sequence_parallel = false;
  double measured_s = 0;
  std::string where;  ///< file:line, for messages

  int microbatches() const { return global_batch / (dp * microbatch); }
  /// "1024x24": hidden size and layers, how reports group by model.
  std::string size() const { return std::to_string(hidden) + "x" + std::to_string(layers); }
};

/// Throws Error naming file, line and column: a column that is unknown (with the nearest), twice or missing, a value
/// that is none, a GPU, schedule, recomputation, precision or metric that Braid does not know, an id twice, a plan
/// that does not fill its GPUs, a batch that does not divide, heads that do not
/// divide the hidden size, TP that does not divide the heads or, with sequence parallelism, the sequence.
std::vector<PublishedRow> read_published(const std::string& path);

/// An integer column of a row by name ("tp", "hidden", ...); the columns that rows can be chosen by.
/// Throws Error(where, ...) with the nearest name.
int PublishedRow::*integer_column(const std::string& name, const std::string& where);

}  // namespace braid
