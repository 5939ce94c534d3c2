// SPDX-License-Identifier: Apache-2.0
// braid-calibrate: measures what transformer units, collectives and their overlap cost on the GPUs at hand, one table
// per sweep, and fits cost models to such tables.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>

#include "calibrate/fit/fit_command.hpp"
#include "calibrate/measure.hpp"
#include "sim/base/error.hpp"

namespace {

constexpr int kUserMistake = 2;

std::string sweeps_and_stages() {
  std::string text = "Sweeps, in the order in which they run:";
  for (int stage = 1; stage <= braid::kStages; ++stage) {
    text += "\n  stage " + std::to_string(stage) + ":";
    for (const braid::PlannedSweep& s : braid::plan())
      if (s.stage == stage) text += std::string(" ") + s.name;
  }
  for (const std::string& line : braid::not_measured()) text += "\n" + line;
  return text +
         "\n\nCtrl-C finishes the point at hand and closes the tables; the same command goes on where it stopped.\n"
         "Exit codes: 0; 1 a kernel computes wrongly; 2 a mistake or a sweep that failed; 77 no GPU; 130 Ctrl-C.\n"
         "Examples: braid-calibrate --quick --out h100\n"
         "          braid-calibrate --full --stage 1 --out h100\n"
         "          braid-calibrate gemm attention --out h100 --seconds 60\n"
         "          braid-calibrate --fit h100 --report --profile h100.csv";
}

int run(int argc, char** argv) {
  CLI::App app("Measures on the GPU at hand and writes one table (CSV) per sweep; fits cost models to such tables.",
               "braid-calibrate");
  braid::MeasureOptions measure;
  braid::PlanChoice& choice = measure.choice;
  braid::FitOptions fit;
  app.add_option("SWEEP", choice.names, "sweeps to run (default: all of the plan)");
  auto* out = app.add_option("--out", measure.out,
                             "folder of the tables; with --fit, of the report (default: that of the tables)")
                  ->type_name("DIR");
  app.add_flag("--quick", choice.quick, "few points of each sweep, under 3 minutes");
  app.add_flag("--full", choice.full, "all points, under 25 minutes (default)");
  app.add_option("--stage", choice.stage, "only this stage of the full plan, each under 8 minutes")->type_name("N");
  app.add_option("--seconds", choice.seconds, "allowance of each sweep; what is measured by then is kept")
      ->type_name("S");
  app.add_option("--shape", measure.shape, "layer: only this shape, with every kernel recorded")->type_name("I");
  app.add_option("--sms", measure.sms, "measure on a partition of K SMs: gemm, grid, memory, attention, unit")
      ->type_name("K");
  auto* dir = app.add_option("--fit", fit.dir, "fit the tables of a folder; needs no GPU")->type_name("DIR");
  app.add_flag("--report", fit.report, "--fit: write fit.html (pictures) and residuals.csv, too")->needs(dir);
  app.add_option("--profile", fit.profile, "--fit: write the profile")->type_name("FILE")->needs(dir);
  app.add_option("--name", fit.name,
                 "--fit: the data sheet to hold the tables against (default: the GPU that they name)")
      ->type_name("GPU")
      ->needs(dir);
  app.footer(sweeps_and_stages());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help
    throw braid::Error("", std::string(e.what()) + "; see braid-calibrate --help");
  }
  if (*dir) {
    if (!choice.names.empty()) throw braid::Error("--fit", "measures nothing; leave out the sweeps");
    for (const char* name : {"--quick", "--full", "--stage", "--seconds", "--shape", "--sms"})
      if (app.count(name) > 0) throw braid::Error("--fit", std::string("measures nothing; leave out ") + name);
    if (*out && !fit.report) throw braid::Error("--out", "with --fit it is where --report writes; add --report");
    fit.out = measure.out;
    return braid::fit_command(fit, std::cout);
  }
  if (measure.out.empty()) throw braid::Error("--out", "say in which folder the tables go; see braid-calibrate --help");
  return braid::measure(measure);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "braid-calibrate: " << e.what() << '\n';
    return kUserMistake;
  }
}
