// SPDX-License-Identifier: Apache-2.0
// Colours: of categories in two sets, of everything else in two lights.
#pragma once

#include <QColor>
#include <QFont>
#include <array>

#include "sim/timeline/category.hpp"

namespace braid {

enum class PaletteKind {
  colour_blind_safe,  ///< Okabe and Ito's eight, idle pieces hatched; the default
  papers,             ///< as the zero-bubble and STP papers draw F, B, I, W
};
enum class Light { day, night };

struct Theme {
  PaletteKind palette = PaletteKind::colour_blind_safe;
  Light light = Light::day;
  std::array<QColor, kCategories> category;
  QColor background, row_even, row_odd, grid, text, faint_text, selection, hover, flow, critical, hit;
  QFont font;  ///< of labels, DejaVu Sans where it is there

  /// Readable on the category's colour.
  QColor text_on(Category c) const;
};

Theme theme(PaletteKind palette, Light light);

}  // namespace braid
