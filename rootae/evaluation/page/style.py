"""The page's style sheet."""

from __future__ import annotations

__all__ = ["CSS"]

CSS = """
:root { --ink: #1d2026; --soft: #5c6370; --line: #d9dce2; --paper: #fff; --band: #f5f6f8;
  --good: #14713c; --bad: #b3261e; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1.25rem 4rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .5rem; padding-top: .8rem;
  border-top: 1px solid var(--line); }
.section > summary { border-top: 1px solid var(--line); margin: 2.2rem 0 .3rem;
  padding-top: .6rem; }
.section > summary h2 { display: inline; border: 0; margin: 0; padding: 0; }
input[type=search] { font: inherit; padding: .3rem .6rem; width: min(24rem, 100%);
  border: 1px solid var(--line); border-radius: .4rem; }
[hidden] { display: none !important; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .3rem; }
p, ul { margin: .4rem 0 .8rem; max-width: 48rem; }
.soft, figcaption, caption { color: var(--soft); font-size: .9rem; }
code { font: .92em ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
nav { margin: 1rem 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
a { color: #1a56b8; }
.verdict { border-left: .35rem solid var(--good); background: var(--band); padding: .7rem 1rem;
  margin: 1.1rem 0; font-size: 1.1rem; font-weight: 600; }
.verdict.bad { border-color: var(--bad); }
.verdict.loose { border-color: #c27a12; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
  gap: .8rem; margin: 1rem 0; }
.figures div { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; }
.figures b { display: block; font-size: 1.3rem; line-height: 1.3; }
.figures span { color: var(--soft); font-size: .85rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem;
  max-height: 36rem; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .4rem .6rem; }
th, td { padding: .28rem .6rem; text-align: right; white-space: nowrap; }
th { white-space: normal; min-width: 4rem; background: var(--band); position: sticky; top: 0;
  vertical-align: bottom;
  border-bottom: 1px solid var(--line); }
th[data-sort] { cursor: pointer; }
th[data-sort]:focus-visible { outline: 2px solid #1a56b8; outline-offset: -2px; }
th[aria-sort=ascending]::after { content: " \\25B2"; font-size: .7em; }
th[aria-sort=descending]::after { content: " \\25BC"; font-size: .7em; }
tbody tr:nth-child(even) { background: var(--band); }
td.text, th.text { text-align: left; }
td:first-child, th:first-child { position: sticky; left: 0; background: inherit; text-align: left; }
td:first-child { min-width: 8rem; max-width: 22rem; white-space: normal; }
tbody tr { background: var(--paper); }
th:first-child { background: var(--band); z-index: 1; }
.tag { display: inline-block; border-radius: .25rem; padding: 0 .4rem; font-size: .8rem;
  background: #e7eaf0; }
.tag.none { background: #fbe3c8; color: #6b3b00; }
.tag.bad { background: #fadbd8; color: var(--bad); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr));
  gap: 1.2rem; }
.grid.two { grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr));
  margin: .6rem 0 1.2rem; }
figure { margin: 0; break-inside: avoid; }
figure.wide { max-width: 60rem; margin: 1rem 0; }
figure img { width: 100%; height: auto; display: block; }
figure.peak { max-width: 40rem; margin: .6rem 0 1.2rem; }
.grid.two img, .wide img { width: auto; max-width: 100%; }
figcaption { margin-bottom: .2rem; }
figcaption b { color: var(--ink); font-size: .95rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .92rem;
  max-width: 56rem; }
dt { font-weight: 600; } dd { margin: 0; color: var(--soft); }
summary { cursor: pointer; font-weight: 600; margin: .6rem 0; }
@media (max-width: 40rem) {
  body { padding: 1rem .8rem 3rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  td:first-child, th:first-child { min-width: 8rem; max-width: 8rem; white-space: normal; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, input[type=search] { display: none; }
  .scroll { max-height: none; overflow: visible; border: 0; }
  table { font-size: 6.5pt; } th, td { padding: .1rem .25rem; white-space: normal; }
  th, td:first-child, th:first-child { position: static; }
  .grid { grid-template-columns: repeat(3, 1fr); }
  .grid.two { grid-template-columns: repeat(2, 1fr); }
  a { color: inherit; text-decoration: none; }
}
"""

SCRIPT = """
for (const th of document.querySelectorAll("th[data-sort]")) {
  const sort = () => {
    const table = th.closest("table"), body = table.tBodies[0], i = th.cellIndex;
    const up = th.getAttribute("aria-sort") === "descending";
    for (const other of th.parentNode.cells) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = row => row.cells[i].dataset.v ?? row.cells[i].textContent;
    const order = (a, b) => th.dataset.sort === "number"
      ? (parseFloat(key(a)) || 0) - (parseFloat(key(b)) || 0) : key(a).localeCompare(key(b));
    body.append(...[...body.rows].sort((a, b) => up ? order(a, b) : order(b, a)));
  };
  th.addEventListener("click", sort);
  th.addEventListener("keydown", e => { if (e.key === "Enter") sort(); });
}
for (const field of document.querySelectorAll("input[type=search]")) {
  const part = field.closest("details"), told = part.querySelector("output");
  const all = [...part.querySelectorAll("tbody tr, .grid figure")];
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const one of all) {
      const name = (one.cells?.[0] ?? one.querySelector("b") ?? one).textContent.toLowerCase();
      one.hidden = !words.every(word => name.includes(word));
      shown += !one.hidden;
    }
    told.textContent = words.length ? `${shown} of ${all.length}` : "";
  });
}
const reveal = () => {
  const part = location.hash && document.getElementById(location.hash.slice(1));
  if (part) { part.open = true; part.scrollIntoView(); }
};
addEventListener("hashchange", reveal);
reveal();
"""
