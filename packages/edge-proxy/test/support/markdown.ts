/** A fenced block of a page. */
export interface Fence {
  /** Of the line before, when that is a comment such as `<!-- file: nlb.yaml -->`: its kind and its text. */
  readonly note: { readonly kind: string; readonly text: string } | undefined;
  readonly language: string;
  readonly body: string;
  /** Where the body is in the page. */
  readonly start: number;
}

const fence = /(?:^<!-- (\w+): (.+) -->\n)?^```(\w*)\n([\s\S]*?)^```$/gm;

/** The fenced blocks of a page, in order. */
export function fences(page: string): readonly Fence[] {
  return [...page.matchAll(fence)].map((match) => {
    const [whole, kind, text, language = "", body = ""] = match;
    return {
      note: kind === undefined || text === undefined ? undefined : { kind, text },
      language,
      body,
      start: match.index + whole.length - "```".length - body.length,
    };
  });
}

/** The page with other bodies in some of its fences, given in their order. */
export function replaceBodies(page: string, bodies: ReadonlyMap<Fence, string>): string {
  let text = "";
  let at = 0;
  for (const [{ start, body }, other] of bodies) {
    text += page.slice(at, start) + other;
    at = start + body.length;
  }
  return text + page.slice(at);
}

/** Where a page's links lead. */
export function links(page: string): readonly string[] {
  const prose = page.replace(fence, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** As GitHub makes them. */
export function anchors(page: string): readonly string[] {
  return [...page.replace(fence, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/ /g, "-"),
  );
}
