/** Of the HTML report. Colours that people with colour blindness can tell apart, for light and for dark. */
export const styleSheet = `
:root { --ground: #fbfbf9; --card: #fff; --ink: #1c1e21; --faint: #6b7078; --rule: #e2e3e0;
  --better: #0072b2; --worse: #d55e00; --met: #00684a; --missed: #b03a00; --bar: #aab2bd;
  --c0: #d55e00; --c1: #0072b2; --c2: #009e73; --c3: #cc79a7; --c4: #6b7078; --ours: #0072b2; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14161a; --card: #1c1f24; --ink: #e6e7e9; --faint: #9aa0a8; --rule: #30343b;
    --better: #4db4ff; --worse: #ff9a4d; --met: #35d0a0; --missed: #ffab66; --bar: #565e69;
    --c0: #ff9a4d; --c1: #4db4ff; --c2: #35d0a0; --c3: #e5a3c9; --c4: #9aa0a8; --ours: #4db4ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 16px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: .5rem 0; font-size: 1.6rem; }
h2 { margin: 2.2rem 0 .3rem; font-size: 1.3rem; }
h3 { margin: 0 0 .3rem; font-size: 1.02rem; }
p { margin: .2rem 0 .7rem; color: var(--faint); }
small { color: var(--faint); }
nav a { display: inline-block; margin-right: .6rem; color: var(--ours); }
.facts { margin: 0 0 .6rem; padding-left: 1.1rem; color: var(--faint); font-size: .85rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
article { min-width: 0; padding: 1rem; border: 1px solid var(--rule); border-radius: .6rem; background: var(--card); }
article p { font-size: .85rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; }
th { padding: .35rem .6rem .35rem 0; text-align: left; font-weight: 500; }
thead th { color: var(--faint); }
td { padding: .35rem .6rem; text-align: right; white-space: nowrap; border-left: 2px solid var(--ground); }
tr + tr > * { border-top: 1px solid var(--rule); }
.glance thead th { text-align: right; }
.glance tbody th { position: sticky; left: 0; min-width: 8rem; background: var(--ground); }
.places { margin-top: .5rem; font-size: .8rem; }
.places th, .places td { padding-block: .15rem; }
.places thead th + th { text-align: right; padding-left: .6rem; }
.places td { border-left-color: var(--card); }
.none { color: var(--faint); }
.bar { margin: .45rem 0; font-size: .85rem; }
.bar .name { display: block; }
.bar .track { position: relative; display: block; height: .7rem; border-radius: 2px; background: color-mix(in srgb, var(--rule) 45%, transparent); }
.bar i { position: absolute; inset: 0 auto 0 0; border-radius: 2px; background: var(--bar); }
.bar b { position: absolute; top: 50%; height: 2px; min-width: 2px; background: var(--ink); opacity: .65; }
.bar .value { color: var(--ink); }
.ours i { background: var(--ours); }
.ours .name { font-weight: 600; }
svg { display: block; width: 100%; height: auto; }
.tick { fill: var(--faint); font-size: 12px; }
.rule { stroke: var(--rule); }
.curve polyline { fill: none; stroke: var(--c); stroke-width: 2; }
.other polyline { stroke-dasharray: 6 4; } .other i { opacity: .5; }
.curve polygon { fill: var(--c); opacity: .15; }
.curve circle { fill: var(--c); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem .9rem; font-size: .85rem; }
.key i { display: inline-block; width: .8rem; height: .8rem; margin-right: .3rem; border-radius: 2px; background: var(--c); vertical-align: -1px; }
.c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); } .c4 { --c: var(--c4); }
.notes { margin: .5rem 0 0; padding: 0; list-style: none; font-size: .8rem; color: var(--faint); }
.met { color: var(--met); } .missed, .missed a { color: var(--missed); }
span.better, span.worse { font-weight: 600; } span.better { color: var(--better); } span.worse { color: var(--missed); }
.headline { margin: .2rem 0; color: var(--ink); font-size: 1.15rem; font-weight: 600; }
.standing { display: grid; grid-template: auto / minmax(0, 18rem) minmax(12rem, 1fr) 19rem 8.5rem; column-gap: 1rem; align-items: center;
  padding: .2rem 0; border-bottom: 1px solid var(--rule); font-size: .85rem; break-inside: avoid; }
.standing a { color: inherit; text-decoration-color: var(--rule); } .standing small { display: block; } .texts > span { display: block; }
.texts small { display: inline; font-weight: 400; white-space: nowrap; }
.standing .scale { position: relative; min-height: 1.9rem; margin: 0 1.2rem; align-self: stretch;
  background: linear-gradient(var(--faint), var(--faint)) 50% / 1px 100% no-repeat, repeating-linear-gradient(90deg, var(--rule) 0 1px, transparent 1px calc(100% / 6)); }
.standing .scale > * { position: absolute; }
.standing.head { grid-template-rows: auto auto; color: var(--faint); }
.head .scale { background: none; min-height: 1.2rem; } .head .scale span { transform: translateX(-50%); }
.head > :nth-child(1) { grid-row: 1 / 3; } .head > :nth-child(n+4) { grid-row: 1 / 3; }
.head .ends { display: flex; justify-content: space-between; grid-column: 2; margin: 0 1.2rem; } .head > .scale { grid-area: 2 / 2; }
.head > :nth-child(4) { grid-column: 3; } .head > :nth-child(5) { grid-column: 4; }
.standing u, .standing-key u { display: inline-block; width: .7rem; height: .7rem; border: 2px solid var(--mark, var(--faint)); background: var(--mark, var(--faint)); text-decoration: none; }
.standing u { top: 50%; transform: translate(-50%, -50%); } .standing u.edge-proxy { top: 35%; } .standing u.other { top: 75%; }
.edge-proxy { border-radius: 50%; --mark: var(--ours); z-index: 1; } .standing .alike, .standing .unknown { --mark: var(--faint); } .standing .worse { --mark: var(--worse); } .standing .better { --mark: var(--better); }
.standing u.nginx-stream, .standing u.node-pipe, .standing-key u.nginx-stream, .standing-key u.node-pipe { --mark: var(--bar); background: none; width: .55rem; height: .55rem; }
.standing u.nginx-stream { transform: translate(-50%, -50%) rotate(45deg); } .standing-key u.nginx-stream { transform: rotate(45deg); }
.standing u.other, .standing-key u.other { background: var(--ground); }
.standing i { top: 35%; height: 4px; margin-top: -2px; background: var(--mark); opacity: .45; } .standing i.other { top: 75%; }
.standing .beyond-right, .standing .beyond-left { border-radius: 0; clip-path: polygon(0 0, 100% 50%, 0 100%); } .standing .beyond-left { clip-path: polygon(100% 0, 0 50%, 100% 100%); }
.standing b.goal { top: 0; bottom: 0; width: 0; border-left: 3px dotted var(--ink); transform: translateX(-50%); }
.standing-key { margin: .3rem 0 .6rem; } .standing-key u.goal { width: 0; height: 1rem; border: 0; border-left: 3px dotted var(--ink); background: none; vertical-align: -3px; }
.standing-key u.whisker { width: 1.4rem; height: 4px; border: 0; background: var(--ours); opacity: .45; vertical-align: 3px; }
@media (max-width: 68rem) { .standing { grid-template: auto auto auto / 1fr auto; } .standing > :first-child { grid-column: 1 / 3; } .standing .scale { grid-column: 1 / 3; grid-row: 2; margin: 0 .6rem; }
  .head .ends { grid-area: 1 / 1 / 2 / 3; margin: 0; } .head > :nth-child(n+4) { display: none; } }
@media print { body { max-width: none; background: none; } article { break-inside: avoid; } nav, details { display: none; } * { print-color-adjust: exact; } }
summary { cursor: pointer; color: var(--faint); }
`;
