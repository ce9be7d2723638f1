export const corpusFolder: URL;
export function loadCorpus(): { name: string; bytes: Uint8Array }[];
