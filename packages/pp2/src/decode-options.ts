import { DEFAULT_MAX_HEADER_SIZE, FIXED_LENGTH, MAX_HEADER_SIZE, PP2_TYPE_CRC32C } from "./constants.ts";

/** What a decoder accepts. The defaults are strict; nothing here makes a header optional. */
export interface DecodeOptions {
  /** Accepted versions; default both. Senders that are known to speak version 2: `[2]`. */
  readonly versions?: readonly (1 | 2)[];
  /**
   * Longest header in bytes, its first 16 included; 16 to 65551, default 4096. Decided as soon as the length is known.
   */
  readonly maxHeaderSize?: number;
  /**
   * `verify` (default): a CRC32C that is there must be right. `require`: and it must be there, which no version 1
   * header can meet. `ignore`: not looked at.
   */
  readonly crc32c?: "verify" | "require" | "ignore";
  /** No more bytes will come: what would be incomplete is invalid with PP2_TRUNCATED. Default false. */
  readonly end?: boolean;
}

/** {@link DecodeOptions} as the parser wants them. Reusable, so that reading options allocates nothing. */
export class DecodeSettings {
  acceptsV1 = true;
  acceptsV2 = true;
  maxHeaderSize: number = DEFAULT_MAX_HEADER_SIZE;
  /** Type of the TLV that holds the CRC32C; -1 when it is not to be looked at. */
  crcType: number = PP2_TYPE_CRC32C;
  requiresCrc = false;
  end = false;

  /** Throws TypeError or RangeError on a value that makes no sense: that is the program's mistake, not the peer's. */
  read({ versions, maxHeaderSize = DEFAULT_MAX_HEADER_SIZE, crc32c = "verify", end = false }: DecodeOptions): this {
    this.acceptsV1 = versions?.includes(1) ?? true;
    this.acceptsV2 = versions?.includes(2) ?? true;
    this.maxHeaderSize = maxHeaderSize;
    this.requiresCrc = crc32c === "require";
    this.crcType = crc32c === "ignore" ? -1 : PP2_TYPE_CRC32C;
    this.end = end;
    if (!this.acceptsV1 && !this.acceptsV2) throw new RangeError("versions: 1, 2 or both");
    if (!Number.isInteger(maxHeaderSize) || maxHeaderSize < FIXED_LENGTH || maxHeaderSize > MAX_HEADER_SIZE) {
      throw new RangeError("maxHeaderSize: 16 to 65551");
    }
    if (!["verify", "require", "ignore"].includes(crc32c)) throw new RangeError("crc32c: verify, require or ignore");
    return this;
  }
}
