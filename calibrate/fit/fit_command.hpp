// SPDX-License-Identifier: Apache-2.0
// `braid-calibrate --fit DIR`: fits the tables of a folder again, without CUDA and without a GPU.
#pragma once

#include <iosfwd>
#include <string>

namespace braid {

struct FitOptions {
  std::string dir;      ///< the folder with the tables
  bool report = false;  ///< write fit.html and residuals.csv
  std::string out;      ///< folder of the report; "" = that of the tables
  std::string profile;  ///< write the profile to this file; "" = do not
  std::string name;     ///< of the GPU whose data sheet applies; "" = the one that the tables name
};

/// Prints to `out` and returns the exit code. Throws Error for a wrong, cut or foreign table, and for
/// what cannot be written.
int fit_command(const FitOptions& options, std::ostream& out);

}  // namespace braid
