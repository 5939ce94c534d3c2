// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <tuple>

#include "sim/sweep/size/answer.hpp"

namespace braid {

void turn_knobs(const std::vector<OfferRows>& offers, SizeAnswer& a) {
  if (a.top.empty()) return;
  Screener screener;
  std::vector<Playable> top;
  for (const Training& t : a.top) top.push_back(playable(offers[t.offer].whole(t.row)));
  a.swings = sensitivity(top.front().scenario, top.front().run, top.front().profile, screener);
  std::vector<double> base;
  for (const Playable& p : top) {
    const RunReport report = screener.screen(p.scenario, p.run, p.profile);
    base.push_back(report.tokens_per_s_per_gpu * report.gpus);
  }
  for (const Knob& knob : knobs()) {
    for (const bool low : {true, false}) {
      std::size_t best = 0;
      double most = 0;
      for (std::size_t i = 0; i < top.size(); ++i) {
        const auto speed = turned_speed(top[i].scenario, top[i].run, top[i].profile, knob,
                                        low ? knob.low_factor : knob.high_factor, screener);
        const double scaled = speed ? a.top[i].row.tokens_per_s * *speed / base[i] : 0;
        if (scaled > most) std::tie(best, most) = std::pair(i, scaled);
      }
      if (best != 0) a.turns.push_back({fmt::format("{}, {}", knob.what, low ? knob.low : knob.high), best});
    }
  }
}

}  // namespace braid
