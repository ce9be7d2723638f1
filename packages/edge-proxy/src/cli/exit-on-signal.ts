const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** For commands that go on until they are interrupted: until it is disposed of, the process ends with `code` then. */
export function exitOnSignal(code: number): Disposable {
  const exit = (): void => process.exit(code);
  for (const signal of signals) process.on(signal, exit);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, exit);
    },
  };
}
