import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until, withDeadline } from "@edgekit/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFile } from "./line-destination.ts";
import { LineWriter } from "./line-writer.ts";

type Done = (error?: Error | null) => void;

/** Takes a chunk only when the test says so. */
class SlowReader {
  readonly chunks: string[] = [];
  isClosed = false;
  #done: Done | undefined;

  write(chunk: string, done: Done): void {
    this.chunks.push(chunk);
    this.#done = done;
  }

  close(): void {
    this.isClosed = true;
  }

  take(error?: Error): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(error);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const kilobyte = `${"x".repeat(1023)}\n`;

describe("a line writer", () => {
  it("writes the lines of one turn together, and the next ones when these are out", async () => {
    const reader = new SlowReader();
    const writer = new LineWriter(reader);
    for (const line of ["a\n", "b\n"]) writer.write(line);
    await turn();
    writer.write("c\n");
    await turn();
    expect(reader.chunks).toEqual(["a\nb\n"]);
    reader.take();
    await turn();
    expect(reader.chunks).toEqual(["a\nb\n", "c\n"]);
    reader.take();
    await writer.close();
    expect([writer.dropped, reader.isClosed]).toEqual([0, true]);
  });

  it("keeps 1 MiB for a reader that has stopped, drops and counts the rest, and goes on when it reads again", async () => {
    const reader = new SlowReader();
    const writer = new LineWriter(reader);
    writer.write("first\n");
    await turn();
    for (let i = 0; i < 1024; i++) writer.write(kilobyte);
    expect(writer.dropped).toBe(0);
    for (let i = 0; i < 5000; i++) writer.write(kilobyte);
    expect(writer.dropped).toBe(5000);
    reader.take();
    await turn();
    expect(reader.chunks.at(-1)?.length).toBe(1024 * 1024);
    writer.write("again\n");
    expect(writer.dropped).toBe(5000);
    reader.take();
    await turn();
    expect(reader.chunks.at(-1)).toBe("again\n");
  });

  it("says where lines are missing, if it is told how", async () => {
    const reader = new SlowReader();
    const writer = new LineWriter(reader, (lines) => `${lines} missing\n`);
    writer.write("first\n");
    await turn();
    for (let i = 0; i < 1024 + 7; i++) writer.write(kilobyte);
    reader.take();
    await turn();
    expect(reader.chunks.at(-1)?.slice(-12)).toBe("x\n7 missing\n");
    writer.write("again\n");
    reader.take();
    await turn();
    expect(reader.chunks.at(-1)).toBe("again\n");
  });

  it("counts lines that could not be written", async () => {
    const reader = new SlowReader();
    const writer = new LineWriter(reader);
    for (const line of ["a\n", "b\n"]) writer.write(line);
    await turn();
    reader.take(new Error("the disk is full"));
    expect(writer.dropped).toBe(2);
  });

  it("does not wait long at the end for a reader that has stopped", async () => {
    const writer = new LineWriter(new SlowReader());
    writer.write("a\n");
    await turn();
    await withDeadline(writer.close(), "the end", 5_000);
  });
});

describe.skipIf(process.platform === "win32")("needs POSIX: a file of lines", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "edge-proxy-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is added to", async () => {
    const file = join(folder, "lines");
    for (const line of ["one\n", "two\n"]) {
      const writer = new LineWriter(openFile(file));
      writer.write(line);
      await writer.close();
    }
    expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
  });

  it("that is a named pipe nobody reads is refused, instead of waiting", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(() => openFile(pipe)).toThrow(/named pipe that nobody reads/);
    expect(() => openFile(join(folder, "no", "such", "folder"))).toThrow(/cannot write the flow log to .*ENOENT/);
  });

  it("that is a named pipe whose reader stops costs lines only", async () => {
    const pipe = join(folder, "stalled");
    execFileSync("mkfifo", [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = new LineWriter(openFile(pipe));
    while (writer.dropped === 0) {
      for (let i = 0; i < 512; i++) writer.write(kilobyte);
      await turn();
    }
    const { dropped } = writer;
    const buffer = Buffer.alloc(1024 * 1024);
    await until(() => {
      try {
        readSync(reader, buffer);
      } catch {
        // Nothing there at this moment.
      }
      const before = writer.dropped;
      writer.write("again\n");
      return writer.dropped === before;
    }, "room for a line");
    expect(writer.dropped).toBeGreaterThanOrEqual(dropped);
    await writer.close();
    closeSync(reader);
  });
});
