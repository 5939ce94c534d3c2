// SPDX-License-Identifier: Apache-2.0
// `braid gui --export`: a picture without a window or an event loop.
#pragma once

#include <string>
#include <vector>

namespace braid {

struct ExportRequest {
  std::string file;   ///< a run; of several in it the one called `run`
  std::string run;    ///< "": the only one
  std::string out;    ///< .png, .svg, .pdf
  std::string range;  ///< parse_range(); "": everything
  std::string rows;   ///< rows_called(); "": all
  std::string size;   ///< "1600x900": of the rows, without labels and ruler; a height of 0 or none: what the rows need
  std::string palette = "colour_blind_safe";
  std::string light = "day";
  bool legend = true;
  bool unfold = false;    ///< shows every tensor-parallel peer and data-parallel replica
  double row_height = 0;  ///< 0: as in the window
};

/// Throws Error in words for a user. Needs a QGuiApplication, on any platform.
void export_command(const ExportRequest& request, const std::string& cache_folder);

}  // namespace braid
