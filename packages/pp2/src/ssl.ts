import { readInt32 } from "./big-endian.ts";
import {
  PP2_CLIENT_CERT_CONN,
  PP2_CLIENT_CERT_SESS,
  PP2_CLIENT_SSL,
  PP2_SUBTYPE_SSL_CIPHER,
  PP2_SUBTYPE_SSL_CLIENT_CERT,
  PP2_SUBTYPE_SSL_CN,
  PP2_SUBTYPE_SSL_GROUP,
  PP2_SUBTYPE_SSL_KEY_ALG,
  PP2_SUBTYPE_SSL_SIG_ALG,
  PP2_SUBTYPE_SSL_SIG_SCHEME,
  PP2_SUBTYPE_SSL_VERSION,
  PP2_TYPE_SSL,
  SSL_FIXED_LENGTH,
} from "./constants.ts";
import { utf8 } from "./text.ts";
import { subarray, type Tlv, TlvBlock, type TlvSource } from "./tlv.ts";
import { sslFault } from "./v2-verdict.ts";

/** What the sender tells about the client's TLS connection (PROXY protocol §2.2.6). */
export interface SslInfo {
  /** The flags as sent: bits PP2_CLIENT_SSL, PP2_CLIENT_CERT_CONN, PP2_CLIENT_CERT_SESS. */
  readonly client: number;
  /** Result of verifying the client's certificate, u32; 0 also from senders that saw no certificate at all. */
  readonly verify: number;
  /** The client connected over TLS. */
  readonly clientSsl: boolean;
  /** It showed a certificate on this connection. */
  readonly certConn: boolean;
  /** It showed one at least once in this TLS session. */
  readonly certSess: boolean;
  /** The client proved who it is: over TLS, with a certificate, and verification found no fault. Ask this, not `verify`. */
  readonly verified: boolean;
  /** TLS version, such as `TLSv1.3`. */
  readonly version: string | undefined;
  /** Common name of the certificate. Senders send it for certificates that failed too: worth nothing unless `verified`. */
  readonly cn: string | undefined;
  readonly cipher: string | undefined;
  /** Algorithm that signed the certificate. */
  readonly sigAlg: string | undefined;
  /** Algorithm and size of the certificate's key, such as `RSA2048`. */
  readonly keyAlg: string | undefined;
  /** Key exchange group, such as `X25519MLKEM768`. */
  readonly group: string | undefined;
  /** Signature scheme of the handshake. */
  readonly sigScheme: string | undefined;
  /** The certificate in DER; a view. */
  readonly clientCert: Uint8Array | undefined;
  /** All of them in wire order, also those of unknown types. */
  readonly subTlvs: readonly Tlv[];
}

/** The header's first SSL TLV; undefined when there is none, or one that is malformed. Texts that are not UTF-8 are undefined. */
export function ssl(header: TlvSource): SslInfo | undefined {
  const value = header.tlv(PP2_TYPE_SSL);
  if (!value || sslFault(value, 0, value.length)) return undefined;
  const block = new TlvBlock(value, SSL_FIXED_LENGTH, value.length);
  const text = (type: number): string | undefined => utf8(block.first(type, subarray));
  const client = value[0] as number;
  const verify = readInt32(value, 1) >>> 0;
  const clientSsl = (client & PP2_CLIENT_SSL) !== 0;
  const certConn = (client & PP2_CLIENT_CERT_CONN) !== 0;
  const certSess = (client & PP2_CLIENT_CERT_SESS) !== 0;
  return {
    client,
    verify,
    clientSsl,
    certConn,
    certSess,
    verified: clientSsl && (certConn || certSess) && verify === 0,
    version: text(PP2_SUBTYPE_SSL_VERSION),
    cn: text(PP2_SUBTYPE_SSL_CN),
    cipher: text(PP2_SUBTYPE_SSL_CIPHER),
    sigAlg: text(PP2_SUBTYPE_SSL_SIG_ALG),
    keyAlg: text(PP2_SUBTYPE_SSL_KEY_ALG),
    group: text(PP2_SUBTYPE_SSL_GROUP),
    sigScheme: text(PP2_SUBTYPE_SSL_SIG_SCHEME),
    clientCert: block.first(PP2_SUBTYPE_SSL_CLIENT_CERT, subarray),
    subTlvs: [...block],
  };
}
