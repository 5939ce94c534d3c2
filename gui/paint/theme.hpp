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
  /// How strong the hatch of idle pieces, the edges of blocks and the lighter tone of later chunks are; with all three
  /// 0 a pixel has the colours of its categories by their shares and nothing else.
  double hatch = 1;
  double edge = 0.3;
  double chunk = 1;

  /// Readable on the category's colour.
  QColor text_on(Category c) const;
  bool operator==(const Theme&) const = default;
};

/// Black or white, whichever stands out more from the colour.
QColor readable_on(const QColor& colour);
/// The one that can be read best where it stands out least of the two.
QColor readable_on(const QColor& first, const QColor& second);
/// `share` of the second, the rest of the first.
QColor mixed(const QColor& first, const QColor& second, double share);

Theme theme(PaletteKind palette, Light light);

}  // namespace braid
