// SPDX-License-Identifier: Apache-2.0
#include "sim/report/link_load.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "sim/cost/collective.hpp"
#include "sim/cost/fabric.hpp"
#include "sim/cost/network_load.hpp"
#include "sim/program/message_pairs.hpp"

namespace braid {
namespace {

enum class LinkClass : std::uint8_t { intra, bridge, nic, spine };
constexpr int kLinkClasses = 4;
/// Links that a transfer crosses, by class, one direction of each.
using Crossed = std::array<double, kLinkClasses>;

std::optional<std::size_t> class_of(LinkKind kind) {
  switch (kind) {
    case LinkKind::gpu_up:
    case LinkKind::peer:
      return static_cast<std::size_t>(LinkClass::intra);
    case LinkKind::bridge_up:
      return static_cast<std::size_t>(LinkClass::bridge);
    case LinkKind::nic_up:
      return static_cast<std::size_t>(LinkClass::nic);
    case LinkKind::leaf_up:
      return static_cast<std::size_t>(LinkClass::spine);
    case LinkKind::gpu_down:
    case LinkKind::bridge_down:
    case LinkKind::nic_down:
    case LinkKind::leaf_down:
      break;
  }
  return std::nullopt;
}

const char* name_of(std::size_t link_class, const Cluster& cluster) {
  switch (static_cast<LinkClass>(link_class)) {
    case LinkClass::intra:
      return cluster.intra == IntraNode::pcie ? "PCIe" : "NVLink";
    case LinkClass::bridge:
      return "host bridge";
    case LinkClass::nic:
      return "NIC";
    case LinkClass::spine:
      return "leaf to spine";
  }
  BRAID_CHECK(false, "every class of links has a name");
}

/// What the copies of every transfer of a program cross.
class Crossings {
 public:
  Crossings(const Program& program, const Fabric& fabric)
      : load_(network_load(program, fabric)), pairs_(message_pairs(program)), of_pair_(pairs_.size(), nullptr) {
    for (const NetworkLoad::Transfer& transfer : load_.transfers) {
      Crossed& crossed = by_transfer_.emplace_back();
      for (std::size_t n = transfer.first_flow; n < transfer.first_flow + transfer.flows; ++n) {
        for (const int link : load_.flows[n]) {
          const auto at = class_of(fabric.kind(load_.links[static_cast<std::size_t>(link)]));
          if (at) crossed[*at] += 1;
        }
      }
    }
    of_group_.resize(2 * program.ranks.size(), nullptr);
    for (const NetworkLoad::Class& one : load_.classes) {
      if (one.message) {
        of_pair_[static_cast<std::size_t>(one.pair)] = &one;
      } else {
        of_group_[group(one.scope, one.pp)] = &one;
      }
    }
  }

  Crossed of_message(int from, int to, std::optional<int> copy) const {
    const auto ends = [](const MessagePair& pair) { return std::pair(pair.from, pair.to); };
    const auto found = std::ranges::lower_bound(pairs_, std::pair(from, to), {}, ends);
    return sum(of_pair_[static_cast<std::size_t>(found - pairs_.begin())], copy);
  }
  Crossed of_collective(Scope scope, int pp, std::optional<int> copy) const {
    return sum(of_group_[group(scope, pp)], copy);
  }

 private:
  static std::size_t group(Scope scope, int pp) {
    return 2 * static_cast<std::size_t>(pp) + static_cast<std::size_t>(scope);
  }
  /// Of one copy, or of all.
  Crossed sum(const NetworkLoad::Class* one, std::optional<int> copy) const {
    Crossed crossed{};
    if (one == nullptr) return crossed;
    const std::size_t first = one->first_transfer + static_cast<std::size_t>(copy.value_or(0));
    for (std::size_t t = first; t < first + (copy ? 1 : one->transfers); ++t) {
      for (std::size_t c = 0; c < kLinkClasses; ++c) crossed[c] += by_transfer_[t][c];
    }
    return crossed;
  }

  NetworkLoad load_;
  std::vector<MessagePair> pairs_;
  std::vector<Crossed> by_transfer_;
  std::vector<const NetworkLoad::Class*> of_pair_, of_group_;
};

class Account {
 public:
  Account(const Played& played, const Cluster& cluster, const Costs* costs)
      : played_(played), cluster_(cluster), costs_(costs), fabric_(cluster), crossings_(*played.program, fabric_) {}

  LinkLoad take() {
    for (std::size_t rank = 0; rank < played_.ranks.size(); ++rank) {
      const std::vector<Op>& ops = played_.ops(rank).ops;
      for (std::uint32_t i = 0; i < ops.size(); ++i) {
        const WorkItem& work = played_.program->works[ops[i].work];
        if (work.kind == WorkKind::collective) collective(rank, i, work);
        if (ops[i].message != kNoMessage && ops[i].key.kind == OpKind::send) message(rank, i, work);
      }
    }
    return finish();
  }

