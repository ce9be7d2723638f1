import { expect, test } from "vitest";
import { runVectors } from "../vectors/runner.js";
import { decodeVector } from "./vector-adapter.ts";
test("v", () => { expect(runVectors(decodeVector).filter(r=>r.wrong.length)).toEqual([]) });
