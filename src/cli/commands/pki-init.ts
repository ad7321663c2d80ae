import { Command, InvalidArgumentError } from 'commander';
import { addExamples } from '../examples.ts';
import { newTokenKeys } from '../pki/token-key.ts';
import { TrialAuthority, validFor } from '../pki/trial-authority.ts';
import { identityFiles, requireNone, trialPaths, writeNewFiles } from '../pki/trial-files.ts';
import { print } from '../terminal.ts';

type Options = { readonly dir: string; readonly host: readonly string[] };

/** What a server on this machine is called. */
const localHosts = ['localhost', '127.0.0.1', '::1'];
const authorityDays = 3_650;
const serverDays = 365;

/** `muster pki init` */
export function pkiInitCommand(): Command {
  const command = new Command('init')
    .description('make a certificate authority, a server’s certificate and a key for device tokens')
    .option('--dir <directory>', 'where to put them', 'pki')
    .option('--host <name...>', 'names or IP addresses of the server, beside those of this machine', host, [])
    .action(init);
  command.addHelpText(
    'after',
    '\nThe authority is valid for ten years, the server’s certificate for one. Keys are readable for their owner only, and no\nfile is overwritten. For production have certificates from an authority that keeps its key in a safer place than a file.',
  );
  return addExamples(command, [
    { line: 'muster pki init' },
    { line: 'muster pki init --dir /etc/muster/pki --host muster.example.com 192.0.2.10' },
  ]);
}

function host(text: string, before: readonly string[]): string[] {
  if (/^(?:[a-zA-Z0-9*][a-zA-Z0-9.-]*|[0-9a-fA-F:]+)$/.test(text)) return [...before, text];
  throw new InvalidArgumentError('Expected a host name or an IP address.');
}

async function init({ dir, host }: Options): Promise<void> {
  const paths = trialPaths(dir);
  const hosts = [...new Set([...host, ...localHosts])];
  const { authority: ca, server, tokenKey, tokenPublicKey } = paths;
  await requireNone([ca.certificate, ca.key, server.certificate, server.key, tokenKey, tokenPublicKey]);
  const authority = await TrialAuthority.create('Muster trial authority', validFor(authorityDays));
  const keys = newTokenKeys();
  await writeNewFiles([
    ...identityFiles(ca, authority.identity),
    ...identityFiles(server, await authority.issueServer(hosts, validFor(serverDays))),
    { path: tokenKey, text: keys.privateKey, secret: true },
    { path: tokenPublicKey, text: keys.publicKey, secret: false },
  ]);
  print(
    `Made in ${dir}:
  ca.crt, ca.key            the certificate authority; the service never needs its key
  server.crt, server.key    the certificate of the service, for ${hosts.join(', ')}
  device-token.key          signs device tokens; the service never needs it
  device-token.pub          checks device tokens

Set for the service:
  MUSTER_API_TLS_CERT=${server.certificate}
  MUSTER_API_TLS_KEY=${server.key}
  MUSTER_AGENT_TLS_CERT=${server.certificate}
  MUSTER_AGENT_TLS_KEY=${server.key}
  MUSTER_AGENT_CLIENT_CA=${ca.certificate}
  MUSTER_DEVICE_TOKEN_KEYS=${tokenPublicKey}

Set for whoever runs commands:
  MUSTER_SERVER=https://${hosts[0] ?? 'localhost'}:3443
  MUSTER_CA=${ca.certificate}

For each device, one of:
  muster pki device NAME${dir === 'pki' ? '' : ` --dir ${dir}`}
  muster token device NAME --key ${tokenKey}`,
  );
}
