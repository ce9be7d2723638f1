import { HeaderView } from "@edgekit/pp2";
import { median } from "../report/statistics.ts";
import { callOf, privateLinkTemplate } from "./encode-line.ts";
import { kept } from "./line.ts";
import { clientsOfOneEndpoint, nlbSample } from "./sample.ts";

const ALLOCATION_ROUNDS = 1_000_000;
/** A collection in the midst of a batch would hide what was allocated before it; this is far too little for one. */
const BATCH = 50_000;
const WARM_UP_MS = 1_000;

/** A kind of work that must allocate nothing, and how many bytes it allocated in {@link ALLOCATION_ROUNDS}. */
export interface Allocation {
  readonly name: string;
  readonly bytes: number;
}

/**
 * `collect` is V8's `gc`. What the work allocates it allocates in every batch, so the median batch tells; V8, which
 * compiles beside it and sweeps what the last collection has left, allocates and frees in some.
 */
export function measureAllocations(collect: () => void): readonly Allocation[] {
  return allocationFree().map(({ name, run }) => {
    for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) repeat(run, BATCH);
    const growths = Array.from({ length: ALLOCATION_ROUNDS / BATCH }, () => {
      collect();
      const before = process.memoryUsage().heapUsed;
      repeat(run, BATCH);
      return Math.max(0, process.memoryUsage().heapUsed - before);
    });
    return { name, bytes: median(growths) * growths.length };
  });
}

function repeat(run: () => void, times: number): void {
  for (let i = 0; i < times; i++) run();
}

interface AllocationFree {
  readonly name: string;
  run(): void;
}

function allocationFree(): readonly AllocationFree[] {
  const { answers, bytes } = nlbSample(clientsOfOneEndpoint);
  const nextHeader = inTurn(bytes);
  const view = new HeaderView();
  const template = privateLinkTemplate(answers[0]?.vpcEndpointId ?? "");
  const nextCall = inTurn(answers.map(callOf));
  const target = Buffer.alloc(template.length);
  const address = Buffer.from([172, 31, 7, 113]);
  return [
    {
      name: "HeaderView: decode, ports, walk of the TLVs",
      run: () => {
        kept.value = view.decode(nextHeader()) + view.sourcePort + view.destinationPort;
        while (view.nextTlv()) kept.value = view.tlvType + view.tlvStart + view.tlvEnd;
      },
    },
    {
      name: "HeaderTemplate.encodeInto",
      run: () => {
        const { source, destination } = nextCall();
        kept.value = template.encodeInto(target, 0, source, destination);
      },
    },
    {
      name: "HeaderTemplate.encodeBytesInto",
      run: () => {
        const { source, destination } = nextCall();
        kept.value = template.encodeBytesInto(target, 0, address, source.port, address, destination.port);
      },
    },
  ];
}

/** One after the other, and again from the start. */
function inTurn<T>(items: readonly T[]): () => T {
  let turn = 0;
  return () => items[turn++ % items.length] as T;
}
