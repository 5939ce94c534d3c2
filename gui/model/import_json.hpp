// SPDX-License-Identifier: Apache-2.0
// A Chrome trace (our own, torch's profiler, anybody's) as the columns of a run file.
//
// Processes become ranks, in the order that the file asks for; threads become rows, of slices that nest or overlap
// several: "thread 3", "thread 3 / 1". Ranges that torch's profiler lays over the kernels of a stream have a row of
// their own. Flows become dependences of the slices that they join; where torch wrote none, kernels wait for the launch
// of the same correlation. Counters are rows, among them the memory that torch's allocator reports.
// Times count from the first slice; of our own traces they stay as they are. Our own traces get keys back.
#pragma once

#include <string>

#include "gui/model/trace.hpp"
#include "sim/base/byte_source.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

/// The columns pass check(). Events that cannot be shown are counted in `lost` of the facts, and a file that was cut
/// short is opened as far as it is whole; notes of the facts say both, and the title the latter.
/// Throws Error(file, ...) as read_chrome_json() does, and for a file without anything to show; Cancelled if `progress`
/// says so, which is asked at least every few MB.
RunColumns import_json(ByteSource& source, const std::string& file, const Progress& progress = {});

}  // namespace braid
