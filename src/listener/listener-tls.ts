import { createPrivateKey, X509Certificate } from 'node:crypto';
import { constants } from 'node:crypto';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { RequestListener } from 'node:http';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { readClientAuthority } from '../auth/client-authority.ts';
import type { CredentialFiles, Kept } from '../auth/credential-files.ts';
import { readNamedFile, type NamedFile } from '../auth/pem-file.ts';

/** Longest time for a client's part of the handshake. */
const handshakeTimeoutMs = 10_000;

/** Files that a listener's TLS is made of. */
export type TlsFiles = {
  /** Certificate first, then the intermediate ones. */
  readonly cert: NamedFile;
  readonly key: NamedFile;
  /** Asks clients for a certificate, and whose they may be. */
  readonly clientCa?: NamedFile | undefined;
};

/** Certificates and key of a listener. New connections use what the files hold now; open ones stay as they are. */
export class ListenerTls {
  private readonly context: Kept<SecureContextOptions>;
  private readonly asksForCertificate: boolean;
  private readonly servers: Set<Server>;

  private constructor(context: Kept<SecureContextOptions>, asksForCertificate: boolean, servers: Set<Server>) {
    this.context = context;
    this.asksForCertificate = asksForCertificate;
    this.servers = servers;
  }

  /** @throws Error naming the setting whose file cannot be used, and why */
  static async open(files: TlsFiles, watched: CredentialFiles): Promise<ListenerTls> {
    const servers = new Set<Server>();
    const context = await watched.keep({
      what: `certificate of ${files.cert.setting}`,
      paths: [files.cert, files.key, ...(files.clientCa === undefined ? [] : [files.clientCa])].map(({ path }) => path),
      read: () => readContext(files),
      onChange(changed) {
        for (const server of servers) server.setSecureContext(changed);
      },
    });
    return new ListenerTls(context, files.clientCa !== undefined, servers);
  }

  /** A server that speaks it, not yet listening. */
  createServer(options: ServerOptions, handler: RequestListener): Server {
    const server = createServer(
      {
        ...options,
        ...this.context.current,
        handshakeTimeout: handshakeTimeoutMs,
        requestCert: this.asksForCertificate,
        // A client that shows no certificate, or a wrong one, gets an answer that says why.
        rejectUnauthorized: false,
      },
      handler,
    );
    this.servers.add(server);
    server.once('close', () => this.servers.delete(server));
    return server;
  }
}

async function readContext({ cert, key, clientCa }: TlsFiles): Promise<SecureContextOptions> {
  const [certText, keyText] = await Promise.all([readNamedFile(cert), readNamedFile(key)]);
  requireMatch(cert, certText, key, keyText);
  const context: SecureContextOptions = {
    cert: certText,
    key: keyText,
    minVersion: 'TLSv1.2',
    ...(clientCa === undefined ? {} : await clientContext(clientCa)),
  };
  try {
    createSecureContext(context);
  } catch (error) {
    throw new Error(
      `${cert.setting}: ${cert.path} cannot be used for TLS: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  return context;
}

async function clientContext(clientCa: NamedFile): Promise<SecureContextOptions> {
  const { bundle } = await readClientAuthority(clientCa);
  return {
    ca: bundle,
    // A resumed session would carry what an earlier handshake found, past the expiry of a certificate.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

function requireMatch(cert: NamedFile, certText: string, key: NamedFile, keyText: string): void {
  const certificate = parsed(cert, 'certificate', () => new X509Certificate(certText));
  const privateKey = parsed(key, 'private key without a passphrase', () => createPrivateKey(keyText));
  if (certificate.checkPrivateKey(privateKey)) return;
  throw new Error(`${key.setting}: the key in ${key.path} is not that of the certificate in ${cert.path}`);
}

function parsed<Parsed>({ setting, path }: NamedFile, what: string, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${setting}: expected a ${what} in PEM form in ${path}`, { cause: error });
  }
}
