import { formatAddress } from "./address.ts";
import { vpcEndpointIdOf } from "./aws.ts";
import { assertBytes } from "./bytes.ts";
import { FIXED_LENGTH, PP2_TYPE_AWS, V1_MIN_LENGTH } from "./constants.ts";
import { type DecodeOptions, DecodeSettings } from "./decode-options.ts";
import { type Endpoint, type Header, WireHeader } from "./header.ts";
import { HeaderFields, incomplete, invalid, type Status } from "./header-fields.ts";
import { TextMemo } from "./text-memo.ts";
import { findTlv, nextTlv, TLV_OVERHEAD, TlvBlock, tlvValue } from "./tlv.ts";
import { parseV1 } from "./v1.ts";
import { parseV2 } from "./v2.ts";

/**
 * A decoder for hot paths: made once, used for one header after the other, and `decode`, the fields, the ports and the
 * TLV cursor allocate nothing for version 2. It owns no bytes: everything it tells is valid until the next `decode`
 * or until the buffer changes; {@link HeaderView.toHeader} makes a copy to keep.
 *
 * ```ts
 * const view = new HeaderView({ versions: [2] });
 * if (view.decode(chunk) === STATUS_OK) {
 *   route(view.sourcePort, view.sourceAddress(), chunk.subarray(view.bytesRead));
 * }
 * ```
 */
export class HeaderView extends HeaderFields {
  readonly #settings: DecodeSettings = new DecodeSettings();
  readonly #callSettings: DecodeSettings = new DecodeSettings();
  readonly #sourceText: TextMemo<string> = new TextMemo(formatAddress);
  readonly #destinationText: TextMemo<string> = new TextMemo(formatAddress);
  readonly #vpcEndpointText: TextMemo<string | undefined> = new TextMemo(vpcEndpointIdOf);
  #cursor = -1;
  #start = 0;

  /** TypeError or RangeError on options that make no sense. They are read once. */
  constructor(options: DecodeOptions = {}) {
    super();
    this.#settings.read(options);
  }

  /**
   * Reads the header that starts at `bytes[start]`. Bytes from `end` on, and those after the header, are not looked at.
   * `options`, when given, replace those of the constructor for this call. Never throws for what the bytes are;
   * TypeError or RangeError when the arguments make no sense.
   */
  decode(bytes: Uint8Array, options?: DecodeOptions, start = 0, end: number = bytes.length): Status {
    if (!(bytes instanceof Uint8Array)) assertBytes(bytes);
    if (!(start >= 0 && start <= end && end <= bytes.length))
      throw new RangeError("start and end must lie in the bytes");
    const settings = options === undefined ? this.#settings : this.#callSettings.read(options);
    this.bytesRead = 0;
    this.bytesNeeded = 0;
    this.errorCode = undefined;
    this.#cursor = -1;
    this.#start = start;
    // The first byte tells the versions apart.
    if (start < end && bytes[start] === 0x0d && settings.acceptsV2) return parseV2(this, settings, bytes, start, end);
    return parseOther(this, settings, bytes, start, end);
  }

  /** The client's address as text; undefined for LOCAL and UNSPEC. */
  sourceAddress(): string | undefined {
    const length = this.addressLength;
    if (length === 0) return undefined;
    return this.#sourceText.get(this.addressBytes, this.sourceOffset, this.sourceOffset + length);
  }

  /** What the client connected to, as text; undefined for LOCAL and UNSPEC. */
  destinationAddress(): string | undefined {
    const length = this.addressLength;
    if (length === 0) return undefined;
    const start = this.sourceOffset + length;
    return this.#destinationText.get(this.addressBytes, start, start + length);
  }

  /**
   * Puts the cursor on the next TLV, at first on the first one; false when there are no more.
   * `while (view.nextTlv()) use(view.tlvType, view.tlvStart, view.tlvEnd)`
   */
  nextTlv(): boolean {
    this.#cursor = this.#cursor < 0 ? this.tlvsStart : nextTlv(this.bytes, this.#cursor);
    if (this.#cursor < this.tlvsEnd) return true;
    this.#cursor = -1;
    return false;
  }

  /** Puts the cursor on the first TLV of that type; false when there is none. */
  find(type: number): boolean {
    this.#cursor = findTlv(this.bytes, this.tlvsStart, this.tlvsEnd, type);
    return this.#cursor >= 0;
  }

  /** Type of the TLV under the cursor; -1 when it is on none. */
  get tlvType(): number {
    return this.#cursor < 0 ? -1 : (this.bytes[this.#cursor] as number);
  }

  /** The value of the TLV under the cursor is `bytes[tlvStart, tlvEnd)`. */
  get tlvStart(): number {
    return this.#cursor < 0 ? this.tlvsEnd : this.#cursor + TLV_OVERHEAD;
  }

  get tlvEnd(): number {
    return this.#cursor < 0 ? this.tlvsEnd : nextTlv(this.bytes, this.#cursor);
  }

  /** A view of the first value of that type; the typed getters, such as `ssl`, take the view as they take a header. */
  tlv(type: number): Uint8Array | undefined {
    const at = findTlv(this.bytes, this.tlvsStart, this.tlvsEnd, type);
    return at < 0 ? undefined : tlvValue(this.bytes, at);
  }

  /** As the function of that name, but without an object for the value. */
  awsVpcEndpointId(): string | undefined {
    const at = findTlv(this.bytes, this.tlvsStart, this.tlvsEnd, PP2_TYPE_AWS);
    return at < 0 ? undefined : this.#vpcEndpointText.get(this.bytes, at + TLV_OVERHEAD, nextTlv(this.bytes, at));
  }

  /** A header to keep: it has a copy of the bytes. */
  toHeader(): Header {
    return this.#header(this.bytes.slice(this.#start, this.#start + this.bytesRead), this.#start);
  }

  /** A header whose `bytes` and TLVs are views of the decoded bytes. */
  toBorrowedHeader(): Header {
    return this.#header(this.bytes.subarray(this.#start, this.#start + this.bytesRead), this.#start);
  }

  /** `bytes`: the header's own, of which the first stood at `start` of the decoded ones. */
  #header(bytes: Uint8Array, start: number): Header {
    const tlvs = new TlvBlock(bytes, this.tlvsStart - start, this.tlvsEnd - start);
    const source = endpoint(this.sourceAddress(), this.sourcePort);
    const destination = endpoint(this.destinationAddress(), this.destinationPort);
    return new WireHeader(bytes, this.version, this.command, this.family, this.transport, source, destination, tlvs);
  }
}

function endpoint(address: string | undefined, port: number): Endpoint | null {
  return address === undefined ? null : { address, port };
}

function parseOther(
  fields: HeaderFields,
  settings: DecodeSettings,
  bytes: Uint8Array,
  start: number,
  end: number,
): Status {
  // Version 1's shortest line is a byte shorter than the least of version 2.
  if (start === end) return incomplete(fields, settings, settings.acceptsV1 ? V1_MIN_LENGTH : FIXED_LENGTH, 0);
  if (bytes[start] === 0x50 && settings.acceptsV1) return parseV1(fields, settings, bytes, start, end);
  return invalid(fields, "PP2_NOT_PROXY_PROTOCOL", 0);
}
