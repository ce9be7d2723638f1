import { encode, HeaderView, STATUS_OK } from "@edgekit/pp2";
import { type Contestant, kept, type Line } from "./line.ts";

/** TLVs without a value take 3 bytes each: as many TLVs as a header can hold. */
const TLV_LENGTH = 3;
const FIXED_LENGTH = 16;
const sizesKiB: readonly number[] = [4, 8, 16, 32, 64];

/**
 * The dearest header for its length that a stranger can send. The work is done so often that every row is about as
 * many bytes, so rows of a linear decoder are alike.
 */
export const emptyTlvsLine: Line = {
  name: "empty-tlvs",
  title: "Decode up to 64 KiB of empty TLVs",
  about:
    "Nanoseconds for 64 KiB of headers that are nothing but TLVs without a value: one of 64 KiB, two of 32 KiB and so on. The cost is linear when the rows are alike.",
  reference: rowName(8),
  absent: ["the npm packages do not walk TLVs"],
  targets: [{ kind: "ratio", of: rowName(64), over: rowName(8), atLeast: 0.67 }],
  contestants: () => sizesKiB.map(contestant),
};

function rowName(sizeKiB: number): string {
  return `${64 / sizeKiB} of ${sizeKiB} KiB`;
}

function contestant(sizeKiB: number): Contestant {
  const count = Math.floor((sizeKiB * 1024 - FIXED_LENGTH) / TLV_LENGTH);
  const tlv = { type: 0xf0, value: new Uint8Array(0) };
  const header = Buffer.from(encode({ command: "LOCAL", tlvs: Array.from({ length: count }, () => tlv) }));
  const view = new HeaderView({ maxHeaderSize: 65551 });
  const repeats = 64 / sizeKiB;
  return {
    name: rowName(sizeKiB),
    run: () => {
      for (let i = 0; i < repeats; i++) kept.value = view.decode(header);
    },
    inputs: 1,
    found() {
      const status = view.decode(header);
      let seen = 0;
      while (view.nextTlv()) seen++;
      return [{ status, seen }];
    },
    expected: [{ status: STATUS_OK, seen: count }],
  };
}
