// SPDX-License-Identifier: Apache-2.0
// What is said beside the picture of a run: the figures that one looks for first.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gui/model/run_facts.hpp"
#include "gui/model/trace.hpp"

namespace braid {

/// "stp": the schedule, else the title, else the name of the file.
std::string run_title(const RunFacts& facts, const std::string& path);

/// "simulated", "measured", ...; of a run of the host backend, whose facts call it simulated, "measured (host
/// backend)".
std::string kind_text(const RunFacts& facts);

/// run_title() of each; equal ones are told apart by their kinds, else files, else folders, else numbers: "stp,
/// measured", "stp (a.braid)", "stp (2)".
std::vector<std::string> run_names(std::span<const std::shared_ptr<const Trace>> runs);

/// Idle time by all causes over the step; nothing if the run does not say.
std::optional<double> bubble_share(const RunFacts& facts);

/// "step 1.376 s, bubble 12.3 %, exposed communication 4.1 %, MFU 45.2 %, peak memory 61.2 GB of 85.9 GB": what the run
/// knows of these. Of an abstract run provenance_line() says more.
std::string headline(const RunFacts& facts);

}  // namespace braid
