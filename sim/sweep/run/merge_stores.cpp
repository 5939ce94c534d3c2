// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "sim/base/error.hpp"
#include "sim/sweep/run/resume.hpp"
#include "sim/sweep/run/run_sweep.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

struct Place {
  std::size_t part = 0;
  std::int64_t id = 0;
  std::int64_t point = 0;
  bool failed = false;
  bool refined = false;
};

/// A new file beside `into`, not there when this goes unless it was renamed.
struct Beside {
  explicit Beside(const std::string& into) : path(into + ".merging") { remove(); }
  ~Beside() { remove(); }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  void remove() const {
    std::error_code ignored;
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(path + end, ignored);
  }
  std::string path;
};

/// The rows that are wanted, in the order of their points: of one hash the refined one, then the first, failed ones
/// last.
std::vector<Place> places_of(const std::vector<SweepStore>& parts, std::map<std::string, std::string>& same) {
  std::map<std::string, Place> by_hash;
  std::map<std::string, std::pair<std::int64_t, std::string>> first;  // point and choice, by hash
  for (std::size_t part = 0; part < parts.size(); ++part) {
    for (auto& [choice, hash] : parts[part].same()) same.emplace(choice, hash);
    for (const Configuration& row : parts[part].all(true)) {
      const Place place{.part = part,
                        .id = row.id,
                        .point = row.point,
                        .failed = row.status == ConfigurationStatus::failed,
                        .refined = is_refined(row)};
      const auto [known, fresh] = by_hash.emplace(row.hash, place);
      const auto [named, _] = first.emplace(row.hash, std::pair{row.point, row.choice});
      if (fresh) continue;
      if (row.choice != named->second.second) {
        const auto later = std::max(named->second, std::pair{row.point, row.choice});
        named->second = std::min(named->second, std::pair{row.point, row.choice});
        same.emplace(later.second, row.hash);
      }
      const auto rank = [](const Place& p) { return std::tuple(p.failed, !p.refined, p.point); };
      if (rank(place) < rank(known->second)) known->second = place;
    }
  }
  std::vector<Place> places;
  for (const auto& [hash, place] : by_hash) places.push_back(place);
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.point < b.point; });
  return places;
}

/// All parts are open at once, some three descriptors each, and arrays of a thousand tasks are common.
void allow_many_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

std::int64_t merge_stores(const std::vector<std::string>& parts, const std::string& into) {
  if (parts.empty()) throw Error("merge", "needs at least one store to take rows from");
  std::error_code ignored;
  const bool there = fs::exists(into, ignored);
  allow_many_files();
  std::vector<SweepStore> stores;
  for (const std::string& part : parts) {
    if (fs::equivalent(part, into, ignored)) continue;
    stores.emplace_back(part, SweepStore::Mode::read);
  }
  const StoreClaim claim(into);
  if (there) stores.emplace_back(into, SweepStore::Mode::write);
  if (there && stores.back().fact("base").empty() && stores.back().all(true).empty()) stores.pop_back();
  if (stores.empty()) throw Error(into, "holds no sweep; name the stores to take rows from");
  for (const SweepStore& store : stores) require_same_sweep(stores.front(), store);
  const Beside beside(into);
  std::map<std::string, std::string> same;
  const std::vector<Place> places = places_of(stores, same);
  {
    SweepStore merged(beside.path, SweepStore::Mode::write);
    merged.together([&] {
      for (const char* fact : kSweepFacts) merged.tell(fact, stores.front().fact(fact));
      if (const std::string currency = stores.front().currency(); !currency.empty()) merged.price_in(currency);
      for (const Place& place : places) merged.add(stores[place.part].at(place.id));
      for (const auto& [choice, hash] : same) merged.add_same(choice, hash);
    });
  }
  stores.clear();
  if (there) {
    // Renamed over it, it would find the log that whoever reads `into` keeps there, and take it for its own.
    SweepStore(into, SweepStore::Mode::write).become(beside.path);
  } else {
    for (const char* end : {"-wal", "-shm"}) fs::remove(into + end, ignored);  // of a store that was taken away
    fs::rename(beside.path, into, ignored);
    if (ignored) throw Error(into, "cannot be written: " + ignored.message());
  }
  return static_cast<std::int64_t>(places.size());
}

}  // namespace braid
