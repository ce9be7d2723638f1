import fs from "node:fs";
import net from "node:net";
import { EdgeProxyError, systemReason } from "../error.ts";
import type { LineDestination } from "./line-writer.ts";
import { unblockTerminal } from "./unblock-terminal.ts";

/** Standard output, whatever it is. */
export function standardOutput(): LineDestination {
  if (kindOf(1) === "file") return fileDestination(1, false);
  unblockTerminal(process.stdout);
  return streamDestination(process.stdout, false);
}

/**
 * A file, to which lines are added; a named pipe will do too, once somebody reads it.
 * @throws EdgeProxyError `EDGE_LOG_UNWRITABLE`
 */
export function openFile(path: string): LineDestination {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = fs.constants;
  try {
    // Opening a pipe that nobody reads would wait for ever otherwise.
    const fd = fs.openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o644);
    if (kindOf(fd) !== "stream") return fileDestination(fd, true);
    return streamDestination(new net.Socket({ fd, readable: false, writable: true }), true);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENXIO" ? "it is a named pipe that nobody reads" : systemReason(error);
    throw new EdgeProxyError("EDGE_LOG_UNWRITABLE", `cannot write the flow log to ${path}: ${why}`, { cause: error });
  }
}

function kindOf(fd: number): "stream" | "file" {
  const stat = fs.fstatSync(fd);
  return stat.isFIFO() || stat.isSocket() || (fd === 1 && process.stdout.isTTY) ? "stream" : "file";
}

function streamDestination(stream: NodeJS.WritableStream, isOurs: boolean): LineDestination {
  // A reader that has gone is an error of each write, and no reason to end the process.
  stream.on("error", () => {});
  return {
    write: (chunk, done) => stream.write(chunk, done),
    close: () => {
      if (isOurs && "destroy" in stream) (stream as net.Socket).destroy();
    },
  };
}

/** A disk that is full loses lines until it is not full any more. */
function fileDestination(fd: number, isOurs: boolean): LineDestination {
  const writeFrom = (bytes: Buffer, offset: number, done: (error?: Error | null) => void): void => {
    fs.write(fd, bytes, offset, (error, written) => {
      if (error || offset + written >= bytes.length) done(error);
      else writeFrom(bytes, offset + written, done);
    });
  };
  return {
    write: (chunk, done) => writeFrom(Buffer.from(chunk), 0, done),
    close: () => {
      if (isOurs) fs.close(fd, () => {});
    },
  };
}
