// SPDX-License-Identifier: Apache-2.0
// `braid fit`: free parameters of a GPU from published throughputs; rows that were not fitted are predictions.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace braid {

struct FitOptions {
  std::string file;               ///< the measured rows (CSV)
  std::vector<std::string> free;  ///< names of parameters
  std::string base;               ///< profile CSV to start from; "" = the defaults of the rows' GPU
  std::string out_dir;            ///< "" = print only
  int alternatives = 0;           ///< fit as many other choices of as many rows, and show their residuals
  bool quiet = false;
};

void fit_command(const FitOptions& options, std::ostream& out);

}  // namespace braid
