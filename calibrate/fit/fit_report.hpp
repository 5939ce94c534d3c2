// SPDX-License-Identifier: Apache-2.0
// What a fit is worth, for people: a table for the terminal, a page with pictures, and every residual as CSV.
#pragma once

#include <string>

#include "calibrate/fit/fit_folder.hpp"

namespace braid {

/// Values found and errors by kind.
std::string fit_text(const FolderFit& fit);
/// A self-contained page: for each part the errors by kind, each error against what was measured, the share of rows
/// within an error, and the values (inline SVG, no scripts).
std::string fit_html(const FolderFit& fit);
/// part,kind,shape,measured,predicted,error_percent,source: one row a residual.
std::string residuals_csv(const FolderFit& fit);

}  // namespace braid
