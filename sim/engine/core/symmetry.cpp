// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/core/symmetry.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "sim/engine/core/jitter.hpp"

namespace braid {
namespace {

using Colour = std::uint64_t;  ///< a hash while they are refined: equal neighbourhoods, equal sums

std::size_t distinct(std::vector<Colour> colours) {
  std::ranges::sort(colours);
  return static_cast<std::size_t>(std::unique(colours.begin(), colours.end()) - colours.begin());
}

/// Numbers from 0 instead of hashes, in order of appearance, so that nothing hangs on the hash.
std::vector<int> numbered(const std::vector<Colour>& colours, const std::vector<bool>& counts) {
  std::map<Colour, int> seen;
  std::vector<int> numbers;
  for (std::size_t n = 0; n < colours.size(); ++n) {
    numbers.push_back(counts[n] ? seen.try_emplace(colours[n], static_cast<int>(seen.size())).first->second : -1);
  }
  return numbers;
}

/// Which of all are in play: the flows of played transfers, and the links under them.
struct InPlay {
  InPlay(const NetworkLoad& load, const std::vector<bool>& played)
      : flow(load.flows.size(), false), link(load.links.size(), false) {
    for (std::size_t t = 0; t < load.transfers.size(); ++t) {
      const NetworkLoad::Transfer& one = load.transfers[t];
      for (std::size_t f = one.first_flow; f < one.first_flow + one.flows && played[t]; ++f) {
        flow[f] = true;
        for (int crossed : load.flows[f]) link[static_cast<std::size_t>(crossed)] = true;
      }
    }
  }
  std::vector<bool> flow, link;
};

class Refinement {
 public:
  Refinement(const NetworkLoad& load, const Fabric& fabric, const Placement& placement, const std::vector<bool>& played,
             const std::vector<double>& slowdown)
      : load_(load),
        placement_(placement),
        in_play_(load, played),
        columns_(static_cast<std::size_t>(placement.tp * placement.dp), 0),
        flows_(load.flows.size(), 0) {
    for (int link : load.links) links_.push_back(mix64(std::bit_cast<Colour>(fabric.capacity(link).value)));
    for (std::size_t c = 0; c < load.classes.size(); ++c) {
      for (std::size_t n = 0; n < load.classes[c].transfers; ++n) {
        const std::size_t t = load.classes[c].first_transfer + n;
        transfers_.push_back(mix64(mix64(c) + kinds_of_path(load.transfers[t], fabric)));
        if (played[t]) transfers_.back() ^= mix64(std::bit_cast<Colour>(load.transfers[t].rate));
      }
    }
    for (std::size_t c = 0; c < columns_.size() && !slowdown.empty(); ++c) {
      const int column = static_cast<int>(c);
      for (int pp = 0; pp < placement.pp; ++pp) {
        const int gpu = placement.gpu(column % placement.tp, pp, column / placement.tp);
        columns_[c] = mix64(columns_[c] ^ std::bit_cast<Colour>(slowdown[static_cast<std::size_t>(gpu)]));
      }
    }
  }

  void run() {
    for (std::size_t before = 0, now = 1; now != before;) {
      before = now;
      step();
      now = distinct(columns_) + distinct(flows_) + distinct(links_) + distinct(transfers_);
    }
  }

  Symmetry result() const {
    return {.column = numbered(columns_, std::vector<bool>(columns_.size(), true)),
            .flow = numbered(flows_, in_play_.flow),
            .link = numbered(links_, in_play_.link),
            .carried = {}};
  }

 private:
  Colour kinds_of_path(const NetworkLoad::Transfer& transfer, const Fabric& fabric) const {
    Colour sum = 0;
    for (std::size_t f = transfer.first_flow; f < transfer.first_flow + transfer.flows; ++f) {
      Colour path = 1;
      for (int link : load_.flows[f]) {
        path = mix64(path + static_cast<Colour>(fabric.kind(load_.links[static_cast<std::size_t>(link)])));
      }
      sum += path;
    }
    return sum;
  }

