// SPDX-License-Identifier: Apache-2.0
// How widgets look in a light. Qt 6.4 does not know what the desktop prefers, so Braid has its own two.
#pragma once

#include <QPalette>
#include <QString>

#include "gui/paint/theme.hpp"

namespace braid {

QPalette palette_of(const Theme& theme);

/// Margins of docks, bars and tables that the Fusion style draws too tight, in the theme's colours.
QString style_sheet(const Theme& theme);

}  // namespace braid
