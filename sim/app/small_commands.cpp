// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "sim/app/commands.hpp"
#include "sim/app/field_list.hpp"
#include "sim/base/csv.hpp"
#include "sim/cost/cost_parameters.hpp"
#include "sim/cost/scenario_profile.hpp"
#include "sim/play/play.hpp"
#include "sim/schedule/generators.hpp"
#include "sim/schedule/pytorch_csv.hpp"
#include "sim/sweep/plan/expand.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> toml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder))
    throw Error(folder.string(), "is not a folder; set BRAID_SCENARIOS to the one that holds models/ and clusters/");
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void list_parameters(std::ostream& out) {
  for (const ParameterInfo& info : parameter_list()) {
    out << fmt::format("{:<30} {:<9} {:g} to {:g}: {}\n", info.name, info.unit, info.least, info.most, info.meaning);
  }
}

void list_schedules(std::ostream& out) {
  for (const GeneratorEntry& entry : generators()) {
    out << fmt::format("{:<18} {}\n{:<18}   needs {}\n", entry.name, entry.what, "", entry.precondition);
  }
}

}  // namespace

void check_command(const std::string& file, const std::vector<Override>& overrides, std::ostream& out) {
  if (fs::path(file).extension() == ".csv") {
    const Schedule schedule = read_schedule(file);
    throw_if_any(check(schedule));
    out << fmt::format("{}: a schedule of {} ranks, {} stages, {} microbatches; nothing wrong with it\n", file,
                       schedule.ranks(), schedule.stages(), schedule.microbatches);
    return;
  }
  const std::string text = read_file(file);
  if (is_sweep(text)) {
    const Sweep sweep = parse_sweep(text, file, overrides);
    const auto satisfying = static_cast<std::int64_t>(expand(sweep).points.size());
    out << fmt::format("{}: a sweep of {} points, {} satisfy the constraints\n", file, grouped(sweep.product()),
                       grouped(satisfying));
    if (sweep.product() == 1) out << kNothingSwept;
    return;
  }
  const Scenario scenario = parse_scenario(text, file, overrides);
  throw_if_any(check(scenario));
  throw_if_any(check_runs(scenario, scenario.runs));
  profile_of(scenario);
  out << fmt::format("{}: {} on {} ({} of {} GPUs), {} schedules; nothing wrong with it\n", file, scenario.model.name,
                     scenario.cluster.name, scenario.placement().ranks(), scenario.cluster.gpus(),
                     scenario.runs.size());
}

void init_command(const std::string& path, std::ostream& out) {
  if (path == "-") {
    out << example_scenario();
    return;
  }
  if (fs::exists(path)) throw Error(path, "exists already; name another file");
  write_file(path, example_scenario());
  out << fmt::format("wrote {}; try: braid compare {}\n", path, path);
}

void list_command(const ListOptions& options, std::ostream& out) {
  const std::string& what = options.what;
  if (what == "fields") {
    const std::vector<Field> fields = scenario_fields();
    return (options.json       ? write_fields_json
            : options.markdown ? write_fields_markdown
                               : write_fields_text)(fields, out);
  }
  if (options.json || options.markdown) throw Error("list", "--json and --markdown are of `braid list fields` alone");
  if (what == "schedules") return list_schedules(out);
  if (what == "parameters") return list_parameters(out);
  if (what != "models" && what != "clusters") {
    throw Error("list", fmt::format("'{}' is none of schedules, models, clusters, fields, parameters", what));
  }
  for (const fs::path& file : toml_files(fs::path(scenarios_folder()) / what)) {
    if (what == "models") {
      const Model model = read_model(file.string());
      out << fmt::format("{:<16} {:>6.1f} B parameters  {:>3} layers  hidden {:>5}  {}\n", model.name,
                         total_parameters(model) / 1e9, model.layers, model.hidden, file.string());
    } else {
      const Cluster cluster = read_cluster(file.string());
      out << fmt::format("{:<16} {:>4} nodes x {} {:<10}  {}\n", cluster.name, cluster.nodes, cluster.gpus_per_node,
                         cluster.gpu.name, file.string());
    }
  }
}

void completion_command(const std::string& shell, std::ostream& out) {
  if (shell != "bash" && shell != "zsh") throw Error("completion", fmt::format("'{}' is neither bash nor zsh", shell));
  std::string schedules;
  for (const GeneratorEntry& entry : generators()) schedules += entry.name + " ";
  if (shell == "zsh") out << "autoload -U +X bashcompinit && bashcompinit\n";
  out << "_braid() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]}\n"
         "  case ${COMP_WORDS[1]} in\n"
         "    schedule) COMPREPLY=($(compgen -W \""
      << schedules
      << "--stages --microbatches --chunks --group --memory-limit --from "
         "--csv --grid --play --costs --p2p --json\" -- \"$word\")) ;;\n"
         "    list) COMPREPLY=($(compgen -W 'schedules models clusters fields parameters' -- \"$word\")) ;;\n"
         "    validate) COMPREPLY=($(compgen -W '--placement --run --rank --sms --calibrate-works --scale --repeats "
         "--record "
         "--recording --trace --table --fit --free --where --limits --fault --set --profile --out --json' -- \"$word\")"
         " $(compgen -f -- \"$word\")) ;;\n"
         "    sweep) COMPREPLY=($(compgen -W 'merge --store --set --jobs --time-limit --memory-limit --refine --shard "
         "--slurm --slurm-args --slurm-program --slurm-dry-run --alone --fresh --retry --json --quiet --progress' -- "
         "\"$word\") $(compgen -f -- \"$word\")) ;;\n"
         "    report) COMPREPLY=($(compgen -W '--out --html --csv --json --against --top --no-timelines' -- \"$word\")"
         " $(compgen -f -- \"$word\")) ;;\n"
         "    size) COMPREPLY=($(compgen -W '--gpus --tokens --deadline --budget --batch --sequence --availability "
         "--profile --schedules --top --refine --jobs --time-limit --store --fresh --json --quiet --progress' -- "
         "\"$word\") $(compgen -f -- \"$word\")) ;;\n"
         "    gui) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
         "    simulate|compare|check) COMPREPLY=($(compgen -W '--set --json --quiet --out --no-files --why' -- "
         "\"$word\")"
         " $(compgen -f -- \"$word\")) ;;\n"
         "    *) [ \"$COMP_CWORD\" = 1 ] && COMPREPLY=($(compgen -W 'simulate compare schedule sweep size report "
         "gui check init list fit calibrate validate completion' -- \"$word\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _braid braid\n";
}

}  // namespace braid
