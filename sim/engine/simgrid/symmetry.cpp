// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simgrid/symmetry.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <span>

#include "sim/engine/core/jitter.hpp"

namespace braid {
namespace {

using Colour = std::uint64_t;  ///< a hash while they are refined: equal neighbourhoods, equal sums

struct Colours {
  std::vector<Colour> flow, link, transfer;
};

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

class Refinement {
 public:
  Refinement(const NetworkLoad& load, const Fabric& fabric, const std::vector<bool>& played)
      : load_(load), flow_counts_(load.flows.size(), false), link_counts_(load.links.size(), false) {
    colours_.flow.resize(load.flows.size());
    for (std::size_t link = 0; link < load.links.size(); ++link) {
      colours_.link.push_back(mix64(std::bit_cast<Colour>(fabric.capacity(load.links[link]).value)));
    }
    for (std::size_t c = 0; c < load.classes.size(); ++c) {
      for (std::size_t t = 0; t < load.classes[c].transfers; ++t) {
        colours_.transfer.push_back(mix64(c));
        const auto& one = load.transfers[load.classes[c].first_transfer + t];
        for (std::size_t flow = one.first_flow; flow < one.first_flow + one.flows && played[c]; ++flow) {
          flow_counts_[flow] = true;
          for (int link : load.flows[flow]) link_counts_[static_cast<std::size_t>(link)] = true;
        }
      }
    }
  }

  void run() {
    for (std::size_t before = 0, now = 1; now != before;) {
      before = now;
      step();
      now = distinct(colours_.flow) + distinct(colours_.link) + distinct(colours_.transfer);
    }
  }

  Symmetry result() const {
    Symmetry symmetry;
    symmetry.flow = numbered(colours_.flow, flow_counts_);
    symmetry.link = numbered(colours_.link, link_counts_);
    for (const NetworkLoad::Class& one : load_.classes) {
      const std::span<const Colour> copies(&colours_.transfer[one.first_transfer], one.transfers);
      symmetry.columns_alike &= std::ranges::all_of(copies, [&](Colour c) { return c == copies.front(); });
    }
    count_copies(symmetry);
    return symmetry;
  }

 private:
  void step() {
    std::vector<Colour> on_link(load_.links.size(), 0), in_transfer(load_.transfers.size(), 0);
    for (std::size_t t = 0; t < load_.transfers.size(); ++t) {
      const auto& transfer = load_.transfers[t];
      for (std::size_t flow = transfer.first_flow; flow < transfer.first_flow + transfer.flows; ++flow) {
        if (!flow_counts_[flow]) continue;
        Colour sum = 0;
        for (int link : load_.flows[flow]) sum += mix64(colours_.link[static_cast<std::size_t>(link)]);
        colours_.flow[flow] = mix64(colours_.flow[flow] ^ mix64(sum + 3 * colours_.transfer[t]));
        for (int link : load_.flows[flow]) on_link[static_cast<std::size_t>(link)] += mix64(colours_.flow[flow]);
        in_transfer[t] += mix64(colours_.flow[flow]);
      }
    }
    for (std::size_t n = 0; n < on_link.size(); ++n) { colours_.link[n] = mix64(colours_.link[n] ^ mix64(on_link[n])); }
    for (std::size_t n = 0; n < in_transfer.size(); ++n) {
      colours_.transfer[n] = mix64(colours_.transfer[n] ^ mix64(in_transfer[n]));
    }
  }

  void count_copies(Symmetry& symmetry) const {
    std::vector<std::map<int, int>> flows_on(load_.links.size());  // by link: colour of flow -> how many
    for (std::size_t flow = 0; flow < load_.flows.size(); ++flow) {
      if (!flow_counts_[flow]) continue;
      for (int link : load_.flows[flow]) ++flows_on[static_cast<std::size_t>(link)][symmetry.flow[flow]];
    }
    symmetry.copies.assign(static_cast<std::size_t>(std::ranges::max(symmetry.link)) + 1, 0);
    for (std::size_t link = 0; link < flows_on.size(); ++link) {
      if (!link_counts_[link]) continue;
      const int copies = flows_on[link].begin()->second;
      const bool alike = std::ranges::all_of(flows_on[link], [&](const auto& kind) { return kind.second == copies; });
      symmetry.copies[static_cast<std::size_t>(symmetry.link[link])] = alike ? copies : 0;
      symmetry.copies_alike &= alike;
    }
  }

  const NetworkLoad& load_;
  std::vector<bool> flow_counts_, link_counts_;
  Colours colours_;
};

}  // namespace

Symmetry find_symmetry(const NetworkLoad& load, const Fabric& fabric, const std::vector<bool>& played) {
  if (load.flows.empty()) return {};
  Refinement refinement(load, fabric, played);
  refinement.run();
  return refinement.result();
}

}  // namespace braid
