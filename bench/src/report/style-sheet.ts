/** Of the HTML report. Colours that people with colour blindness can tell apart, for light and for dark. */
export const styleSheet = `
:root { --ground: #fbfbf9; --card: #fff; --ink: #1c1e21; --faint: #6b7078; --rule: #e2e3e0;
  --good: #1a9850; --bad: #d73027; --bar: #aab2bd;
  --c0: #d55e00; --c1: #0072b2; --c2: #009e73; --c3: #cc79a7; --c4: #6b7078; --ours: #0072b2; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14161a; --card: #1c1f24; --ink: #e6e7e9; --faint: #9aa0a8; --rule: #30343b;
    --good: #2fbf71; --bad: #ff6b5e; --bar: #565e69;
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
.met { color: var(--good); } .missed { color: var(--bad); }
.better { color: var(--good); font-weight: 600; } .worse { color: var(--bad); font-weight: 600; }
summary { cursor: pointer; color: var(--faint); }
`;
