import { createHash } from "node:crypto";

/** What a resource is known by in the ELBv2 API, whatever it does. */
export interface Identity {
  /** 16 hex digits, the last part of its ARN. */
  readonly id: string;
  /** Of its ARN. */
  readonly region: string;
  readonly tags: Tags;
  readonly origin: Origin;
  /** Undefined for what has been there since the start. */
  readonly createdAtMs?: number;
}

export type Tags = Readonly<Record<string, string>>;

/**
 * Who defined a resource. What a file says is changed in the file: no other way in may touch it, or the next reload would
 * take the change back without a word.
 */
export type Origin =
  | { readonly by: "api" }
  | { readonly by: "program" }
  | { readonly by: "file"; readonly file: string };

/** The same name has the same id after every restart, so that ARNs can be written down. */
export function idOf(kind: "loadbalancer" | "targetgroup" | "listener" | "subnet" | "vpc", name: string): string {
  return createHash("sha256").update(`${kind}/${name}`).digest("hex").slice(0, 16);
}

/** There is one network here. */
export const vpcOfThisMachine: string = `vpc-0${idOf("vpc", "this machine")}`;
