/** A metric as a strict reader of Prometheus's text format sees it. */
export interface ScrapedFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

/**
 * Reads a scrape. Stricter than Prometheus: HELP and TYPE come first and once, the samples of a metric stand together, no
 * series comes twice, histograms add up, and the last line ends with a line feed.
 */
export function readScrape(text: string): ReadonlyMap<string, ScrapedFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line has no line feed");
  const families = new Map<string, ScrapedFamily>();
  const seen = new Set<string>();
  const lines = text.slice(0, -1).split("\n");
  let current: { name: string; family: ScrapedFamily } | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    if (help !== null) {
      const [, name = "", meaning = ""] = help;
      const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(lines[++i] ?? "");
      if (type?.[1] !== name) throw new Error(`no TYPE after: ${line}`);
      if (families.has(name)) throw new Error(`twice: ${name}`);
      current = { name, family: { type: type[2] as string, help: meaning, samples: [] } };
      families.set(name, current.family);
      continue;
    }
    const [, name = "", pairs = "", value = ""] = sampleLine.exec(line) ?? [];
    const suffix = current !== undefined && name.startsWith(current.name) ? name.slice(current.name.length) : undefined;
    const suffixes = current?.family.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    if (current === undefined || suffix === undefined || !suffixes.includes(suffix)) throw new Error(`stray: ${line}`);
    if (seen.has(`${name}{${pairs}}`)) throw new Error(`twice: ${line}`);
    seen.add(`${name}{${pairs}}`);
    current.family.samples.push({ name, labels: readLabels(pairs), value: readNumber(value) });
  }
  for (const [name, family] of families) if (family.type === "histogram") checkHistogram(name, family);
  return families;
}

/** The sum of a metric's series whose labels match. */
export function sumOf(
  scrape: ReadonlyMap<string, ScrapedFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const family = scrape.get(name);
  if (family === undefined) throw new Error(`no metric ${name}`);
  const matching = family.samples.filter((sample) =>
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return matching.reduce((sum, { value }) => sum + value, 0);
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPair.lastIndex = 0;
  while (labelPair.lastIndex < text.length) {
    const at = labelPair.lastIndex;
    const [, name = "", value = ""] = labelPair.exec(text) ?? [];
    if (name === "" || name in labels) throw new Error(`labels are wrong at ${at}: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}

function readNumber(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

function checkHistogram(name: string, { samples }: ScrapedFamily): void {
  const series = new Map<string, { buckets: number[]; last: string; count?: number }>();
  for (const { name: sample, labels, value } of samples) {
    const { le = "", ...rest } = labels;
    const key = JSON.stringify(rest);
    const one = series.get(key) ?? { buckets: [], last: "" };
    series.set(key, one);
    if (sample.endsWith("_bucket")) {
      if (value < (one.buckets.at(-1) ?? 0)) throw new Error(`a bucket of ${name} is smaller than the one before`);
      one.buckets.push(value);
      one.last = le;
    } else if (sample.endsWith("_count")) one.count = value;
  }
  for (const { buckets, last, count } of series.values()) {
    if (last !== "+Inf" || buckets.at(-1) !== count) throw new Error(`${name} does not add up`);
  }
}
