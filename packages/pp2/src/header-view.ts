import { formatLongAddress } from "./address.ts";
import { vpcEndpointIdOf } from "./aws.ts";
import { readUint16 } from "./big-endian.ts";
import {
  ADDRESS_BLOCK_LENGTHS,
  ADDRESS_LENGTHS,
  FIXED_LENGTH,
  IPV4_LENGTH,
  PP2_TYPE_AWS,
  TLV_OVERHEAD,
} from "./constants.ts";
import { type DecodeOptions, DecodeSettings } from "./decode-options.ts";
import type { Pp2ErrorCode } from "./errors.ts";
import { type Command, FAMILIES, type Family, type Header, TRANSPORTS, type Transport, WireHeader } from "./header.ts";
import { IPv4Texts } from "./ipv4-texts.ts";
import { parse } from "./parse.ts";
import { type Findings, STATUS_INCOMPLETE, type Status } from "./status.ts";
import { TextMemo } from "./text-memo.ts";
import { findTlv, nextTlv, readTlv, subarray } from "./tlv.ts";

/* Second names for the hot path, as in `parse.ts`. */
const parseBytes = parse;
const next = nextTlv;
const AWS = PP2_TYPE_AWS;
const OVERHEAD = TLV_OVERHEAD;
const FIXED = FIXED_LENGTH;
const LENGTHS = ADDRESS_LENGTHS;
const IPV4 = IPV4_LENGTH;
/** As the wire writes it. */
const INET = 1;

const noBytes: Uint8Array = new Uint8Array(0);

/**
 * A decoder for hot paths: made once, used for one header after the other. `decode`, the fields, the ports and the TLV
 * cursor allocate nothing, and neither do texts that were asked for shortly before. It owns no bytes: everything it tells
 * is valid until the next `decode` or until the buffer changes; {@link HeaderView.toHeader} makes a copy to keep.
 *
 * ```ts
 * const view = new HeaderView({ versions: [2] });
 * if (view.decode(chunk) === STATUS_OK) {
 *   route(view.sourcePort, view.sourceAddress(), chunk.subarray(view.bytesRead));
 * }
 * ```
 *
 * The fields are the decoder's to write. What it has to look at anyway is a field; the rest is worked out when it is
 * asked for.
 */
export class HeaderView implements Findings {
  status: Status = STATUS_INCOMPLETE;
  /** Length of the header; 0 unless the status is STATUS_OK. */
  bytesRead = 0;
  /** Total bytes wanted, at least, from the start of the header; 0 unless the status is STATUS_INCOMPLETE. */
  bytesNeeded = 0;
  /** undefined unless the status is STATUS_INVALID. */
  errorCode: Pp2ErrorCode | undefined = undefined;
  /** From the start of the header: the byte that decided it. */
  errorOffset = 0;

  // The rest means something only while the status is STATUS_OK.
  version: 1 | 2 = 2;
  isLocal = false;
  /** Family and transport as version 2 writes them; 0 for LOCAL, whatever was sent, and for UNKNOWN. */
  familyByte = 0;
  /** The decoded buffer. */
  bytes: Uint8Array = noBytes;
  /** The TLVs are `bytes[tlvsStart, tlvsEnd)`. */
  tlvsStart = 0;
  tlvsEnd = 0;
  /** @internal */
  readonly lineAddresses: Uint8Array = new Uint8Array(ADDRESS_BLOCK_LENGTHS[2] as number);

  readonly #settings: DecodeSettings;
  readonly #callSettings: DecodeSettings = new DecodeSettings({});
  readonly #ipv4Texts: IPv4Texts = new IPv4Texts();
  readonly #sourceText: TextMemo<string> = new TextMemo(formatLongAddress);
  readonly #destinationText: TextMemo<string> = new TextMemo(formatLongAddress);
  readonly #vpcEndpointText: TextMemo<string | undefined> = new TextMemo(vpcEndpointIdOf);
  #cursor = -1;

  /** TypeError or RangeError on options that make no sense. They are read once. */
  constructor(options: DecodeOptions = {}) {
    this.#settings = new DecodeSettings(options);
  }

