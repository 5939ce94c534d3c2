// SPDX-License-Identifier: Apache-2.0
#include "gui/model/what_if.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/base/csv.hpp"
#include "sim/base/gpus.hpp"
#include "sim/cost/profile.hpp"
#include "sim/schedule/generators.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using Kind = WhatIfField::Kind;

constexpr const char* kScenario = "scenario";  ///< what messages call the text
constexpr std::string_view kCommSms = "profile.comm_ctas";
constexpr std::string_view kSchedule = "schedule";
constexpr std::string_view kOfRun = "run.";
constexpr const char* kRecompute[] = {"none", "selective", "full"};
constexpr const char* kP2p[] = {"eager", "batched", "blocking"};
constexpr const char* kAsync[] = {"none", "column", "whole"};
// Bounds of what can be dialled in; what a scenario may hold is its reader's to say.
constexpr int kMostRanks = 4096, kMostNodes = 100'000, kMostMicrobatches = 32767, kMostSamples = 4096;
constexpr int kMostTokens = 10'000'000, kMostLayers = 1000, kMostChunks = 64;

template <std::size_t N>
std::vector<std::string> words(const char* const (&names)[N]) {
  return {std::begin(names), std::end(names)};
}

/// As people write them: exact in GB/s up to six digits.
std::string bandwidth_text(BytesPerSecond rate) { return fmt::format("{:.6g} GB/s", rate.value / 1e9); }

std::optional<std::size_t> run_index(const Scenario& scenario, const std::string& label) {
  const auto found =
      std::find_if(scenario.runs.begin(), scenario.runs.end(), [&](const Run& run) { return run.label == label; });
  if (found == scenario.runs.end()) return std::nullopt;
  return static_cast<std::size_t>(found - scenario.runs.begin());
}

std::vector<std::string> schedules_of(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Run& run : scenario.runs) names.push_back(run.label);
  for (const GeneratorEntry& entry : generators()) {
    if (std::find(names.begin(), names.end(), entry.name) == names.end()) names.push_back(entry.name);
  }
  return names;
}

std::vector<WhatIfField> fields_of(const Scenario& s, const WhatIf& form) {
  const auto number = [](const char* path, const char* label, int value, int most, const char* help = "") {
    return WhatIfField{.path = path,
                       .label = label,
                       .value = std::to_string(value),
                       .least = 1,
                       .most = std::max(most, value),
                       .help = help};
  };
  std::vector<WhatIfField> fields;
  fields.push_back({.path = std::string(kSchedule),
                    .label = "schedule",
                    .kind = Kind::choice,
                    .value = form.run,
                    .choices = schedules_of(s),
                    .help = "the scenario's own runs first, then every other schedule with its defaults"});
  for (WhatIfField& field : fields_of_schedule(form, form.run)) fields.push_back(std::move(field));
  const Plan& p = s.plan;
  fields.push_back(number("plan.tp", "TP", p.tp, kMostRanks, "ranks that share each layer"));
  fields.push_back(number("plan.pp", "PP", p.pp, kMostRanks, "pipeline ranks"));
  fields.push_back(number("plan.dp", "DP", p.dp, kMostRanks, "replicas"));
  fields.push_back(
      number("plan.microbatches", "microbatches", p.microbatches, kMostMicrobatches, "of a step and replica"));
  fields.push_back(number("plan.microbatch_size", "microbatch size", p.microbatch_size, kMostSamples, "samples"));
  fields.push_back(number("plan.sequence", "sequence", p.sequence, kMostTokens, "tokens a sample"));
  if (p.layers_per_stage.empty()) {
    fields.push_back(number("plan.last_stage_fewer_layers", "last stage: fewer layers", p.last_stage_fewer_layers,
                            kMostLayers, "what the last virtual stage has less than the even share"));
    fields.back().least = 0;
  }
  fields.push_back({.path = "plan.recompute",
                    .label = "recompute",
                    .kind = Kind::choice,
                    .value = kRecompute[static_cast<int>(p.recompute)],
                    .choices = words(kRecompute),
                    .help = "what backward computes again in place of keeping it"});
  WhatIfField gpu{.path = "cluster.gpu",
                  .label = "GPU",
                  .kind = Kind::choice,
                  .value = s.cluster.gpu.name,
                  .help = "links keep their speed; another GPU is played by its data-sheet rules"};
  for (const Gpu& known : known_gpus()) gpu.choices.push_back(known.name);
  if (std::find(gpu.choices.begin(), gpu.choices.end(), gpu.value) == gpu.choices.end())
    gpu.choices.insert(gpu.choices.begin(), gpu.value);
  fields.push_back(std::move(gpu));
  fields.push_back(number("cluster.nodes", "nodes", s.cluster.nodes, kMostNodes));
  fields.push_back({.path = "cluster.intra_bandwidth",
                    .label = "bandwidth in a node",
                    .kind = Kind::bandwidth,
                    .value = bandwidth_text(s.cluster.intra_bandwidth),
                    .help = "of one GPU, one direction: \"200 GB/s\""});
  if (s.cluster.nic_bandwidth.value > 0) {
    fields.push_back({.path = "cluster.nic_bandwidth",
                      .label = "bandwidth of a NIC",
                      .kind = Kind::bandwidth,
                      .value = bandwidth_text(s.cluster.nic_bandwidth),
                      .help = "one direction: \"400 Gbit/s\""});
  }
  const Profile profile =
      form.profile.empty() ? default_profile(s.cluster.gpu) : parse_profile(form.profile, "profile", s.cluster.gpu);
  fields.push_back(number(kCommSms.data(), "SMs for communication",
                          static_cast<int>(std::lround(parameter(profile, "comm_ctas"))), s.cluster.gpu.sms,
                          "that a collective's kernel takes while it runs"));
  fields.back().least = 0;
  return fields;
}

