// The package has no typings; this is its only file that can be used on its own.
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
