/** The page's whole style: on a screen, and on paper. */
export const STYLE = `
:root { color-scheme: light; --good: #2e7d32; --bad: #b71c1c; --open: #1565c0; --calm: #616161; --line: #d8dde3; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 3rem; max-width: 62rem; background: #fff; color: #1c2530;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.25; }
h2 { margin: 0; font-size: 1.25rem; }
h3 { margin: 1.4rem 0 .4rem; font-size: 1rem; }
p { margin: .4rem 0; }
.lead { color: var(--calm); }
.summary { margin: .8rem 0 0; font-size: 1.1rem; }
section { margin-top: 2rem; padding-top: 1.2rem; border-top: 2px solid #1c2530; overflow-wrap: anywhere; }
header.upgrade { display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem .8rem; }
.kind { color: var(--calm); }
.verdict { margin-left: auto; padding: .1rem .7rem; border-radius: 1rem; border: 1.5px solid; font-weight: 600; }
.verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); }
.verdict.open { color: var(--open); } .verdict.calm { color: var(--calm); }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; padding: 0; list-style: none; }
.counts li { flex: 1 1 6rem; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: .4rem; color: var(--calm); }
.counts b { display: block; color: #1c2530; font-size: 1.4rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.counts li.bad b { color: var(--bad); }
figure { margin: 1rem 0; }
figcaption { color: var(--calm); font-size: .85rem; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 12.5px; fill: #1c2530; } svg .axis { font-size: 11px; fill: #616161; }
svg .tick { stroke: #d8dde3; stroke-width: 1; }
svg .good { fill: #2e7d32; } svg .bad { fill: #b71c1c; } svg .open { fill: #1565c0; } svg .calm { fill: #9e9e9e; }
svg .watch { fill: url(#watched); stroke: #2e7d32; } svg .pale { fill: #e8f3e9; } svg .stripe { fill: #2e7d32; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th:first-child, td:first-child { min-width: 6rem; }
td.number { white-space: nowrap; }
th { overflow-wrap: normal; border-bottom: 1.5px solid #1c2530; font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.cut { color: var(--calm); }
details { margin-top: 1.2rem; }
summary { cursor: pointer; font-weight: 600; }
.notes { margin-top: 2.5rem; padding: .6rem 1rem; border-left: 4px solid #b26a00; background: #fff8ec; }
@page { margin: 15mm; }
@media print {
  html { font-size: 9.5pt; }
  body { padding: 0; max-width: none; font-size: 1rem; }
  th, td { padding: .25rem .4rem; }
  section { margin-top: 1rem; padding-top: .8rem; }
  .counts { margin: .6rem 0; }
  .counts b { font-size: 1.2rem; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  figure, tr, .counts, header.upgrade, .notes { break-inside: avoid; }
  h2, h3, header.upgrade { break-after: avoid; }
  thead { display: table-header-group; }
  details:not([open]) { display: none; }
}
`;
