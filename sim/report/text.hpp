// SPDX-License-Identifier: Apache-2.0
// A comparison as a table for the terminal, and where a rank's time goes as a strip of letters.
#pragma once

#include <string>

#include "sim/report/report.hpp"

namespace braid {

struct TextOptions {
  int width = 120;         ///< of the terminal, in columns
  bool wall_clock = true;  ///< with the time that the simulation took; off for files
};

/// One row a run: step time, throughput, MFU, bubbles, exposed communication, memory, speed-up. Where that is wider
/// than the terminal, one column a run instead. Below it memory by class, and notes.
std::string to_text(const Comparison& comparison, const TextOptions& options = {});

/// How many GPUs the ranks that were played stand for, as an end of a line; empty if each stands for itself.
std::string folded_text(const RunReport& run);

}  // namespace braid
