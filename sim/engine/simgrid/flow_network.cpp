// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simgrid/flow_network.hpp"

#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <string>
#include <tuple>

#include "sim/base/error.hpp"

namespace braid {
namespace {

namespace s4u = simgrid::s4u;
using simgrid::kernel::timer::Timer;

/// Dates that SimGrid takes for one and the same [its option surf/precision], and what the core keeps away from them.
constexpr double kPrecision = 1e-12;
constexpr double kBeforeCompletion = 2 * kPrecision;
/// Volumes are whole numbers of 64 bits in SimGrid: the largest one of a play is put at this many units.
constexpr double kLargestVolume = 0x1p61;

/// SimGrid's engine, set to share links and to model nothing else, and to print errors only.
class PlainEngine {
 public:
  PlainEngine() : engine_(&count_, words_) {
    s4u::Engine::set_config("network/model:CM02");
    s4u::Engine::set_config("network/crosstraffic:0");
    s4u::Engine::set_config("network/TCP-gamma:1e30");
    s4u::Engine::set_config("surf/precision:1e-12");  // kPrecision
  }
  void run() { engine_.run(); }

 private:
  char name_[6] = "braid";
  char root_[32] = "--log=root.thresh:error";
  char config_[32] = "--log=xbt_cfg.thresh:warning";
  char* words_[4] = {name_, root_, config_, nullptr};
  int count_ = 3;
  s4u::Engine engine_;
};

class FlowNetwork {
 public:
  FlowNetwork(EventCore& core, const FlowPlan& plan, double longest);
  std::uint64_t run();

 private:
  /// One transfer under way; free for the next one when its flows have ended.
  struct Transfer {
    std::uint32_t instance = 0, op = 0;
    std::size_t flows_left = 0;
  };
  struct Flow {
    s4u::CommPtr comm;  ///< kept until the flow is used again: SimGrid still looks at a comm after saying it is done
    std::size_t transfer = 0;
  };

  void build(const FlowPlan& plan);
  void add_source(s4u::NetZone& star, std::vector<const s4u::Link*>& links, std::size_t route);
  void start(const FlowRequest& request);
  void completed(const s4u::Activity& activity);
  void wake_at(double time);
  void pump();
  void start_due(double now);
  double next_completion() const;

