/**
 * Why AWS would refuse a resource's name, in its words, or undefined. Names have 1–32 characters, alphanumeric ones and
 * hyphens, with no hyphen at either end; a load balancer's may not begin with `internal-`.
 */
export function nameProblem(kind: "load balancer" | "target group", name: string): string | undefined {
  const subject = kind === "load balancer" ? `The load balancer name '${name}'` : `Target group name '${name}'`;
  if (name.length > 32) return `${subject} cannot be longer than '32' characters`;
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    return `${subject} can only contain characters that are alphanumeric characters and hyphens(-)`;
  }
  if (name.startsWith("-")) return `${subject} cannot begin with a hyphen(-)`;
  if (name.endsWith("-")) return `${subject} cannot end with a hyphen(-)`;
  if (kind === "load balancer" && name.startsWith("internal-")) return `${subject} cannot begin with 'internal-'`;
  return undefined;
}
