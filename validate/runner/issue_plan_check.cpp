// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "validate/runner/issue_plan.hpp"
#include "validate/runner/step_graph.hpp"

namespace braid {
namespace {

constexpr std::size_t kNowhere = ~std::size_t{0};

class RankCheck {
 public:
  RankCheck(const Program& program, std::uint32_t rank, const RankIssue& issue, std::vector<Issue>& issues)
      : rank_(rank), ops_(program.ranks[rank].ops), issue_(issue), issues_(issues), step_of_(ops_.size(), kNowhere) {}

  void run() {
    for (std::size_t i = 0; i < issue_.steps.size(); ++i) check_step(i);
    for (std::uint32_t k = 0; k < ops_.size(); ++k) {
      if (step_of_[k] == kNowhere) add(k, "is never enqueued");
    }
  }

 private:
  void add(std::uint32_t op, std::string what) {
    issues_.push_back({fmt::format("rank {}: {}", rank_, to_text(ops_[op].key)), std::move(what)});
  }

  void check_step(std::size_t i) {
    const IssueStep& step = issue_.steps[i];
    if (step.op >= ops_.size() || step.stream >= issue_.streams.size()) {
      issues_.push_back({fmt::format("rank {}: step {}", rank_, i), "names an op or a stream that does not exist"});
      return;
    }
    if (step_of_[step.op] != kNowhere) return add(step.op, "is enqueued twice");
    for (const std::uint32_t wait : step.waits) {
      if (wait >= ops_.size()) {
        add(step.op, "waits for an op that does not exist");
      } else if (step_of_[wait] == kNowhere) {
        add(step.op, fmt::format("waits for {}, which is not enqueued before it", to_text(ops_[wait].key)));
      } else if (!issue_.steps[step_of_[wait]].records) {
        add(step.op, fmt::format("waits for {}, which records no event", to_text(ops_[wait].key)));
      }
    }
    if (step.group != 0) check_group(i);
    step_of_[step.op] = i;
  }

  void check_group(std::size_t i) {
    const IssueStep& step = issue_.steps[i];
    const bool follows = i > 0 && issue_.steps[i - 1].group == step.group;
    if (follows && issue_.steps[i - 1].stream != step.stream) add(step.op, "is not on the stream of its group");
    if (follows && !step.waits.empty()) add(step.op, "waits apart from the first of its group");
    if (!groups_.insert(step.group).second && !follows) add(step.op, "is apart from its group");
  }

  std::uint32_t rank_;
  const std::vector<Op>& ops_;
  const RankIssue& issue_;
  std::vector<Issue>& issues_;
  std::vector<std::size_t> step_of_;
  std::set<std::uint32_t> groups_;  ///< seen so far
};

}  // namespace

std::vector<Issue> check(const Program& program, const std::vector<RankIssue>& plan) {
  std::vector<Issue> issues;
  if (plan.size() != program.ranks.size()) {
    issues.push_back({"plan", fmt::format("has {} ranks, the program {}", plan.size(), program.ranks.size())});
    return issues;
  }
  for (std::uint32_t r = 0; r < plan.size(); ++r) RankCheck(program, r, plan[r], issues).run();
  if (!issues.empty()) return issues;

  StepGraph graph(program);
  for (std::uint32_t r = 0; r < plan.size(); ++r) {
    std::vector<std::uint32_t> last(plan[r].streams.size(), kNoMessage);
    std::uint32_t group = 0, before_group = kNoMessage;
    for (const IssueStep& step : plan[r].steps) {
      for (const std::uint32_t wait : step.waits) graph.add(r, wait, step.op);
      // Ops of one group start together: each is behind what was ahead of the first.
      if (step.group == 0 || step.group != group) before_group = last[step.stream];
      group = step.group;
      if (before_group != kNoMessage) graph.add(r, before_group, step.op);
      last[step.stream] = step.op;
    }
  }
  return graph.circle();
}

}  // namespace braid
