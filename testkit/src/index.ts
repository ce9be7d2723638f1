/** What the tests of several packages share. Not published. */

export { until, withDeadline } from "./deadline.ts";
export { openSockets, trackLeaks } from "./leaks.ts";
export { type Collected, collect, connectTo, listenOn, type TcpServer } from "./peer.ts";
export { hasCommand, isRoot } from "./programs.ts";
export { testOnlyTls } from "./test-only-tls.ts";
export { unusedPort } from "./unused-port.ts";
