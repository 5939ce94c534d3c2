// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/size/find.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sim/base/csv.hpp"
#include "sim/base/gpus.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder, const std::string& extension) {
  std::error_code fault;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, fault)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  if (fault) throw Error(folder.string(), "is no folder to be read; set BRAID_SCENARIOS to the one that holds it");
  std::sort(files.begin(), files.end());
  return files;
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// "h100" of "H100-80G".
std::string family_of(const Gpu& gpu) {
  const std::string name = lower(gpu.name);
  return name.substr(0, name.find('-'));
}

bool of_whole_gpus(const Cluster& cluster) {
  const auto known = known_gpus();
  return std::find(known.begin(), known.end(), cluster.gpu) != known.end();
}

bool differ_in_size_alone(Cluster a, const Cluster& b) {
  a.nodes = b.nodes;
  a.name = b.name;
  return a == b;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest_word(word, known);
  return near.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : fmt::format("did you mean {}?", near);
}

OfferedCluster cluster_of_gpu(const GpuOffer& asked, const std::string& folder) {
  std::vector<OfferedCluster> found;
  std::vector<std::string> families;
  for (const fs::path& file : files_in(fs::path(folder) / "clusters", ".toml")) {
    OfferedCluster offer{.asked = asked, .cluster = read_cluster(file.string()), .path = file.string()};
    if (file.stem() == asked.gpu) return offer;
    if (!of_whole_gpus(offer.cluster)) continue;
    const std::string family = family_of(offer.cluster.gpu);
    if (std::find(families.begin(), families.end(), family) == families.end()) families.push_back(family);
    if (lower(asked.gpu) == family || lower(asked.gpu) == lower(offer.cluster.gpu.name)) found.push_back(offer);
  }
  if (found.empty()) {
    throw Error("--gpus", fmt::format("there is no cluster of '{}'; {}; or name a cluster file", asked.gpu,
                                      did_you_mean(lower(asked.gpu), families)));
  }
  for (const OfferedCluster& other : found) {
    if (differ_in_size_alone(found.front().cluster, other.cluster)) continue;
    throw Error("--gpus", fmt::format("'{}' may be {} or {}, which differ; name one of the files", asked.gpu,
                                      found.front().path, other.path));
  }
  return found.front();
}

/// The GPU that a profile says it belongs to, or "".
std::string gpu_of_profile(const fs::path& file) {
  constexpr std::string_view kRow = "\ngpu,name,";
  const std::string text = read_file(file.string());
  const std::size_t at = text.find(kRow);
  if (at == std::string::npos) return "";
  const std::size_t name = at + kRow.size();
  return text.substr(name, text.find_first_of(",\r\n", name) - name);
}

}  // namespace

std::string find_model(const std::string& name, const std::string& folder) {
  if (is_file(name)) return name;
  std::vector<std::string> names;
  for (const fs::path& file : files_in(fs::path(folder) / "models", ".toml")) {
    if (file.stem() == name) return file.string();
    names.push_back(file.stem().string());
  }
  throw Error("MODEL", fmt::format("there is no model '{}'; {}; or name a file", name, did_you_mean(name, names)));
}

OfferedCluster find_cluster(const GpuOffer& asked, const std::string& folder) {
  OfferedCluster offer = is_file(asked.gpu)
                             ? OfferedCluster{.asked = asked, .cluster = read_cluster(asked.gpu), .path = asked.gpu}
                             : cluster_of_gpu(asked, folder);
  const int node = offer.cluster.gpus_per_node;
  if (asked.count % node != 0) {
    const int below = asked.count / node * node;
    throw Error("--gpus", fmt::format("{} GPUs fill no nodes of {}: {} would", asked.count, node,
                                      below > 0 ? fmt::format("{} or {}", below, below + node) : std::to_string(node)));
  }
  offer.cluster.nodes = asked.count / node;
  return offer;
}

std::string find_profile(const std::string& asked, const Gpu& gpu, const std::string& folder) {
  if (asked == "rules") return "";
  if (!asked.empty()) {
    if (!is_file(asked)) throw Error("--profile", fmt::format("there is no file '{}'", asked));
    return asked;
  }
  std::vector<std::string> found;
  for (const fs::path& file : files_in(fs::path(folder) / "profiles", ".csv")) {
    if (gpu_of_profile(file) != gpu.name) continue;
    if (file.stem() == lower(gpu.name)) return file.string();
    found.push_back(file.string());
  }
  if (found.size() > 1) {
    throw Error("--profile", fmt::format("there are several of {}: name one of {}", gpu.name, fmt::join(found, ", ")));
  }
  return found.empty() ? "" : found.front();
}

}  // namespace braid
