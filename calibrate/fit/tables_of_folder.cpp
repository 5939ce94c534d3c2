// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/tables_of_folder.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "calibrate/fit/layer_sum.hpp"
#include "calibrate/fit/link_fit.hpp"
#include "calibrate/fit/measured_gpu.hpp"
#include "calibrate/fit/overlap_fit.hpp"
#include "calibrate/fit/sample.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

const std::map<std::string, const std::vector<std::string>*>& columns_of_kinds() {
  static const std::map<std::string, const std::vector<std::string>*> columns = {
      {"gemm", &kGemmColumns},     {"grid", &kGemmColumns},         {"attention", &kAttentionColumns},
      {"memory", &kMemoryColumns}, {"overlap", &kOverlapColumns},   {"layer", &kLayerColumns},
      {"copy", &kCopyColumns},     {"layer_ops", &kLayerOpColumns}, {"collective", &kCollectiveColumns}};
  return columns;
}

/// "layer" for layer.csv and layer_7.csv; "" for any other file.
std::string kind_of(const std::filesystem::path& path) {
  if (path.extension() != ".csv") return {};
  std::string stem = path.stem();
  const std::size_t cut = stem.rfind('_');
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  if (cut != std::string::npos && cut + 1 < stem.size() &&
      std::all_of(stem.begin() + static_cast<std::ptrdiff_t>(cut) + 1, stem.end(), digit))
    stem.resize(cut);
  return columns_of_kinds().contains(stem) ? stem : "";
}

/// The kind that the first line of the table states; the file of one shape says "layer_7".
std::string stated(const std::filesystem::path& path) { return path.stem(); }

}  // namespace

std::vector<const Table*> FolderTables::of(const std::string& kind) const {
  std::vector<const Table*> some;
  const auto [first, last] = tables.equal_range(kind);
  for (auto at = first; at != last; ++at) some.push_back(&at->second);
  return some;
}

FolderTables read_folder(const std::string& dir, const std::string& gpu_name) {
  std::error_code fault;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(dir, fault)) paths.push_back(entry.path());
  if (fault) throw Error(dir, "cannot be read as a folder: " + fault.message());
  std::sort(paths.begin(), paths.end());
  FolderTables folder;
  std::string first;
  for (const auto& path : paths) {
    const std::string kind = kind_of(path);
    if (kind.empty()) continue;
    Table table = read_table(path, stated(path), *columns_of_kinds().at(kind));
    if (first.empty()) {
      first = table.gpu();
      folder.gpu = &measured_gpu(gpu_name.empty() ? first : gpu_name, gpu_name.empty() ? table.name() : "--name");
      if (!gpu_name.empty())
        folder.notes.push_back("measured on '" + first + "', held against the data sheet of " + folder.gpu->name +
                               ", for which the profile is");
    } else if (table.gpu() != first) {
      throw Error(table.name(), "was measured on '" + table.gpu() + "', other tables of the folder on '" + first +
                                    "'; give each GPU a folder of its own");
    }
    if (table.cut_short()) folder.notes.push_back(table.name() + ": the run was cut short, its rows are used");
    folder.tables.emplace(kind, std::move(table));
  }
  if (folder.tables.empty()) {
    std::string kinds;
    for (const auto& [kind, columns] : columns_of_kinds()) kinds += (kinds.empty() ? "" : ", ") + kind + ".csv";
    throw Error(dir, "no table of braid-calibrate in this folder (" + kinds + ")");
  }
  for (const auto& [kind, columns] : columns_of_kinds()) {
    if (!folder.tables.contains(kind)) folder.notes.push_back("no " + kind + ".csv: what it would give was not fitted");
  }
  return folder;
}

}  // namespace braid