 private:
  void collective(std::size_t rank, std::uint32_t op, const WorkItem& work) {
    const PlayedRank& me = played_.ranks[rank];
    const Placement& place = played_.program->placement;
    const bool tp = work.scope == Scope::tp;
    const int members = tp ? place.tp : place.dp;
    if (members < 2) return;
    // In an unfolded play every member has a span of the same collective, and sends its part of it; those that stand
    // for others, in groups that cross the same kinds of links, send theirs, too.
    const double share = played_.unfolded ? static_cast<double>(played_.gpus(rank)) / members : 1;
    std::optional<int> copy;
    if (played_.unfolded) copy = tp ? me.dp : me.tp;
    const Seconds latency = costs_ == nullptr ? 0_s : costs_->collective[played_.ops(rank).ops[op].work].latency;
    const Crossed crossed = crossings_.of_collective(work.scope, me.pp, copy);
    double sent = work.bytes.value * bus_factor(work.collective, members);
    // In one node every member sends what the algorithm that priced it sends, over its own link: in-switch reduction
    // less than a ring.
    const std::uint16_t priced = played_.ops(rank).ops[op].work;
    if (costs_ != nullptr && priced < costs_->prices.size() && stays_in_node(crossed)) {
      sent = std::min(sent, costs_->prices[priced].traffic.value);
    }
    add(rank, op, latency, share * sent, crossed);
  }

  static bool stays_in_node(const Crossed& crossed) {
    return !(crossed[static_cast<std::size_t>(LinkClass::nic)] > 0) &&
           !(crossed[static_cast<std::size_t>(LinkClass::spine)] > 0);
  }

  void message(std::size_t rank, std::uint32_t op, const WorkItem& work) {
    const PlayedRank& me = played_.ranks[rank];
    const Placement& place = played_.program->placement;
    const Op& send = played_.ops(rank).ops[op];
    const Message& message = played_.program->messages[send.message];
    std::optional<int> copy;
    if (played_.unfolded) copy = me.dp * place.tp + me.tp;
    Seconds latency;
    if (costs_ != nullptr) {
      const PathKind path =
          fabric_.path_kind(place.gpu(me.tp, message.from, me.dp), place.gpu(me.tp, message.to, me.dp));
      latency = costs_->message[send.work][static_cast<std::size_t>(path)].latency;
    }
    const double copies = played_.unfolded ? played_.gpus(rank) : 1;  // of a folded play all are in what is crossed
    add(rank, op, latency, copies * work.bytes.value, crossings_.of_message(message.from, message.to, copy));
  }

  void add(std::size_t rank, std::uint32_t op, Seconds latency, double bytes, const Crossed& crossed) {
    const double start = played_.start(rank, op), end = played_.end(rank, op);
    if (!(start < end)) return;
    const double under_way_from = start + latency.value < end ? start + latency.value : start;
    for (std::size_t c = 0; c < kLinkClasses; ++c) {
      if (!(bytes * crossed[c] > 0)) continue;
      moved_[c] += bytes * crossed[c];
      pieces_.push_back({under_way_from, end, c, bytes * crossed[c] / (end - under_way_from)});
    }
  }

  LinkLoad finish() {
    std::array<double, kLinkClasses> capacity{};
    for (int link = 0; link < fabric_.links(); ++link) {
      if (const auto c = class_of(fabric_.kind(link))) capacity[*c] += fabric_.capacity(link).value;
    }
    LinkLoad load;
    std::array<std::size_t, kLinkClasses> column{};
    for (std::size_t c = 0; c < kLinkClasses; ++c) {
      if (!(moved_[c] > 0) || !(capacity[c] > 0)) continue;
      column[c] = load.classes.size();
      load.classes.push_back({name_of(c, cluster_), BytesPerSecond(capacity[c]), Bytes(moved_[c])});
    }
    std::erase_if(pieces_, [&](const Piece& piece) { return !(capacity[piece.column] > 0); });
    for (Piece& piece : pieces_) {
      piece.value /= capacity[piece.column];
      piece.column = column[piece.column];
    }
    load.load = sum_of(pieces_, load.classes.size());
    return load;
  }

  const Played& played_;
  const Cluster& cluster_;
  const Costs* costs_;
  Fabric fabric_;
  Crossings crossings_;
  std::array<double, kLinkClasses> moved_{};
  std::vector<Piece> pieces_;
};

}  // namespace

LinkLoad link_load(const Played& played, const Cluster& cluster, const Costs* costs) {
  return Account(played, cluster, costs).take();
}

}  // namespace braid
