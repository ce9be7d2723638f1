/** A capture file with one packet: `payload` in a TCP segment over IPv4, checksums left out. */
export function pcapOf(payload: Uint8Array): Buffer {
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(40_000, 0);
  tcp.writeUInt16BE(9_999, 2);
  tcp.writeUInt32BE(1, 4);
  tcp[12] = 5 << 4;
  tcp[13] = 0x18;
  tcp.writeUInt16BE(0xffff, 14);
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip.writeUInt16BE(ip.length + tcp.length + payload.length, 2);
  ip[8] = 64;
  ip[9] = 6;
  ip.set([10, 0, 0, 1], 12);
  ip.set([10, 0, 0, 2], 16);
  const packet = Buffer.concat([ip, tcp, payload]);
  const file = Buffer.alloc(24 + 16);
  file.writeUInt32LE(0xa1b2c3d4, 0);
  file.writeUInt16LE(2, 4);
  file.writeUInt16LE(4, 6);
  file.writeUInt32LE(65_535, 16);
  // LINKTYPE_RAW: the packet begins with its IP header.
  file.writeUInt32LE(101, 20);
  file.writeUInt32LE(packet.length, 32);
  file.writeUInt32LE(packet.length, 36);
  return Buffer.concat([file, packet]);
}
