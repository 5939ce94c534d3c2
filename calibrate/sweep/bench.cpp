// SPDX-License-Identifier: Apache-2.0
#include "calibrate/sweep/bench.hpp"

#include <algorithm>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

std::size_t a_bytes(const GemmShape& s) { return static_cast<std::size_t>(s.m) * static_cast<std::size_t>(s.k) * 2; }
std::size_t b_bytes(const GemmShape& s) { return static_cast<std::size_t>(s.n) * static_cast<std::size_t>(s.k) * 2; }
std::size_t c_bytes(const GemmShape& s) {
  return static_cast<std::size_t>(s.m) * static_cast<std::size_t>(s.n) * (s.pass == Pass::W ? 4 : 2);
}

}  // namespace

void append(std::vector<Field>& row, const Timing& t) {
  const auto& s = t.sustained_us;
  const auto& c = t.cold_us;
  for (const Field& f : {Field(t.batch),         Field(s.n),
                         Field(s.median),        Field(s.p10),
                         Field(s.p90),           Field(c.n),
                         Field(c.median),        Field(c.p10),
                         Field(c.p90),           Field(t.kcycles.median),
                         Field(t.kcycles.p10),   Field(t.kcycles.p90),
                         Field(t.clock_mhz),     Field(t.cold_clock_mhz),
                         Field(t.after.power_w), Field(t.after.slowdown),
                         Field(s.p25),           Field(s.p75),
                         Field(s.half_width),    Field(t.throttled)})
    row.push_back(f);
}

void put(CsvFile& csv, const Bench& b, std::vector<Field> label, const Timing& t, const std::vector<Field>& tail) {
  if (!t.sustained_us.n) {
    if (b.budget) b.budget->leave_out();
    return;
  }
  append(label, t);
  label.insert(label.end(), tail.begin(), tail.end());
  csv.row(label);
}

CsvFile Bench::table(const std::string& name, const std::string& header, const std::string& method,
                     int key_columns) const {
  std::vector<std::string> more{std::string("plan: ") + (quick ? "quick" : "full")};
  if (sms) more.push_back("sms: " + std::to_string(sampler.sms()) + " of " + std::to_string(facts.sm_count));
  return CsvFile({.path = out + "/" + name + ".csv",
                  .provenance = provenance(facts, nvml, name, method, more),
                  .header = header,
                  .key_columns = key_columns,
                  .cut_short = [of = budget] { return of && of->cut(); }});
}

GemmRig::GemmRig(Bench& b, std::size_t operand_bytes, std::size_t result_bytes)
    : bench_(b), activations_(operand_bytes, 1.f, 1), weights_(operand_bytes, 0.02f, 2), result_(result_bytes) {
  BRAID_CUDA(cudaDeviceSynchronize());
}

bool GemmRig::fits(const GemmShape& s) const {
  return a_bytes(s) <= activations_.bytes() && b_bytes(s) <= weights_.bytes() && c_bytes(s) <= result_.bytes();
}

Enqueue GemmRig::enqueue(const Gemm& g) const {
  const auto s = g.shape();
  const std::size_t room = (c_bytes(s) + 255) / 256 * 256, slots = std::max<std::size_t>(1, result_.bytes() / room);
  return [this, &g, s, room, slots](cudaStream_t stream, int set) {
    g.run(activations_.slice(a_bytes(s), set), (s.pass == Pass::W ? activations_ : weights_).slice(b_bytes(s), set + 1),
          result_.as<>(static_cast<std::size_t>(set) % slots * room), stream);
  };
}

void GemmRig::tune(Gemm& g, int limit) const {
  const auto op = enqueue(g);
  g.tune(limit, [&] { return bench_.sampler.quick_us(op, g.shape().flops() > 1e12 ? 2 : 5); });
}

double GemmRig::check(const Gemm& g) const {
  const auto s = g.shape();
  BRAID_CUDA(cudaMemsetAsync(result_.as<>(), s.pass == Pass::W ? 0 : 0xff, c_bytes(s), bench_.sampler.stream()));
  enqueue(g)(bench_.sampler.stream(), 0);
  BRAID_CUDA(cudaStreamSynchronize(bench_.sampler.stream()));
  return spot_check(s, activations_.slice(a_bytes(s), 0),
                    (s.pass == Pass::W ? activations_ : weights_).slice(b_bytes(s), 1), result_.as<>(), 4);
}

}  // namespace braid::gpu
