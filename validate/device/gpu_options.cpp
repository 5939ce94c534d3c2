// SPDX-License-Identifier: Apache-2.0
#include "validate/device/gpu_options.hpp"

#include <fmt/format.h>

namespace braid::gpu {
namespace {

int or_default(int asked, int otherwise) { return asked > 0 ? asked : otherwise; }

void check_partition(const GpuRunnerOptions& o, const Program& program, int sms, std::vector<Issue>& issues) {
  const int ranks = program.placement.ranks();
  const int each = o.sms > 0 ? o.sms : sms / ranks / 8 * 8;
  if (each < 8 || ranks * each > sms) {
    issues.push_back(
        {"--sms", fmt::format("{} ranks of {} SMs do not fit on the {} SMs of this GPU", ranks, each, sms)});
    return;
  }
  // A ring runs only when all its blocks do, and two rings and the messages may run at once; compute must keep SMs, or
  // what the others wait for would never be produced.
  const int scopes = (program.placement.tp > 1) + (program.placement.dp > 1);
  const int taken = scopes * o.collective_ctas + (program.placement.pp > 1 ? o.message_ctas : 0);
  if (2 * taken > each) {
    issues.push_back(
        {"--sms", fmt::format("communication takes up to {} SMs of a rank's {}; at most half may go", taken, each)});
  }
}

void check_works(const Program& program, bool replay, std::vector<Issue>& issues) {
  for (const RankProgram& rank : program.ranks) {
    for (const Op& op : rank.ops) {
      const WorkKind kind = program.works[op.work].kind;
      const bool stand_in = kind == WorkKind::fixed && replay && op.lane != Lane::compute;
      if (kind != WorkKind::fixed || stand_in) continue;
      issues.push_back({to_text(op.key), "has an abstract cost and no kernel"});
      return;  // one tells it all: they come by the thousand
    }
  }
}

}  // namespace

const char* to_text(GpuPlacement placement) {
  switch (placement) {
    case GpuPlacement::partition:
      return "partition";
    case GpuPlacement::replay:
      return "replay";
    case GpuPlacement::multi:
      break;
  }
  return "multi";
}

GpuRunnerOptions with_defaults(GpuRunnerOptions o) {
  switch (o.placement) {
    case GpuPlacement::partition:
      o.collective_ctas = or_default(o.collective_ctas, 4);
      o.message_ctas = or_default(o.message_ctas, 4);
      break;
    case GpuPlacement::replay:
      o.collective_ctas = or_default(o.collective_ctas, 24);
      o.message_ctas = or_default(o.message_ctas, 8);
      break;
    case GpuPlacement::multi:
      break;
  }
  return o;
}

std::vector<Issue> check(const GpuRunnerOptions& options, const Program& program, int gpus, int sms) {
  std::vector<Issue> issues;
  const int ranks = program.placement.ranks();
  if (options.placement == GpuPlacement::partition) check_partition(options, program, sms, issues);
  if (options.placement == GpuPlacement::replay) {
    if (ranks != 1) issues.push_back({"--placement replay", fmt::format("plays one rank, the program has {}", ranks)});
    if (options.collective_ctas + options.message_ctas >= sms) {
      issues.push_back({"--placement replay", fmt::format("its stand-ins would hold {} of {} SMs",
                                                          options.collective_ctas + options.message_ctas, sms)});
    }
  }
  if (options.placement == GpuPlacement::multi && ranks > gpus) {
    issues.push_back({"--placement multi", fmt::format("the plan has {} ranks, this node {} GPUs", ranks, gpus)});
  }
  check_works(program, options.placement == GpuPlacement::replay, issues);
  return issues;
}

}  // namespace braid::gpu
