// SPDX-License-Identifier: Apache-2.0
#include "sim/program/unit_works.hpp"

#include <algorithm>

namespace braid {
namespace {

/// Units inside a layer: the ones that full recomputation runs again.
bool in_layer(Unit unit) {
  return unit == Unit::pre_attn || unit == Unit::attn || unit == Unit::pre_mlp || unit == Unit::mlp;
}

}  // namespace

std::uint16_t UnitWorks::add(WorkItem item) {
  const auto found = std::find(program_.works.begin(), program_.works.end(), item);
  if (found != program_.works.end()) return static_cast<std::uint16_t>(found - program_.works.begin());
  program_.works.push_back(std::move(item));
  BRAID_CHECK(program_.works.size() < 65536, "a program has few kinds of work");
  return static_cast<std::uint16_t>(program_.works.size() - 1);
}

Kept UnitWorks::kept(Unit unit) const {
  return unit_kept(scenario_.model, unit, scenario_.split(), scenario_.plan.recompute == Recompute::selective);
}

Bytes UnitWorks::residual() const {
  return Bytes(scenario_.split().tokens() * scenario_.model.hidden * scenario_.model.element_bytes);
}

Bytes UnitWorks::boundary() const {
  return scenario_.plan.sequence_parallel ? residual() / scenario_.plan.tp : residual();
}

std::uint16_t UnitWorks::forward(Unit unit) {
  WorkItem item{.compute = unit_work(scenario_.model, unit, Pass::F, scenario_.split()), .alloc = kept(unit).saved};
  if (scenario_.plan.recompute == Recompute::full && in_layer(unit)) {
    // Only the layer's input outlives the forward; it belongs to the first unit that reads it.
    item.alloc = unit == Unit::pre_attn ? boundary() : Bytes(0);
  }
  return add(item);
}

std::uint16_t UnitWorks::recomputed(Unit unit) {
  Bytes alloc = kept(unit).saved;
  if (unit == Unit::pre_attn) alloc -= std::min(alloc, boundary());
  return add({.compute = unit_work(scenario_.model, unit, Pass::F, scenario_.split()), .alloc = alloc});
}

std::uint16_t UnitWorks::recomputed_attention_core() {
  // Only the products of Q, K and V run again; what they yield lives inside the backward of the unit.
  return add({.compute = attention_core_work(scenario_.model, scenario_.split())});
}

std::uint16_t UnitWorks::input_grad(Unit unit) {
  const Kept k = kept(unit);
  return add({.compute = unit_work(scenario_.model, unit, Pass::I, scenario_.split()),
              .alloc = k.gradient,
              .release = k.saved - k.saved_for_weight});
}

std::uint16_t UnitWorks::weight_grad(Unit unit, WPart part) {
  const Kept k = kept(unit);
  WorkItem item{.compute = unit_work(scenario_.model, unit, Pass::W, scenario_.split(), part)};
  // Of a split W the column-parallel part runs last and returns all that W held.
  if (part != WPart::row_parallel) item.release = k.saved_for_weight + k.gradient;
  return add(item);
}

std::uint16_t UnitWorks::collective(OpKind kind, Scope scope, Bytes full_buffer) {
  return add({.kind = WorkKind::collective, .collective = kind, .scope = scope, .bytes = full_buffer});
}

std::uint16_t UnitWorks::message(Bytes bytes) { return add({.kind = WorkKind::message, .bytes = bytes}); }

std::uint16_t UnitWorks::optimizer(Bytes traffic) {
  return add({.compute = {.kernels = 1}, .optimizer_traffic = traffic});
}

}  // namespace braid
