// SPDX-License-Identifier: Apache-2.0
// The tables of one measurement: read once, all of one GPU.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "calibrate/table/table.hpp"
#include "sim/base/hardware.hpp"

namespace braid {

struct FolderTables {
  const Gpu* gpu = nullptr;
  std::multimap<std::string, Table> tables;  ///< by kind; layer sweeps of one shape each make several
  std::vector<std::string> notes;

  std::vector<const Table*> of(const std::string& kind) const;
};

/// Files called KIND.csv, or KIND_<number>.csv. Throws Error as the tables do, if there is none, or if they are of
/// different GPUs.
FolderTables read_folder(const std::string& dir, const std::string& gpu_name);

}  // namespace braid
