import { HeaderView } from "@edgekit/pp2";
import { callOf, privateLinkTemplate } from "./encode-line.ts";
import { kept } from "./line.ts";
import { clientsOfOneEndpoint, nlbSample, Rotation } from "./sample.ts";

const ALLOCATION_ROUNDS = 1_000_000;
/** A collection in the midst of a batch would hide what was allocated before it; this is far too little for one. */
const BATCH = 50_000;
const WARM_UP_MS = 1_000;

/** A kind of work that must allocate nothing, and how many bytes it allocated in {@link ALLOCATION_ROUNDS}. */
export interface Allocation {
  readonly name: string;
  readonly bytes: number;
}

/** `collect` is V8's `gc`. Without it the figure would hold what others left behind. */
export function measureAllocations(collect: () => void): readonly Allocation[] {
  return allocationFree().map(({ name, run }) => {
    // Until V8 has compiled the work for good, in a thread that may have to wait, it allocates on its own account.
    for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) repeat(run, BATCH);
    let bytes = 0;
    for (let done = 0; done < ALLOCATION_ROUNDS; done += BATCH) {
      collect();
      const before = process.memoryUsage().heapUsed;
      repeat(run, BATCH);
      bytes += Math.max(0, process.memoryUsage().heapUsed - before);
    }
    return { name, bytes };
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
  const view = new HeaderView();
  const template = privateLinkTemplate(answers[0]?.vpcEndpointId ?? "");
  const calls = new Rotation(answers.map(callOf));
  const target = Buffer.alloc(template.length);
  return [
    {
      name: "HeaderView: decode, ports, walk of the TLVs",
      run: () => {
        kept.value = view.decode(bytes.next()) + view.sourcePort + view.destinationPort;
        while (view.nextTlv()) kept.value = view.tlvType + view.tlvStart + view.tlvEnd;
      },
    },
    {
      name: "HeaderTemplate.encodeInto",
      run: () => {
        const { source, destination } = calls.next();
        kept.value = template.encodeInto(target, 0, source, destination);
      },
    },
    {
      name: "HeaderTemplate.encodeIPv4Into",
      run: () => {
        const { from, to, source, destination } = calls.next();
        kept.value = template.encodeIPv4Into(target, 0, from, source.port, to, destination.port);
      },
    },
  ];
}
