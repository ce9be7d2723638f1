/**
 * A key and a self-signed certificate for `localhost`, `127.0.0.1` and `::1`, valid from 2020 to 2120. FOR TESTS ONLY:
 * the key is public, so nothing that matters may ever be protected with it.
 */
export const testOnlyTls: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpo2n4qVSUlUJVsNt
DBHy9Lg9f2eKjALqWWEJnzRqPH6hRANCAAReriFXeLnExM6pVz3li0qGprZPbG//
XoNjC5va2ZstoBPt48RWsUXLBKRxOyH2FuTiD7OYTC1g90lkheY3yjFi
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBiDCCAS+gAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFlZGdla2l0
IHRlc3Qgb25seTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
MBgGA1UEAwwRZWRnZWtpdCB0ZXN0IG9ubHkwWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAAReriFXeLnExM6pVz3li0qGprZPbG//XoNjC5va2ZstoBPt48RWsUXLBKRx
OyH2FuTiD7OYTC1g90lkheY3yjFio2AwXjAsBgNVHREEJTAjgglsb2NhbGhvc3SH
BH8AAAGHEAAAAAAAAAAAAAAAAAAAAAEwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4E
FgQUF0QRIsR5b2kNC4z8+ZtxVkrHEH8wCgYIKoZIzj0EAwIDRwAwRAIgTr7cwM8H
HHV6StTGjUoL0mnvUwd2Rab8n5WyR0CmTlMCIG59yok9f6ENPO/thnx0GzwTfMP+
i2WTqItV9EsWI6ok
-----END CERTIFICATE-----
`,
};
