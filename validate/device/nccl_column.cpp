// SPDX-License-Identifier: Apache-2.0
#include "validate/device/nccl_column.hpp"

#include <set>

#include "calibrate/comm/on_device.hpp"

namespace braid::gpu {

NcclColumn::NcclColumn(const Program& program, const std::vector<Instance>& instances, int ctas)
    : instances_(instances), batched_(program.p2p == P2pMode::batched) {
  const auto n = instances.size();
  for (const Scope scope : {Scope::tp, Scope::dp}) {
    auto& groups = groups_[static_cast<std::size_t>(scope)];
    groups.resize(n);
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::vector<std::uint32_t> members = group_of(instances, i, scope);
      if (members.size() > 1 && members.front() == i) add(members, ctas, groups);
    }
  }
  std::set<std::pair<int, int>> pairs;
  for (const Message& m : program.messages) pairs.insert({m.from, m.to});
  if (pairs.empty()) return;
  pipeline_.resize(n);
  for (const auto& pair : pairs) directions_[pair].resize(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    if (instances[i].pp != 0) continue;
    if (batched_) {
      std::vector<std::uint32_t> column;
      for (int pp = 0; pp < program.placement.pp; ++pp) column.push_back(pipeline_peer(instances, i, pp));
      add(column, 0, pipeline_);
    } else {
      for (const auto& [from, to] : pairs)
        add({pipeline_peer(instances, i, from), pipeline_peer(instances, i, to)}, 0, directions_[{from, to}]);
    }
  }
}

void NcclColumn::add(const std::vector<std::uint32_t>& members, int ctas, std::vector<Member>& into) {
  ncclUniqueId id;
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  if (ctas) config.minCTAs = config.maxCTAs = ctas;
  BRAID_NCCL(ncclGetUniqueId(&id));
  const int size = static_cast<int>(members.size());
  NcclCalls calls;
  for (int r = 0; r < size; ++r) {
    const std::uint32_t m = members[static_cast<std::size_t>(r)];
    const OnDevice there(static_cast<int>(m));
    into[m] = {.comm = nullptr, .rank = r, .size = size};
    BRAID_NCCL(ncclCommInitRankConfig(&into[m].comm, size, id, r, &config));
    all_.push_back(&into[m].comm);
  }
  calls.launch();
}

NcclColumn::~NcclColumn() {
  ncclGroupStart();
  for (ncclComm_t* c : all_)
    if (*c) ncclCommDestroy(*c);
  ncclGroupEnd();
}

void NcclColumn::abort() {
  // One by one: in a group an abort would wait for those behind it.
  for (ncclComm_t* c : all_) {
    if (*c) ncclCommAbort(*c);
    *c = nullptr;
  }
}

const NcclColumn::Member& NcclColumn::group(std::uint32_t instance, Scope scope) const {
  return groups_[static_cast<std::size_t>(scope)][instance];
}

NcclColumn::Channel NcclColumn::channel(std::uint32_t instance, int from, int to) const {
  const bool sends = instances_[instance].pp == from;
  if (batched_) return {.comm = pipeline_[instance].comm, .peer = sends ? to : from};
  const Member& me = directions_.at({from, to})[instance];
  return {.comm = me.comm, .peer = 1 - me.rank};
}

}  // namespace braid::gpu
