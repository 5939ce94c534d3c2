// SPDX-License-Identifier: Apache-2.0
// braid-validate: predictions held against what was measured. So far against published step times.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>

#include "sim/base/error.hpp"
#include "validate/table/table_command.hpp"

namespace {

constexpr int kUserMistake = 2;

int run(int argc, char** argv) {
  CLI::App app("Holds predictions against measured runs: step times that others have published.", "braid-validate");
  braid::TableOptions options;
  app.add_option("--table", options.table, "published runs (CSV): model, plan, GPUs, measured seconds a step")
      ->type_name("FILE")
      ->required();
  app.add_option("--where", options.where, "only rows for which this holds: tp<=8, n_gpus=512; may be repeated")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  app.add_option("--fit", options.fit, "fit on these rows, at most five, and predict the others")
      ->type_name("ID,ID,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--free", options.free, "parameters of the cost rules that the fit may move")
      ->type_name("NAME,NAME,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--profile", options.profile, "start from this profile (default: the rules of the rows' GPU)")
      ->type_name("FILE");
  app.add_option("--cluster", options.cluster, "whose links (default: the shipped cluster of the rows' GPU)")
      ->type_name("FILE");
  app.add_option(
         "--node-bandwidth", options.node_bandwidths,
         "of all NICs of a node, one direction: \"800 Gbit/s\", or \"vTrain: 800 Gbit/s\" for rows whose source "
         "begins so (default: the cluster's)")
      ->type_name("[SOURCE:]RATE")
      ->allow_extra_args(false);
  app.add_option("--set", options.sets, "assume something else, for all rows: step_end.overlap=true, run.0.p2p=eager")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
  app.add_option("--out", options.out_dir, "folder for rows.csv and, with --fit, profile.csv")->type_name("DIR");
  app.add_flag("--json", options.json, "print JSON");
  app.footer(
      "Exit codes: 0; 2 a mistake.\n"
      "Example: braid validate --table runs.csv --where 'tp<=8' --node-bandwidth '800 Gbit/s' \\\n"
      "           --fit run-1,run-7 --free gemm_efficiency,host_launch_s");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help
    throw braid::Error("", std::string(e.what()) + "; see braid-validate --help");
  }
  braid::table_command(options, std::cout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const braid::Error& e) {
    std::cerr << "braid-validate: " << e.what() << '\n';
    return kUserMistake;
  } catch (const std::exception& e) {
    std::cerr << "braid-validate: unexpected: " << e.what() << '\n';
    return 1;
  }
}