  void step() {
    std::vector<Colour> on_link(links_.size(), 0), in_transfer(transfers_.size(), 0);
    for (std::size_t t = 0; t < load_.transfers.size(); ++t) {
      const NetworkLoad::Transfer& transfer = load_.transfers[t];
      for (std::size_t f = transfer.first_flow; f < transfer.first_flow + transfer.flows; ++f) {
        if (!in_play_.flow[f]) continue;
        Colour sum = 0;
        for (int link : load_.flows[f]) sum += mix64(links_[static_cast<std::size_t>(link)]);
        flows_[f] = mix64(flows_[f] ^ mix64(sum + 3 * transfers_[t]));
        for (int link : load_.flows[f]) on_link[static_cast<std::size_t>(link)] += mix64(flows_[f]);
        in_transfer[t] += mix64(flows_[f]);
      }
    }
    absorb(links_, on_link);
    std::vector<Colour> in_column(columns_.size(), 0);
    for (const NetworkLoad::Class& one : load_.classes) {
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const std::size_t t = one.first_transfer + copy_of(one, c);
        in_transfer[t] += mix64(columns_[c] + 1);
        in_column[c] += mix64(transfers_[t] + 2);
      }
    }
    absorb(transfers_, in_transfer);
    absorb(columns_, in_column);
  }

  static void absorb(std::vector<Colour>& colours, const std::vector<Colour>& seen) {
    for (std::size_t n = 0; n < colours.size(); ++n) colours[n] = mix64(colours[n] ^ mix64(seen[n]));
  }

  /// In which transfer of the class the column takes part.
  std::size_t copy_of(const NetworkLoad::Class& one, std::size_t column) const {
    const auto tp = static_cast<std::size_t>(placement_.tp);
    if (one.message) return column;
    return one.scope == Scope::tp ? column / tp : column % tp;
  }

  const NetworkLoad& load_;
  const Placement& placement_;
  InPlay in_play_;
  std::vector<Colour> columns_, flows_, links_, transfers_;
};

/// All links of a colour carry the same, so the first of each tells.
void count_carried(Symmetry& symmetry, const NetworkLoad& load) {
  std::vector<std::size_t> first;  // link of each colour
  for (std::size_t link = 0; link < symmetry.link.size(); ++link) {
    if (symmetry.link[link] == static_cast<int>(first.size())) first.push_back(link);
  }
  std::vector<std::map<int, int>> flows_on(first.size());
  for (std::size_t f = 0; f < load.flows.size(); ++f) {
    if (symmetry.flow[f] < 0) continue;
    for (int crossed : load.flows[f]) {
      const auto link = static_cast<std::size_t>(crossed);
      const auto colour = static_cast<std::size_t>(symmetry.link[link]);
      if (first[colour] == link) ++flows_on[colour][symmetry.flow[f]];
    }
  }
  for (const auto& flows : flows_on) symmetry.carried.emplace_back(flows.begin(), flows.end());
}

std::vector<int> own_numbers(const std::vector<bool>& counts) {
  std::vector<int> numbers;
  int next = 0;
  for (const bool one : counts) numbers.push_back(one ? next++ : -1);
  return numbers;
}

}  // namespace

Symmetry find_symmetry(const NetworkLoad& load, const Fabric& fabric, const Placement& placement,
                       const std::vector<bool>& played, const std::vector<double>& slowdown) {
  Refinement refinement(load, fabric, placement, played, slowdown);
  refinement.run();
  Symmetry symmetry = refinement.result();
  count_carried(symmetry, load);
  return symmetry;
}

Symmetry no_symmetry(const NetworkLoad& load, const Placement& placement, const std::vector<bool>& played) {
  const InPlay in_play(load, played);
  Symmetry symmetry{
      .column = own_numbers(std::vector<bool>(static_cast<std::size_t>(placement.tp * placement.dp), true)),
      .flow = own_numbers(in_play.flow),
      .link = own_numbers(in_play.link),
      .carried = {}};
  count_carried(symmetry, load);
  return symmetry;
}

}  // namespace braid
