// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/view/made_sweep.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "sim/base/csv.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/gui/model/what_if_facts.hpp"

namespace braid::test {
namespace {

/// What the command prints to both streams, and whether it ended with 0.
std::pair<std::string, bool> output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>&1").c_str(), "r"), [](FILE*) { return 0; });
  std::string text;
  std::array<char, 4096> part{};
  for (std::size_t n = 0; (n = fread(part.data(), 1, part.size(), pipe.get())) > 0;) text.append(part.data(), n);
  return {text, pclose(pipe.get()) == 0};
}

}  // namespace

std::vector<Planned> planned_grid() {
  std::vector<Planned> grid;
  for (const char* schedule : {"stp", "zb-v", "1f1b-i", "1f1b", "gpipe"}) {
    for (const auto& [tp, pp] : {std::pair{8, 2}, {4, 4}, {2, 8}}) {
      for (const int microbatches : {8, 16}) grid.push_back({schedule, tp, pp, microbatches});
    }
  }
  return grid;
}

Configuration played_by_braid(const Planned& planned) {
  const std::string file = kScenarios + "papers/stp-12b-a800-tp8pp2-6144.toml";
  const bool own = planned.schedule == "stp" || planned.schedule == "zb-v" || planned.schedule == "1f1b-i";
  std::vector<Override> overrides{{"network", "ideal"},
                                  {"plan.tp", std::to_string(planned.tp)},
                                  {"plan.pp", std::to_string(planned.pp)},
                                  {"plan.microbatches", std::to_string(planned.microbatches)}};
  if (!own) overrides.push_back({"run.3.schedule", planned.schedule});
  std::string command =
      std::string(BRAID_BINARY_DIR) + "/bin/braid simulate " + file + " --json --schedule " + planned.schedule;
  for (const Override& o : overrides) command += " --set " + o.path + "=" + o.value;
  Configuration c{.hash = command,
                  .scenario = scenario_as_one_text(file, overrides),
                  .profile = read_file(kScenarios + "profiles/a800-80g-stp12b.csv"),
                  .run = planned.schedule,
                  .gpu = "A800-80G",
                  .tp = planned.tp,
                  .pp = planned.pp,
                  .microbatches = planned.microbatches,
                  .version = "test",
                  .network = "ideal"};
  const auto [text, good] = output_of(command);
  c.gpus = planned.tp * planned.pp;
  c.status = good ? ConfigurationStatus::ok : ConfigurationStatus::failed;
  if (!good) {
    c.reason = text.substr(0, text.find_last_not_of('\n') + 1);
    return c;
  }
  const nlohmann::json run = nlohmann::json::parse(text).at("runs").at(0);
  c.step_time_s = run.at("step_time_s");
  c.tokens_per_s = run.at("tokens_per_s_per_gpu").get<double>() * c.gpus;
  c.peak_memory_bytes = run.at("peak_memory_bytes");
  c.fits = run.at("fits");
  c.report = run.dump();
  return c;
}

}  // namespace braid::test