  EventCore& core_;
  const FlowPlan& plan_;
  PlainEngine engine_;
  s4u::Host* sink_ = nullptr;
  std::vector<s4u::Host*> sources_;                ///< by route; null: nobody takes it
  double scale_ = 1;                               ///< units of volume per byte
  std::deque<Flow> flows_;                         ///< their addresses are what SimGrid hands back
  std::vector<Flow*> free_flows_, resting_flows_;  ///< resting: ended in this very step of SimGrid
  std::vector<Transfer> transfers_;
  std::vector<std::size_t> free_transfers_;
  std::vector<std::size_t> ended_;    ///< transfers to report to the core
  std::vector<FlowRequest> waiting_;  ///< for SimGrid's clock, earliest first
  Timer* timer_ = nullptr;
  std::size_t live_ = 0;
  std::uint64_t started_ = 0;
};

FlowNetwork::FlowNetwork(EventCore& core, const FlowPlan& plan, double longest) : core_(core), plan_(plan) {
  double fastest = 0;
  for (const FlowPlan::Transfer& transfer : plan.transfers) fastest = std::max(fastest, transfer.rate);
  // A power of two, so that scaling rounds nothing.
  if (fastest * longest > 0) scale_ = std::exp2(std::floor(std::log2(kLargestVolume / (fastest * longest))));
  build(plan);
}

/// One star: the way up from a source is the whole route, the way down to the sink is empty. A full graph of hosts
/// would need a table of routes that is quadratic in the GPUs.
void FlowNetwork::build(const FlowPlan& plan) {
  s4u::NetZone* star = s4u::create_star_zone("cluster");
  std::vector<const s4u::Link*> links(plan.capacity.size(), nullptr);
  sink_ = star->create_host("sink", 1.0)->seal();
  star->add_route(nullptr, sink_->get_netpoint(), nullptr, nullptr, std::vector<s4u::LinkInRoute>{}, false);
  sources_.assign(plan.routes.size(), nullptr);
  for (const FlowPlan::Transfer& transfer : plan.transfers) {
    for (std::size_t route : transfer.routes) add_source(*star, links, route);
  }
  star->seal();
}

void FlowNetwork::add_source(s4u::NetZone& star, std::vector<const s4u::Link*>& links, std::size_t route) {
  if (sources_[route] != nullptr) return;
  std::vector<s4u::LinkInRoute> up;
  for (int index : plan_.routes[route]) {
    const auto link = static_cast<std::size_t>(index);
    if (links[link] == nullptr) {
      links[link] = star.create_link(std::to_string(link), plan_.capacity[link] * scale_)->set_latency(0)->seal();
    }
    up.emplace_back(links[link]);
  }
  sources_[route] = star.create_host("route" + std::to_string(route), 1.0)->seal();
  star.add_route(sources_[route]->get_netpoint(), nullptr, nullptr, nullptr, up, false);
}

std::uint64_t FlowNetwork::run() {
  s4u::Activity::on_completion_cb([this](const s4u::Activity& activity) { completed(activity); });
  wake_at(0);
  engine_.run();
  return started_;
}

void FlowNetwork::start(const FlowRequest& request) {
  const FlowPlan::Transfer& planned = plan_.transfers[static_cast<std::size_t>(request.flow)];
  if (free_transfers_.empty()) {
    free_transfers_.push_back(transfers_.size());
    transfers_.emplace_back();
  }
  const std::size_t transfer = free_transfers_.back();
  free_transfers_.pop_back();
  transfers_[transfer] = {.instance = request.instance, .op = request.op, .flows_left = planned.routes.size()};
  const double volume = std::max(1.0, std::round(request.transfer * planned.rate * scale_));
  for (std::size_t route : planned.routes) {
    if (free_flows_.empty()) free_flows_.push_back(&flows_.emplace_back());
    Flow* const flow = free_flows_.back();
    free_flows_.pop_back();
    // The pointer first, then its settings: some of them return a bare pointer, and with it the last reference goes.
    s4u::CommPtr comm = s4u::Comm::sendto_init(sources_[route], sink_);
    comm->set_payload_size(static_cast<std::uint64_t>(volume));
    comm->set_data(flow);
    comm->vetoable_start();
    *flow = {.comm = comm, .transfer = transfer};
    ++started_;
    ++live_;
  }
}

void FlowNetwork::completed(const s4u::Activity& activity) {
  Flow* const flow = activity.get_data<Flow>();
  const std::size_t transfer = flow->transfer;
  resting_flows_.push_back(flow);
  --live_;
  if (--transfers_[transfer].flows_left == 0) ended_.push_back(transfer);
  // Other flows may end in this step; hear of all of them before the core goes on. Also after a flow whose transfer
  // has others left: the core was told to play no further than this.
  wake_at(s4u::Engine::get_clock());
}

void FlowNetwork::wake_at(double time) {
  if (timer_ != nullptr) {
    if (timer_->get_date() <= time) return;
    timer_->remove();
  }
  timer_ = Timer::set(time, [this] {
    timer_ = nullptr;
    pump();
  });
}

double FlowNetwork::next_completion() const {
  double next = std::numeric_limits<double>::infinity();
  if (live_ == 0) return next;
  const double now = s4u::Engine::get_clock();
  for (simgrid::kernel::resource::Model* model : s4u::Engine::get_instance()->get_all_models()) {
    const double delta = model->next_occurring_event(now);
    if (delta >= 0) next = std::min(next, now + delta);
  }
  return next;
}

void FlowNetwork::pump() {
  const double now = s4u::Engine::get_clock();
  free_flows_.insert(free_flows_.end(), resting_flows_.begin(), resting_flows_.end());
  resting_flows_.clear();
  for (;;) {
    core_.play(now);  // it has stopped a little short of this
    if (core_.requests().empty()) break;
    start_due(now);
  }
  std::ranges::sort(ended_, {}, [this](std::size_t n) { return std::pair(transfers_[n].instance, transfers_[n].op); });
  for (std::size_t n : ended_) {
    core_.flow_ended(transfers_[n].instance, transfers_[n].op, now);
    free_transfers_.push_back(n);
  }
  ended_.clear();
  for (;;) {
    start_due(now);
    if (!waiting_.empty()) return wake_at(waiting_.front().time);
    core_.play(next_completion() - kBeforeCompletion);
    if (core_.requests().empty()) return;  // SimGrid goes on to its next completion, or all is over
  }
}

/// Takes over what the core has asked for and starts what is due, in an order that hangs on nothing but the program.
void FlowNetwork::start_due(double now) {
  waiting_.insert(waiting_.end(), core_.requests().begin(), core_.requests().end());
  core_.requests().clear();
  std::ranges::sort(waiting_, {}, [](const FlowRequest& r) { return std::tuple(r.time, r.instance, r.op); });
  const auto later = std::ranges::find_if(waiting_, [now](const FlowRequest& r) { return r.time > now; });
  for (auto request = waiting_.begin(); request != later; ++request) start(*request);
  waiting_.erase(waiting_.begin(), later);
}

}  // namespace

std::uint64_t play_with_simgrid(EventCore& core, const FlowPlan& plan, double longest) {
  return FlowNetwork(core, plan, longest).run();
}

}  // namespace braid
