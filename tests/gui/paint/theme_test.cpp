// SPDX-License-Identifier: Apache-2.0
// Colours that can be read and told apart.
#include "gui/paint/theme.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "gui/paint/tiles.hpp"

namespace braid {
namespace {

using Linear = std::array<double, 3>;

Linear linear(const QColor& c) {
  const auto one = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
  return {one(c.redF()), one(c.greenF()), one(c.blueF())};
}

/// WCAG 2.1.
double contrast(const QColor& a, const QColor& b) {
  const auto luminance = [](const Linear& c) { return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; };
  const double x = luminance(linear(a)), y = luminance(linear(b));
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

/// CIE 1976 L*a*b* under D65.
Linear lab(const Linear& c) {
  const double x = (0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2]) / 0.9505;
  const double y = 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
  const double z = (0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2]) / 1.089;
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
  return {116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))};
}

double distance(const Linear& a, const Linear& b) {
  const Linear x = lab(a), y = lab(b);
  return std::hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

/// What a deuteranope sees: [Viénot99], linear RGB; green and red become one.
Linear deuteranope(const Linear& c) {
  const double red_green = 0.29275 * c[0] + 0.70725 * c[1];
  return {red_green, red_green, std::clamp(-0.02234 * c[0] + 0.02234 * c[1] + c[2], 0.0, 1.0)};
}

constexpr std::array kWork{Category::forward, Category::backward, Category::input_grad, Category::weight_grad};

TEST(Theme, TextCanBeRead) {
  for (const PaletteKind palette : {PaletteKind::colour_blind_safe, PaletteKind::papers}) {
    for (const Light light : {Light::day, Light::night}) {
      const Theme t = theme(palette, light);
      // 4.5 is what WCAG asks of small text.
      for (const QColor& ground : {t.background, t.row_even, t.row_odd}) {
        EXPECT_GE(contrast(t.text, ground), 4.5);
        EXPECT_GE(contrast(t.faint_text, ground), 4.5);
      }
      for (int i = 0; i < kCategories; ++i) {
        const auto c = static_cast<Category>(i);
        EXPECT_GE(contrast(t.text_on(c), t.category[static_cast<std::size_t>(i)]), 4.5) << to_text(c);
        for (int chunk = 0; chunk < Tiles::kChunks; ++chunk) {
          const QColor own = chunk_colour(t, c, chunk);
          EXPECT_GE(contrast(readable_on(own), own), 4.5) << to_text(c) << " chunk " << chunk;
        }
        // On idle pieces text is written as on the page.
        if (is_idle(c)) { EXPECT_GE(contrast(t.text, t.category[static_cast<std::size_t>(i)]), 4.5) << to_text(c); }
      }
    }
  }
}

TEST(Theme, WorkIsToldApartAtAGlance) {
  for (const PaletteKind palette : {PaletteKind::colour_blind_safe, PaletteKind::papers}) {
    const Theme t = theme(palette, Light::day);
    for (const Category a : kWork) {
      for (const Category b : kWork) {
        if (a >= b) continue;
        const Linear x = linear(t.category[static_cast<std::size_t>(a)]);
        const Linear y = linear(t.category[static_cast<std::size_t>(b)]);
        // A just noticeable difference is about 2.3; ten times that is seen without looking for it.
        EXPECT_GE(distance(x, y), 23) << to_text(a) << ' ' << to_text(b);
        if (palette == PaletteKind::colour_blind_safe) {
          EXPECT_GE(distance(deuteranope(x), deuteranope(y)), 23) << to_text(a) << ' ' << to_text(b);
        }
      }
    }
  }
}

TEST(Theme, IdlePiecesAreFainterThanWork) {
  for (const Light light : {Light::day, Light::night}) {
    const Theme t = theme(PaletteKind::colour_blind_safe, light);
    for (int i = static_cast<int>(Category::idle_tp); i < kCategories; ++i) {
      const Linear idle = linear(t.category[static_cast<std::size_t>(i)]), page = linear(t.background);
      for (const Category work : kWork) {
        EXPECT_LT(distance(idle, page), distance(linear(t.category[static_cast<std::size_t>(work)]), page));
      }
    }
  }
}

TEST(Theme, MixesAndContrasts) {
  EXPECT_EQ(mixed(Qt::black, Qt::white, 0.2), QColor(51, 51, 51));
  EXPECT_EQ(readable_on(Qt::white), QColor(Qt::black));
  EXPECT_EQ(readable_on(QColor(0, 0, 128)), QColor(Qt::white));
}

}  // namespace
}  // namespace braid
