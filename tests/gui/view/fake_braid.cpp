// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/view/fake_braid.hpp"

#include <QFile>
#include <QTest>
#include <nlohmann/json.hpp>

#include "sim/base/csv.hpp"
#include "tests/gui/model/what_if_facts.hpp"

namespace braid::test {

RunColumns playable_run(double step_s, const MadeRun& spans) {
  const RunFacts facts = facts_of_12b();
  RunColumns run = made_run(spans);
  run.facts = nlohmann::json{{"title", facts.title},
                             {"kind", facts.kind},
                             {"scenario", facts.scenario},
                             {"profile", facts.profile},
                             {"provenance", {{"profile", facts.provenance.at("profile")}}},
                             {"run", facts.run},
                             {"step_time_ns", static_cast<std::int64_t>(step_s * 1e9)},
                             {"report", {{"step_time_s", step_s}, {"mfu", 0.5}}}}
                  .dump();
  return run;
}

std::shared_ptr<const Trace> playable_trace(double step_s, const MadeRun& spans) {
  return std::make_shared<const Trace>(playable_run(step_s, spans), "made up");
}

FakeBraid::FakeBraid(const std::string& body) {
  // braid simulate SCENARIO --schedule RUN --out DIR ...
  write_file(path().toStdString(), "#!/bin/sh\nHERE=$(dirname \"$0\")\nOUT=$6\n" + body + "\n");
  QFile(path()).setPermissions(QFile::ReadOwner | QFile::ExeOwner);
}

bool wait_until(const std::function<bool()>& so) { return QTest::qWaitFor(so, 20'000); }

}  // namespace braid::test
