/**
 * Writing to a pipe or socket never waits in Node, but writing to a terminal does: Ctrl-S, or a terminal whose program hangs,
 * would stop all traffic. That is switched off here. It is not public API; where it is not there, nothing changes.
 */
export function unblockTerminal(stream: NodeJS.WriteStream): void {
  if (!stream.isTTY) return;
  const handle = (stream as unknown as { _handle?: { setBlocking?(blocking: boolean): void } })._handle;
  handle?.setBlocking?.(false);
}