/// The profile that the run was played with, as CSV; "" if those are the rules of the GPU.
void find_profile(const RunFacts& facts, const Gpu& gpu, const std::string& folder, WhatIf& form) {
  if (!facts.profile.empty()) {
    parse_profile(facts.profile, "profile", gpu);  // throws
    form.profile = facts.profile;
    return;
  }
  const auto id = facts.provenance.find("profile");
  if (id == facts.provenance.end() || id->second == profile_id(default_profile(gpu))) return;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() != ".csv") continue;
    try {
      const std::string text = read_file(entry.path().string());
      if (profile_id(parse_profile(text, entry.path().string(), gpu)) != id->second) continue;
      form.profile = text;
      return;
    } catch (const Error&) {  // of another GPU, or no profile
    }
  }
  form.notes.push_back(
      fmt::format("this run's profile ({}) is not in its file: what is played here uses the data-sheet "
                  "rules of {}, so a difference is also one of costs",
                  id->second, gpu.name));
}

/// What an override calls the field.
std::string override_path(const std::string& path, std::size_t run) {
  if (path == kSchedule) return fmt::format("run.{}.schedule", run);
  if (path.starts_with(kOfRun)) return fmt::format("run.{}.{}", run, path.substr(kOfRun.size()));
  return path;
}

/// Which run of the scenario the values ask for; one more than there are for a schedule that none of them has.
std::size_t wanted_run(const Scenario& scenario, const std::string& schedule) {
  return run_index(scenario, schedule).value_or(scenario.runs.size());
}

std::string schedule_in(const WhatIf& form, const WhatIfValues& values) {
  const auto found = values.find(std::string(kSchedule));
  return found == values.end() ? form.run : found->second;
}

/// The line that a reader or check() wrote, given to the field that it names.
WhatIfIssue issue_of(const std::string& line, const WhatIf& form, std::size_t run) {
  for (const WhatIfField& field : form.fields) {
    const std::string name = override_path(field.path, run) + ": ";
    const std::size_t at = line.find(name);
    if (at == std::string::npos || (at > 0 && line[at - 1] != ':' && line[at - 1] != ' ')) continue;
    return {.path = field.path, .what = line.substr(at + name.size())};
  }
  const std::size_t behind = line.starts_with("scenario:") ? line.find(": ") : std::string::npos;
  return {.path = "", .what = behind == std::string::npos ? line : line.substr(behind + 2)};
}

}  // namespace

WhatIf what_if(const RunFacts& facts, const std::string& profile_folder) {
  WhatIf form{.title = facts.title};
  if (facts.scenario.empty()) {
    form.why_not = facts.kind == "abstract" ? "a schedule at abstract costs has no scenario to change"
                                            : "this run carries no scenario, so it cannot be played again";
    return form;
  }
  try {
    const Scenario scenario = parse_scenario(facts.scenario, kScenario);
    throw_if_any(check(scenario));
    form.scenario = facts.scenario;
    form.gpu = scenario.cluster.gpu.name;
    form.run = run_index(scenario, facts.run) ? facts.run : scenario.runs.front().label;
    find_profile(facts, scenario.cluster.gpu, profile_folder, form);
    if (facts.kind == "measured") form.notes.emplace_back("this run was measured; what is played here is simulated");
    form.fields = fields_of(scenario, form);
  } catch (const Error& error) {
    form.why_not = fmt::format("this run's scenario cannot be used: {}", error.what());
    form.fields.clear();
  }
  return form;
}

