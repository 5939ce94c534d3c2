// SPDX-License-Identifier: Apache-2.0
// Series have the colours of Okabe and Ito, darkened where they would be lost on white.
#include "sim/sweep/report/sweep_style.hpp"

namespace braid {

const char* sweep_style() {
  return R"(
:root{--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#aa4499;--s4:#b08500;--s5:#3fa7dd;--s6:#8a5a2b;--s7:#4d4d4d;
--less:#d55e00;--more:#0072b2}
@media(prefers-color-scheme:dark){:root{--s0:#4aa3df;--s1:#f08a3c;--s2:#2fc79a;--s3:#dd8fc4;--s4:#e6c229;--s5:#8fd0f5;
--s6:#c79a6b;--s7:#b8bec6;--less:#f08a3c;--more:#4aa3df}}
.plot text,.heat text{font-size:12.5px;fill:var(--text)}
.plot .tick,.heat .tick{fill:var(--soft)}
.plot .x,.heat .x{text-anchor:middle}.plot .tick.y,.heat .tick.y{text-anchor:end}
.plot .axis,.heat .axis{font-weight:600;fill:var(--soft)}.plot .axis.y{text-anchor:start}
.plot .name{text-anchor:end;font-weight:600}.plot .left{text-anchor:end}
.grid{stroke:var(--line);fill:none}.edge{stroke:var(--soft);fill:none}
.mark{stroke:var(--page);stroke-width:.5;fill-opacity:.85}
.mark.hollow{fill:none!important;stroke-width:1.2;stroke-opacity:.55}
.ring{fill:none;stroke:var(--text);stroke-width:1.2}
.front{fill:none;stroke:var(--text);stroke-width:1.4;stroke-dasharray:5 4;opacity:.75}
.limit{stroke:var(--bad);stroke-width:1.4;fill:none}.plot text.limit{stroke:none;fill:var(--bad)}
.line{fill:none;stroke-width:2}
.s0{fill:var(--s0)}.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:var(--s4)}.s5{fill:var(--s5)}
.s6{fill:var(--s6)}.s7{fill:var(--s7)}
.s0.line,.s0.hollow{stroke:var(--s0)}.s1.line,.s1.hollow{stroke:var(--s1)}.s2.line,.s2.hollow{stroke:var(--s2)}
.s3.line,.s3.hollow{stroke:var(--s3)}.s4.line,.s4.hollow{stroke:var(--s4)}.s5.line,.s5.hollow{stroke:var(--s5)}
.s6.line,.s6.hollow{stroke:var(--s6)}.s7.line,.s7.hollow{stroke:var(--s7)}
path.line{fill:none}
.key,.scale{display:inline-block;width:auto;vertical-align:-3px;margin-right:4px}
.less{fill:var(--less)}.more{fill:var(--more)}.bin{fill:var(--s0)}
.maps{display:flex;flex-wrap:wrap;gap:20px 32px}.maps svg{max-width:100%}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(480px,1fr));gap:12px 28px}
figure{margin:0;max-width:720px}figcaption{font-weight:600;font-size:14px;margin:8px 0 2px}
.heat .in{text-anchor:middle;pointer-events:none}.heat .light{fill:#fff}.heat .dark{fill:#14181f}
.heat .soft{fill:var(--soft)}.heat .strong{font-weight:700}
.cell.top{stroke:var(--text);stroke-width:2.5}
.cell.empty{fill:none;stroke:var(--line)}
.cell.big{fill:var(--ground);stroke:var(--bad);stroke-dasharray:4 3}
.cell.pruned{fill:var(--ground)}.cell.failed{fill:var(--ground);stroke:var(--bad)}
.legend i.big{background:var(--ground);border:1px dashed var(--bad)}.legend i.pruned{background:var(--ground)}
.legend i.failed{background:var(--ground);border:1px solid var(--bad)}
td.choice{white-space:normal;font-size:12px;font-family:ui-monospace,monospace;text-align:left;overflow-wrap:anywhere}
td.left{text-align:left;white-space:normal}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px;overflow-x:auto;font-size:12px}
@media print{.maps,.pair{break-inside:avoid}figure,svg.plot{break-inside:avoid}
.cell,.mark,.s0,.less,.more,.bin{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)";
}

}  // namespace braid
