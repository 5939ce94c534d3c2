// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/theme.hpp"

#include <algorithm>
#include <cmath>

namespace braid {
namespace {

QColor rgb(unsigned code) { return QColor::fromRgb(code); }

using Colours = std::array<QColor, kCategories>;

/// [Okabe08] "Color Universal Design": eight colours that all kinds of colour vision tell apart. F and B are the pair
/// that stands out most, I has the hue of F but much lighter, W is the green.
constexpr unsigned kBlue = 0x0072b2, kSky = 0x56b4e9, kGreen = 0x009e73, kOrange = 0xe69f00, kVermillion = 0xd55e00,
                   kPurple = 0xcc79a7, kYellow = 0xf0e442;

void colour_blind_safe(Colours& c) {
  const auto put = [&](Category category, unsigned code) { c[static_cast<std::size_t>(category)] = rgb(code); };
  put(Category::forward, kBlue);
  put(Category::backward, kOrange);
  put(Category::input_grad, kSky);
  put(Category::weight_grad, kGreen);
  put(Category::recompute, 0x7d94b5);
  put(Category::optimizer, 0x6f5b9a);
  put(Category::compute, 0x9aa5b1);
  put(Category::tp, kVermillion);
  put(Category::pp, kYellow);
  put(Category::dp, kPurple);
  put(Category::copy, 0x8c6d46);
  put(Category::host, 0x6b6b6b);
  put(Category::other, 0xb0b0b0);
}

/// F blue, I cyan, W green as in the figures of [Qi24] and [STP25]; B, which has I and W in it, the teal between them.
void papers(Colours& c) {
  colour_blind_safe(c);
  const auto put = [&](Category category, unsigned code) { c[static_cast<std::size_t>(category)] = rgb(code); };
  put(Category::forward, 0x3d6fdc);
  put(Category::backward, 0x0f8578);
  put(Category::input_grad, 0x5ecbe8);
  put(Category::weight_grad, 0x84c94e);
  put(Category::pp, kOrange);
}

/// An idle piece is the ground with a hue of what is waited for; its hatch has more of it.
struct Idle {
  Category cause;
  unsigned hue;
};
constexpr std::array kIdle{
    Idle{Category::idle_tp, kVermillion},       Idle{Category::idle_pp_wait, 0xd9b400},
    Idle{Category::idle_pp_transfer, 0x8c6d00}, Idle{Category::idle_dp, kPurple},
    Idle{Category::idle_offload, 0x8c6d46},     Idle{Category::idle_host, 0x505050},
    Idle{Category::idle_warm_up, 0x8494a8},     Idle{Category::idle_drain, 0x9a8f80},
};

double luminance(const QColor& c) {
  // Relative luminance of WCAG 2.1.
  const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
  return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}

}  // namespace

QColor mixed(const QColor& first, const QColor& second, double share) {
  const auto mix = [&](int a, int b) { return static_cast<int>(std::lround(a + share * (b - a))); };
  return QColor(mix(first.red(), second.red()), mix(first.green(), second.green()), mix(first.blue(), second.blue()));
}

QColor readable_on(const QColor& first, const QColor& second) {
  // Contrast (lighter + 0.05) / (darker + 0.05) of WCAG 2.1, black against white.
  const double darker = std::min(luminance(first), luminance(second));
  const double lighter = std::max(luminance(first), luminance(second));
  return (darker + 0.05) / 0.05 >= 1.05 / (lighter + 0.05) ? QColor(Qt::black) : QColor(Qt::white);
}

QColor readable_on(const QColor& colour) { return readable_on(colour, colour); }

QColor Theme::text_on(Category c) const { return readable_on(category[static_cast<std::size_t>(c)]); }

Theme theme(PaletteKind palette, Light light) {
  Theme t{.palette = palette, .light = light};
  palette == PaletteKind::papers ? papers(t.category) : colour_blind_safe(t.category);
  const bool day = light == Light::day;
  t.background = rgb(day ? 0xffffff : 0x1b1e22);
  t.row_even = rgb(day ? 0xf7f8fa : 0x22262b);
  t.row_odd = rgb(day ? 0xffffff : 0x1e2226);
  t.grid = rgb(day ? 0xe1e5ea : 0x343a41);
  t.text = rgb(day ? 0x1c2126 : 0xe6e9ed);
  t.faint_text = rgb(day ? 0x68717b : 0x98a1ab);
  t.selection = rgb(day ? 0x111111 : 0xffffff);
  t.hover = rgb(day ? 0x444444 : 0xcccccc);
  t.flow = rgb(day ? 0x7a1fa2 : 0xd59bf6);
  t.critical = rgb(0xd00000);
  t.hit = rgb(day ? 0xff2d95 : 0xff7ac0);
  for (const Idle& idle : kIdle) {
    t.category[static_cast<std::size_t>(idle.cause)] = mixed(t.background, rgb(idle.hue), day ? 0.22 : 0.3);
  }
  t.font = QFont(QStringLiteral("DejaVu Sans"));
  t.font.setPixelSize(11);
  return t;
}

}  // namespace braid
