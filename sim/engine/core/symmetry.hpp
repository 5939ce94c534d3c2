// SPDX-License-Identifier: Apache-2.0
// Which columns, flows, links and transfers of a load are alike: the coarsest equitable partition, by colour
// refinement.
//
// Two flows have one colour if they cross links of the same colours in transfers of one colour; two links, if they have
// one capacity and carry flows of the same colours, as many of each; two transfers, if they are of one class, take the
// same kinds of path and have flows and members of the same colours; two columns, if they take part in transfers of the
// same colours and their GPUs are equally fast. What starts alike and sees alike goes on alike, and max-min fair rates
// are unique, so one column of each colour can be played for all of it, and one flow for all flows of its colour.
#pragma once

#include <utility>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/fabric.hpp"
#include "sim/cost/network_load.hpp"

namespace braid {

/// Colours are numbered from 0 in order of appearance; -1: carries nothing that is played.
struct Symmetry {
  std::vector<int> column;  ///< colour of each column, a (tp, dp) of the placement: dp * placement.tp + tp
  std::vector<int> flow;    ///< of each flow of the load
  std::vector<int> link;    ///< of each link of the load
  /// By colour of link: the colours of flows that each such link carries, ascending, and how many of each.
  std::vector<std::vector<std::pair<int, int>>> carried;
};

/// Transfers without `played[transfer]` are left out: their flows load no link. `slowdown` is by global rank, or empty.
Symmetry find_symmetry(const NetworkLoad& load, const Fabric& fabric, const Placement& placement,
                       const std::vector<bool>& played, const std::vector<double>& slowdown = {});

/// Everything has a colour of its own: nobody stands for anybody.
Symmetry no_symmetry(const NetworkLoad& load, const Placement& placement, const std::vector<bool>& played);

}  // namespace braid
