// SPDX-License-Identifier: Apache-2.0
// Which flows, links and transfers of a load are alike: the coarsest equitable partition, by colour refinement.
//
// Two flows have one colour if they cross links of the same colours; two links, if they have one capacity and
// carry flows of the same colours, as many of each. Max-min fair rates are unique, so flows of one colour that start
// together move at one rate, and one of them can stand for all with its links' capacity divided among its copies.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cost/fabric.hpp"
#include "sim/cost/network_load.hpp"

namespace braid {

struct Symmetry {
  std::vector<int> flow;      ///< colour of each flow of the load
  std::vector<int> link;      ///< colour of each link of the load
  bool columns_alike = true;  ///< all transfers of each class have one colour
  /// By colour of link: how many flows of each flow colour such a link carries, if that is one number; 0 if not.
  std::vector<int> copies;
  bool copies_alike = true;  ///< no 0 among them
};

/// Classes without `played[class]` are left out: their flows have colour -1 and load no link.
Symmetry find_symmetry(const NetworkLoad& load, const Fabric& fabric, const std::vector<bool>& played);

}  // namespace braid
