// SPDX-License-Identifier: Apache-2.0
// Colours by paint and by cause: forward blue, backward green, braids violet; causes of idleness in warm colours, from
// the colour-blind-safe palette of Okabe and Ito where they are most compared.
#include "sim/report/html.hpp"

namespace braid {

const char* html_style() {
  return R"(
:root{color-scheme:light dark;--page:#fff;--text:#1c2430;--soft:#5b6675;--line:#dfe4ea;--card:#f6f8fa;--ground:#eef1f4;
--F:#3f7fd0;--B:#2b9a6d;--I:#53b78b;--W:#a3d9bf;--braid:#7c5cd1;--recompute:#8fb6e6;--optimizer:#7d8793;--other:#6c7a89;
--busy:#4a6fa5;--stretch:#9bb3d1;--tp:#d55e00;--pp_wait:#e69f00;--pp_transfer:#f0d03c;--dp:#cc79a7;--offload:#a6611a;
--host:#8c2d04;--warm_up:#c3cad2;--drain:#aab3bd;--good:#18794e;--bad:#c0341d;
--m1:#3f6296;--m2:#5f8fbb;--m3:#83abc9;--m4:#7c5cd1;--m5:#c9bdea}
@media(prefers-color-scheme:dark){:root{--page:#12161c;--text:#e6eaf0;--soft:#98a4b3;--line:#2a323d;--card:#1a2029;
--ground:#202833;--F:#5b97e0;--B:#35a878;--I:#4f9f7c;--W:#3f6f5a;--braid:#9479e6;--warm_up:#39434f;--drain:#465160;
--pp_transfer:#d9bd36;--busy:#5f86bd;--stretch:#3f5675;--good:#5cc794;--bad:#f0745c;--m3:#47708c;--m5:#5a4d86}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1280px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;line-height:1.2;margin:0 0 4px}
h2{font-size:18px;margin:40px 0 4px}
h3{font-size:15px;margin:20px 0 6px;display:flex;gap:12px;align-items:baseline;flex-wrap:wrap}
h3 small,.note,.lead{color:var(--soft);font-weight:400;font-size:13px}
.lead{font-size:15px;margin:0 0 8px}
.note{margin:4px 0 10px}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:7px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;color:var(--soft);font-size:12.5px;vertical-align:bottom}
th[title]{text-decoration:underline dotted var(--soft);text-underline-offset:3px;cursor:help}
th:first-child,td:first-child,.facts td{text-align:left}
td:first-child{font-weight:600}
.facts td{white-space:normal;overflow-wrap:anywhere}
.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin:20px 0 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
.card b{display:block;font-size:24px;line-height:1.25;font-variant-numeric:tabular-nums}
.card span{color:var(--soft);font-size:13px}
svg{display:block;width:100%}
.bars text{font-size:13px;fill:var(--text)}
.bars .name{text-anchor:end;font-weight:600}
.bars .total{fill:var(--soft)}
.bars .inside{text-anchor:middle;fill:#fff;font-size:12px;pointer-events:none;paint-order:stroke;
stroke:rgba(0,0,0,.35);stroke-width:2px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;color:var(--soft);margin:6px 0 12px}
.legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
.timeline{display:flex;border:1px solid var(--line);border-radius:8px;overflow:hidden}
.names{flex:none;padding:24px 10px 0 12px;font-size:12px;color:var(--soft);background:var(--card);
border-right:1px solid var(--line)}
.names div{height:40px;line-height:19px;white-space:nowrap}
.scroll{overflow-x:auto;flex:1;min-width:0}
.wide{min-width:100%;width:calc(100%*var(--zoom,1))}
.ticks{position:relative;height:24px;font-size:11px;color:var(--soft)}
.ticks span{position:absolute;padding:4px 0 0 4px;border-left:1px solid var(--line);height:24px;white-space:nowrap}
.zoom{margin-left:auto;font-size:12px;color:var(--soft);font-weight:400;display:flex;gap:8px;align-items:center}
.ground{fill:var(--ground)}.gap{opacity:.55}.limit{fill:var(--bad)}
.F{fill:var(--F)}.B{fill:var(--B)}.I{fill:var(--I)}.W{fill:var(--W)}.braid{fill:var(--braid)}
.recompute{fill:var(--recompute)}.optimizer{fill:var(--optimizer)}.other{fill:var(--other)}
.busy{fill:var(--busy)}.stretch{fill:var(--stretch)}.tp,.lane-tp{fill:var(--tp)}.pp_wait{fill:var(--pp_wait)}
.pp_transfer,.lane-pp{fill:var(--pp_transfer)}.dp{fill:var(--dp)}.offload{fill:var(--offload)}.host{fill:var(--host)}
.warm_up{fill:var(--warm_up)}.drain{fill:var(--drain)}
.lane-tp,.lane-pp{opacity:.7}
.memory-parameters{fill:var(--m1)}.memory-gradients{fill:var(--m2)}.memory-optimizer{fill:var(--m3)}
.memory-activations{fill:var(--m4)}.memory-buffers{fill:var(--m5)}
rect:hover{filter:brightness(1.15)}
details{margin:10px 0}summary{cursor:pointer;color:var(--soft);font-size:13px}
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line);color:var(--soft);font-size:13px}
@media print{.zoom{display:none}main{max-width:none;padding:0}h2{break-after:avoid}.timeline,.card{break-inside:avoid}}
)";
}

const char* html_script() {
  return R"(
for(const z of document.querySelectorAll('.zoom input')){
const all=[...z.closest('section').querySelectorAll('.scroll')];
z.addEventListener('input',()=>{for(const s of all){
const at=(s.scrollLeft+s.clientWidth/2)/s.scrollWidth;
s.firstElementChild.style.setProperty('--zoom',z.value);s.scrollLeft=at*s.scrollWidth-s.clientWidth/2}});
for(const s of all)s.addEventListener('scroll',()=>{
for(const o of all)if(Math.abs(o.scrollLeft-s.scrollLeft)>1)o.scrollLeft=s.scrollLeft})}
)";
}

}  // namespace braid
