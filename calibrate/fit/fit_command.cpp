// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/fit_command.hpp"

#include <filesystem>
#include <ostream>

#include "calibrate/fit/fit_folder.hpp"
#include "calibrate/fit/fit_report.hpp"
#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"

namespace braid {

int fit_command(const FitOptions& options, std::ostream& out) {
  const FolderFit fit = fit_folder(options.dir, options.name);
  out << fit_text(fit);
  if (options.report) {
    const std::string to = options.out.empty() ? options.dir : options.out;
    std::error_code failed;
    std::filesystem::create_directories(to, failed);
    if (failed) throw Error(to, "cannot be made as a folder: " + failed.message());
    write_file(to + "/fit.html", fit_html(fit));
    write_file(to + "/residuals.csv", residuals_csv(fit));
    out << "wrote " << to << "/fit.html and " << to << "/residuals.csv\n";
  }
  if (!options.profile.empty()) {
    write_profile(options.profile, fit.profile);
    out << "wrote " << options.profile << "\n";
  }
  return 0;
}

}  // namespace braid