std::vector<WhatIfField> fields_of_schedule(const WhatIf& form, const std::string& schedule) {
  const Scenario scenario = parse_scenario(form.scenario, kScenario);
  const std::size_t index = wanted_run(scenario, schedule);
  const Run run = index < scenario.runs.size() ? scenario.runs[index] : Run{};
  std::vector<WhatIfField> fields;
  // 0: as the schedule wants it. A run that gives a number keeps one: an override cannot take a field away.
  fields.push_back({.path = "run.chunks",
                    .label = "chunks a rank",
                    .value = run.chunks ? std::to_string(*run.chunks) : "0",
                    .least = run.chunks ? 1 : 0,
                    .most = kMostChunks,
                    .help = "virtual stages of a rank; 0: as the schedule wants"});
  fields.push_back({.path = "run.p2p",
                    .label = "messages",
                    .kind = Kind::choice,
                    .value = kP2p[static_cast<int>(run.p2p)],
                    .choices = words(kP2p),
                    .help = "eager: sent when ready; batched: in groups that a block waits for; blocking: the sender "
                            "waits"});
  fields.push_back({.path = "run.async_all_reduce",
                    .label = "all-reduce hides behind",
                    .kind = Kind::choice,
                    .value = kAsync[static_cast<int>(run.async_all_reduce)],
                    .choices = words(kAsync),
                    .help =
                        "of a full backward: nothing, the W of the same column-parallel linear, or the unit's whole "
                        "W"});
  return fields;
}

WhatIfPlay play_of(const WhatIf& form, const WhatIfValues& values) {
  const Scenario scenario = parse_scenario(form.scenario, kScenario);
  const std::string schedule = schedule_in(form, values);
  const std::size_t run = wanted_run(scenario, schedule);
  WhatIfPlay play{.scenario = form.scenario, .profile = form.profile, .run = schedule, .notes = form.notes};
  if (run == scenario.runs.size())
    play.overrides.push_back({.path = override_path(std::string(kSchedule), run), .value = schedule});
  const std::vector<WhatIfField> of_run = fields_of_schedule(form, schedule);
  Gpu gpu = scenario.cluster.gpu;
  for (const WhatIfField& field : form.fields) {
    const auto given = values.find(field.path);
    if (given == values.end() || field.path == kSchedule || field.path == kCommSms) continue;
    const auto own =
        std::find_if(of_run.begin(), of_run.end(), [&](const WhatIfField& f) { return f.path == field.path; });
    if (given->second == (own == of_run.end() ? field.value : own->value)) continue;
    play.overrides.push_back({.path = override_path(field.path, run), .value = given->second});
    if (field.path != "cluster.gpu") continue;
    gpu = gpu_by_name(given->second, "--set cluster.gpu");
    if (form.profile.empty()) continue;
    play.profile.clear();
    play.notes.push_back(fmt::format("the profile is of {}: {} is played by its data-sheet rules", form.gpu, gpu.name));
  }
  const auto sms = values.find(std::string(kCommSms));
  const auto field =
      std::find_if(form.fields.begin(), form.fields.end(), [](const WhatIfField& f) { return f.path == kCommSms; });
  if (sms == values.end() || field == form.fields.end() || sms->second == field->value) return play;
  try {
    const Profile base = play.profile.empty() ? default_profile(gpu) : parse_profile(play.profile, "profile", gpu);
    play.profile = to_csv(with_parameter(base, "comm_ctas", std::stod(sms->second), "a what-if of the window"));
  } catch (const std::logic_error&) {
    throw Error(std::string(kCommSms), fmt::format("'{}' is not a number", sms->second));
  }
  return play;
}

std::vector<WhatIfIssue> check(const WhatIf& form, const WhatIfValues& values) {
  if (!form.why_not.empty()) return {{.path = "", .what = form.why_not}};
  std::vector<WhatIfIssue> issues;
  std::size_t run = 0;
  try {
    run = wanted_run(parse_scenario(form.scenario, kScenario), schedule_in(form, values));
    throw_if_any(check(parse_scenario(form.scenario, kScenario, play_of(form, values).overrides)));
  } catch (const Error& error) {
    const std::string text = error.what();
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      issues.push_back(issue_of(text.substr(at, end - at), form, run));
      at = end + 1;
    }
  }
  return issues;
}

std::string scenario_to_save(const WhatIf& form, const WhatIfValues& values, const std::string& profile_name) {
  const WhatIfPlay play = play_of(form, values);
  std::string text = fmt::format("# A what-if of {}, saved by braid gui; its run: {}\n", form.title, play.run);
  // A line before all tables is one of the root.
  // Strings of JSON are strings of TOML.
  if (!profile_name.empty()) text += "profile = " + nlohmann::json(profile_name).dump() + "\n";
  return text + as_one_text(play.scenario, kScenario, play.overrides);
}

}  // namespace braid
