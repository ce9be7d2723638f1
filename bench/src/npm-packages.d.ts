// The package has no typings.
declare module "findhit-proxywrap" {
  /** A module such as `node:net`, whose servers read a version 1 header first. */
  export function proxy<Module extends object>(module: Module): Module;
}
declare module "findhit-proxywrap/lib/proxy-protocol.regexp.js" {
  const pattern: RegExp;
  export = pattern;
}

// The package's own typings leave out this function, which is in its index.js.
declare module "@balena/proxy-protocol-parser" {
  export interface ProxyHeaders {
    remoteAddress: string;
    remotePort: number;
    localAddress: string;
    localPort: number;
  }
  export function v1_decode(buf: Buffer, validate?: boolean): ProxyHeaders | null;
}
