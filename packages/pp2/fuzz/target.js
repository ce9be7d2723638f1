/**
 * What must hold for any bytes at all. Throws when it does not; the bytes are then worth keeping in corpus/.
 *
 * `codec` is this package, from its sources or as built.
 *
 * @param {Uint8Array} bytes
 * @param {import("./target.js").Codec} codec
 */
export function checkInput(bytes, codec) {
  const { decode, HeaderDecoder, HeaderView, STATUS_OK } = codec;
  const whole = decode(bytes);

  const view = new HeaderView();
  const status = view.decode(bytes);
  must(["ok", "incomplete", "invalid"][status] === whole.status, "HeaderView and decode agree");

  const decoder = new HeaderDecoder();
  const third = Math.ceil(bytes.length / 3);
  let pieces = decoder.push(bytes.subarray(0, third));
  if (pieces.status !== "invalid") pieces = decoder.push(bytes.subarray(third, 2 * third));
  if (pieces.status !== "invalid") pieces = decoder.push(bytes.subarray(2 * third));
  must(describe(pieces) === describe(whole), "three pieces give what the whole does");

  if (whole.status === "incomplete") must(whole.bytesNeeded > bytes.length, "incomplete asks for more");
  if (whole.status === "invalid") must(whole.offset <= bytes.length, "an error is within the bytes");
  if (whole.status !== "ok" || status !== STATUS_OK) return;

  must(whole.bytesRead <= bytes.length, "no byte is read that is not there");
  must(decode(bytes.subarray(0, whole.bytesRead)).status === "ok", "nothing behind the header counts");
  must(
    decode(bytes.subarray(0, whole.bytesRead - 1)).status === "incomplete",
    "a header less its last byte is incomplete",
  );
  must(decoder.rest.length === bytes.length - whole.bytesRead, "the rest is what follows the header");
  checkGetters(whole.header, codec);
  checkRoundTrip(whole.header, codec);
}

/** Reads everything that a header offers. */
function checkGetters(header, codec) {
  const { alpn, authority, awsVpcEndpointId, azureLinkId, gcpPscConnectionId, netns, ssl, uniqueId } = codec;
  for (const get of [alpn, authority, awsVpcEndpointId, azureLinkId, gcpPscConnectionId, netns, ssl, uniqueId])
    get(header);
  must((header.source === null) === (header.destination === null), "both addresses or none");
  must((header.source === null) === (header.family === "UNSPEC"), "addresses of a family, or none");
}

/** What was accepted can be written, and what is written is read as the same and written the same again. */
function checkRoundTrip(header, { decode, encode }) {
  // The only thing that is read and not written: the protocol limits UNIQUE_ID to 128 bytes.
  for (const { type, value } of header.tlvs) if (type === 0x05 && value.length > 128) return;
  for (const { type, value } of header.tlvs) if (type === 0x03 && value.length !== 4) return;
  const written = encode(header);
  const again = decode(written);
  must(describe(again) === describe({ ...again, status: "ok", header }), "decoding what was written gives the header");
  must(
    again.status === "ok" && String(encode(again.header)) === String(written),
    "writing it again gives the same bytes",
  );
}

function describe(result) {
  if (result.status !== "ok") return JSON.stringify(result);
  const { version, command, family, transport, source, destination, tlvs } = result.header;
  // The CRC32C's value is not compared: a header that is written anew has its own.
  const tlvList = Array.from(tlvs, ({ type, value }) => `${type}:${type === 0x03 ? value.length : value}`);
  return JSON.stringify([version, command, family, transport, source, destination, tlvList]);
}

function must(condition, what) {
  if (!condition) throw new Error(`broken: ${what}`);
}

/**
 * A generator of numbers in [0, below), the same for the same seed (xorshift32): a failing run can be run again.
 *
 * @param {number} seed
 * @returns {(below: number) => number}
 */
export function randomFrom(seed) {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/**
 * A changed copy of `bytes`: a few of flipping a bit, setting, removing, doubling and inserting bytes, lengths moved by one.
 *
 * @param {Uint8Array} bytes
 * @param {(below: number) => number} random
 */
export function mutate(bytes, random) {
  let changed = [...bytes];
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(changed.length || 1);
    const length = random(8);
    switch (random(7)) {
      case 0:
        changed[at] = (changed[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        changed[at] = random(256);
        break;
      case 2:
        changed.splice(at, length);
        break;
      case 3:
        changed.splice(at, 0, ...changed.slice(at, at + length));
        break;
      case 4:
        changed.splice(at, 0, ...Array.from({ length }, () => random(256)));
        break;
      case 5:
        changed[at] = ((changed[at] ?? 0) + (random(2) ? 1 : 255)) & 0xff;
        break;
      default:
        changed = changed.slice(0, at);
    }
  }
  return Uint8Array.from(changed);
}
