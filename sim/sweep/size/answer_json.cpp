// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "sim/sweep/size/answer.hpp"

namespace braid {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json_of(const SizeTask& task, const Training& t) {
  const Configuration& r = t.row;
  const Cluster& cluster = task.offers[t.offer].cluster;
  return {{"offer", t.offer},
          {"gpus", cluster.gpus()},
          {"gpu", cluster.gpu.name},
          {"id", r.id},
          {"tp", r.tp},
          {"pp", r.pp},
          {"dp", r.dp},
          {"run", r.run},
          {"schedule", r.schedule},
          {"microbatches", r.microbatches},
          {"microbatch_size", r.microbatch_size},
          {"recompute", recompute_of(r)},
          {"zero", zero_of(r)},
          {"network", r.network},
          {"grain", r.grain},
          {"step_time_s", r.step_time_s},
          {"screened_step_time_s", r.screened_step_time_s},
          {"tokens_per_s", r.tokens_per_s},
          {"mfu", r.mfu},
          {"peak_memory_bytes", r.peak_memory_bytes},
          {"busy_s", r.busy_s},
          {"tp_s", r.tp_s},
          {"pp_s", r.pp_s},
          {"other_s", r.other_s},
          {"days", t.days},
          {"gpu_hours", t.gpu_hours},
          {"cost", or_null(t.cost)},
          {"currency", cluster.currency},
          {"energy_mwh", or_null(t.energy_mwh)}};
}

Json json_of(const SizeTask& task, const std::optional<Training>& t) { return t ? json_of(task, *t) : Json(nullptr); }

Json json_of(const SizeTask& task, const std::vector<Training>& all) {
  Json list = Json::array();
  for (const Training& t : all) list.push_back(json_of(task, t));
  return list;
}

Json json_of(const Loser& l) {
  Json json{{"what", l.what}, {"fits", l.fits}};
  if (!l.reason.empty()) json["reason"] = l.reason;
  if (!l.row) return json;
  json["plan"] = l.row->run + " " + plan_text(*l.row);
  json["peak_memory_bytes"] = l.row->peak_memory_bytes;
  if (l.too_tight) json["too_tight"] = true;
  if (!l.not_here.empty()) json["not_here"] = l.not_here;
  if (!l.fits) return json;
  json["as_screened"] = l.as_screened;
  json["slower"] = l.slower;
  json["more"] = {{"busy", l.more.busy}, {"tp", l.more.tp}, {"pp", l.more.pp}, {"other", l.more.other}};
  return json;
}

Json needing_too_much(const std::optional<Configuration>& row) {
  if (!row) return nullptr;
  return {{"plan", row->run + " " + plan_text(*row)},
          {"screened_step_time_s", row->step_time_s},
          {"peak_memory_bytes", row->peak_memory_bytes}};
}

Json json_of(const OfferedCluster& o, const OfferCount& c) {
  return {{"gpu", o.cluster.gpu.name},
          {"gpus", o.cluster.gpus()},
          {"cluster", o.path},
          {"profile", o.profile},
          {"gpu_hour_price", o.cluster.gpu_hour_price},
          {"currency", o.cluster.currency},
          {"price_source", o.cluster.price_source},
          {"gpu_watts", o.cluster.gpu_watts},
          {"power_source", o.cluster.power_source},
          {"points", c.points},
          {"fitting", c.fitting},
          {"too_tight", c.too_tight},
          {"not_fitting", c.not_fitting},
          {"pruned", c.pruned},
          {"pruned_why", c.pruned_why},
          {"failed", c.failed},
          {"promising", c.promising},
          {"not_replayed", c.not_replayed},
          {"not_replayed_why", c.not_replayed_why},
          {"order",
           {{"refined", c.order.refined},
            {"moved", c.order.moved},
            {"best_was", c.order.best_was},
            {"largest_error", c.order.largest_error},
            {"median_error", c.order.median_error}}}};
}

}  // namespace

std::string to_json(const SizeTask& task, const SizeAnswer& a) {
  Json json{{"schema", "braid.size/1"},
            {"model", task.model.name},
            {"tokens", task.tokens},
            {"sequence", task.sequence},
            {"batch_samples", task.batch_samples},
            {"batch_tokens", task.batch_tokens()},
            {"availability", task.availability},
            {"memory_margin_bytes", task.memory_margin},
            {"deadline_s", or_null(task.deadline_s)},
            {"budget", task.budget ? Json(task.budget->amount) : Json(nullptr)},
            {"fastest", json_of(task, a.fastest)},
            {"cheapest", json_of(task, a.cheapest)},
            {"leanest", json_of(task, a.leanest)},
            {"recommended", json_of(task, a.recommended)},
            {"of_offers", json_of(task, a.of_offers)},
            {"top", json_of(task, a.top)},
            {"front_of", a.front_of_cost ? "days, cost" : "screened step time, memory"},
            {"front", json_of(task, a.front)},
            {"verdict", a.verdict},
            {"verdicts", a.verdicts},
            {"closest", a.closest},
            {"assumptions", task.assumptions}};
  Json& losers = json["losers"] = Json::array();
  for (const Loser& l : a.losers) losers.push_back(json_of(l));
  json["too_large"] = needing_too_much(a.too_large);
  json["too_tight"] = needing_too_much(a.too_tight);
  Json& swings = json["sensitivity"] = Json::array();
  for (const Swing& s : a.swings) {
    swings.push_back({{"what", s.what},
                      {"low", s.low_label},
                      {"low_tokens_per_s", or_null(s.low)},
                      {"high", s.high_label},
                      {"high_tokens_per_s", or_null(s.high)}});
  }
  Json& turns = json["other_winners"] = Json::array();
  for (const Turn& t : a.turns) turns.push_back({{"if", t.what}, {"top", t.instead}});
  Json& offers = json["offers"] = Json::array();
  for (std::size_t o = 0; o < task.offers.size() && o < a.counts.size(); ++o) {
    offers.push_back(json_of(task.offers[o], a.counts[o]));
  }
  return json.dump(2) + "\n";
}

}  // namespace braid