  /**
   * Reads the header at the start of `bytes`; what follows it is not looked at. `options`, when given, replace those of
   * the constructor for this call. Given `start` or `end`, the bytes are those of `bytes.subarray(start, end)`, which is
   * then this view's `bytes`. Never throws for what the bytes are; TypeError or RangeError when the arguments make no
   * sense.
   */
  decode(bytes: Uint8Array, options?: DecodeOptions, start = 0, end?: number): Status {
    this.#cursor = -1;
    if (options !== undefined || start !== 0 || end !== undefined) return this.#decodePart(bytes, options, start, end);
    return parseBytes(this, this.#settings, bytes);
  }

  get command(): Command {
    return this.isLocal ? "LOCAL" : "PROXY";
  }

  get family(): Family {
    return FAMILIES[this.familyByte >> 4] as Family;
  }

  get transport(): Transport {
    return TRANSPORTS[this.familyByte & 0x0f] as Transport;
  }

  /** Addresses and ports, as version 2 lays them out: the decoded buffer, or what a version 1 line says. */
  get addressBytes(): Uint8Array {
    return this.version === 2 ? this.bytes : this.lineAddresses;
  }

  /** Index of the source address in `addressBytes`. */
  get sourceOffset(): number {
    return this.version === 2 ? FIXED : 0;
  }

  /** Bytes of each address: 4, 16 or 108; 0 when there are none. */
  get addressLength(): number {
    return LENGTHS[this.familyByte >> 4] as number;
  }

  /** Index of the destination address in `addressBytes`. */
  get destinationOffset(): number {
    return this.sourceOffset + this.addressLength;
  }

  /** 0 when there is none. */
  get sourcePort(): number {
    return this.#port(0);
  }

  /** 0 when there is none. */
  get destinationPort(): number {
    return this.#port(2);
  }

  /** The client's address as text; undefined for LOCAL and UNSPEC. */
  sourceAddress(): string | undefined {
    return this.familyByte >> 4 === INET ? this.#ipv4Address(0) : this.#address(this.sourceOffset, this.#sourceText);
  }

  /** What the client connected to, as text; undefined for LOCAL and UNSPEC. */
  destinationAddress(): string | undefined {
    if (this.familyByte >> 4 === INET) return this.#ipv4Address(IPV4);
    return this.#address(this.destinationOffset, this.#destinationText);
  }

  /**
   * Puts the cursor on the next TLV, at first on the first one; false when there are no more.
   * `while (view.nextTlv()) use(view.tlvType, view.tlvStart, view.tlvEnd)`
   */
  nextTlv(): boolean {
    const next = this.#cursor < 0 ? this.tlvsStart : nextTlv(this.bytes, this.#cursor);
    this.#cursor = next < this.tlvsEnd ? next : -1;
    return this.#cursor >= 0;
  }

  /** Puts the cursor on the first TLV of that type; false when there is none. */
  find(type: number): boolean {
    this.#cursor = this.#first(type);
    return this.#cursor >= 0;
  }

  /** Type of the TLV under the cursor; -1 when it is on none. */
  get tlvType(): number {
    return this.bytes[this.#cursor] ?? -1;
  }

  /** The value of the TLV under the cursor is `bytes[tlvStart, tlvEnd)`; nothing when it is on none. */
  get tlvStart(): number {
    return this.#cursor < 0 ? 0 : this.#cursor + TLV_OVERHEAD;
  }

  get tlvEnd(): number {
    return this.#cursor < 0 ? 0 : nextTlv(this.bytes, this.#cursor);
  }

  /** A view of the first value of that type; the typed getters, such as `ssl`, take the view as they take a header. */
  tlv(type: number): Uint8Array | undefined {
    return readTlv(this.bytes, this.#first(type), subarray);
  }

  /** As the function of that name, but without an object for the value. */
  awsVpcEndpointId(): string | undefined {
    const at = this.#first(AWS);
    return at < 0 ? undefined : this.#vpcEndpointText.get(this.bytes, at + OVERHEAD, next(this.bytes, at));
  }

  /** A header to keep: it has a copy of the bytes. With `borrow` its bytes and TLVs are views of the decoded ones. */
  toHeader(borrow = false): Header {
    const bytes = this.bytes.subarray(0, this.bytesRead);
    // Not slice: that of a Buffer copies nothing.
    return new WireHeader(this, borrow ? bytes : new Uint8Array(bytes));
  }

  /** Lets go of the decoded buffer, which may be a large chunk of a socket's. */
  release(): void {
    this.bytes = noBytes;
    this.familyByte = 0;
    this.tlvsStart = 0;
    this.tlvsEnd = 0;
  }

  #decodePart(bytes: Uint8Array, options: DecodeOptions | undefined, start: number, end: number | undefined): Status {
    const settings = options === undefined ? this.#settings : this.#callSettings.read(options);
    return parse(this, settings, start === 0 && end === undefined ? bytes : bytes.subarray(start, end));
  }

  #first(type: number): number {
    return findTlv(this.bytes, this.tlvsStart, this.tlvsEnd, type);
  }

  /** Most headers are of this family, and V8 reads faster where the index is a constant. */
  #ipv4Address(offset: number): string {
    const texts = this.#ipv4Texts;
    return this.version === 2 ? texts.get(this.bytes, FIXED + offset) : texts.get(this.lineAddresses, offset);
  }

  #address(at: number, memo: TextMemo<string>): string | undefined {
    const length = this.addressLength;
    return length === 0 ? undefined : memo.get(this.addressBytes, at, at + length);
  }

  #port(offset: number): number {
    const length = this.addressLength;
    const hasPorts = length === 4 || length === 16;
    return hasPorts ? readUint16(this.addressBytes, this.sourceOffset + 2 * length + offset) : 0;
  }
}
