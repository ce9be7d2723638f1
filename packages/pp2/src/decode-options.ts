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

const BOTH = [1, 2] as const;

/** {@link DecodeOptions} as the parser wants them. Reusable, so that reading options allocates nothing. */
export class DecodeSettings {
  /** The accepted ones: 1, 2, or 3 for both. */
  declare versions: number;
  declare maxHeaderSize: number;
  /** Type of the TLV that holds the CRC32C; -1 when it is not to be looked at. */
  declare crcType: number;
  declare requiresCrc: boolean;
  declare end: boolean;

  constructor(options: DecodeOptions) {
    this.read(options);
  }

  /** Throws TypeError or RangeError on a value that makes no sense: that is the program's mistake, not the peer's. */
  read({
    versions = BOTH,
    maxHeaderSize = DEFAULT_MAX_HEADER_SIZE,
    crc32c = "verify",
    end = false,
  }: DecodeOptions): this {
    const strictness = ["ignore", "verify", "require"].indexOf(crc32c);
    this.versions = (versions.includes(1) ? 1 : 0) | (versions.includes(2) ? 2 : 0);
    this.maxHeaderSize = maxHeaderSize;
    this.requiresCrc = strictness === 2;
    this.crcType = strictness === 0 ? -1 : PP2_TYPE_CRC32C;
    this.end = end;
    const hasRoom =
      Number.isInteger(maxHeaderSize) && maxHeaderSize >= FIXED_LENGTH && maxHeaderSize <= MAX_HEADER_SIZE;
    const allowed =
      this.versions === 0
        ? "versions: 1, 2 or both"
        : !hasRoom
          ? "maxHeaderSize: 16 to 65551"
          : strictness < 0 && "crc32c: verify, require or ignore";
    if (allowed) throw new RangeError(allowed);
    return this;
  }
}
