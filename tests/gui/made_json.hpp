// SPDX-License-Identifier: Apache-2.0
// Chrome traces made up for tests and benchmarks of the readers, of any size.
#pragma once

#include <string>

#include "tests/gui/made_run.hpp"

namespace braid {

/// made_run() as chrome_trace() writes a timeline; no idle pieces, no messages' arrows. About 140 bytes a span.
std::string made_json(const MadeRun& wanted);

/// The same spans as torch's profiler would write them: kernels on streams of GPUs with launches on host threads, each
/// with a dozen arguments, and ac2g arrows. About 1.1 kB a kernel.
std::string made_kineto_json(const MadeRun& wanted);

}  // namespace braid
