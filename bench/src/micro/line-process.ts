/** Measures one line in this process, which `micro.ts` started: `line-process.js NAME ROUNDS`. */

import { tell } from "../child.ts";
import type { Row } from "../report/table.ts";
import { checkAnswers } from "./line.ts";
import { lines } from "./lines.ts";
import { measureRounds } from "./rounds.ts";

const [name, rounds] = process.argv.slice(2);
const line = lines.find((candidate) => candidate.name === name);
if (line === undefined) throw new Error(`there is no line "${name}"`);
const found = measureRounds(checkAnswers(line), Number(rounds), (round) => tell({ round }));
tell<readonly Row[]>({ found });
