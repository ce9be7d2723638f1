/** A DNS query for the address (type A, class IN) of a name. */
export function dnsQuery(id: number, name: string): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(1, 4);
  const labels = name.split(".").map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])]);
}

/** What matters of an answer: to which query, its RCODE, and the address at its end if there is one. */
export function dnsAnswer(message: Buffer): { id: number; rcode: number; address: string | undefined } {
  const answers = message.readUInt16BE(6);
  return {
    id: message.readUInt16BE(0),
    rcode: message.readUInt8(3) & 0x0f,
    address: answers === 1 ? message.subarray(-4).join(".") : undefined,
  };
}
