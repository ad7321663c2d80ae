import { isIP } from 'node:net';
import { Command, InvalidArgumentError, Option } from 'commander';
import { flightctlExtensions } from '../../auth/device-certificate-authority.ts';
import { enrollmentName, signers } from '../../domain/certificates/signers.ts';
import { addExamples } from '../examples.ts';
import { agentConfigFile } from '../pki/agent-config.ts';
import { newTokenKeys } from '../pki/token-key.ts';
import { TrialAuthority, validFor } from '../pki/trial-authority.ts';
import { identityFiles, requireNone, trialPaths, writeNewFiles } from '../pki/trial-files.ts';
import { print } from '../../terminal/terminal.ts';

type Options = { readonly dir: string; readonly host: readonly string[]; readonly agentUrl?: string };

/** Names of a server on this machine. */
const localHosts = ['localhost', '127.0.0.1', '::1'];
const authorityDays = 3_650;
const serverDays = 365;
const enrollmentDays = 365;

/** `muster pki init` */
export function pkiInitCommand(): Command {
  const command = new Command('init')
    .description('make authorities, a server’s certificate, a key for device tokens, and the configuration of an agent')
    .option('--dir <directory>', 'where to put them', 'pki')
    .addOption(
      new Option('--host <name...>', 'names or IP addresses of the server, beside those of this machine')
        .argParser(host)
        .default([], 'none'),
    )
    .addOption(new Option('--agent-url <url>', 'address at which agents reach the service').argParser(agentUrl))
    .action(init);
  command.addHelpText(
    'after',
    '\nAuthorities are valid for ten years, certificates for one. agent/config.yaml is for devices: put it at\n/etc/flightctl/config.yaml, where an agent of Flight Control looks. It names the first host and port 7443 unless\n--agent-url says otherwise. Keys are readable for their owner only, and no\nfile is overwritten. For production have certificates from an authority that keeps its key in a safer place than a file.',
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

function agentUrl(text: string): string {
  if (URL.canParse(text) && new URL(text).protocol === 'https:') return text;
  throw new InvalidArgumentError('Expected an address such as https://muster.example.com:7443.');
}

async function init({ dir, host, agentUrl }: Options): Promise<void> {
  const paths = trialPaths(dir);
  const hosts = [...new Set([...host, ...localHosts])];
  const url = agentUrl ?? `https://${hostInUrl(hosts[0] ?? 'localhost')}:7443`;
  const { authority: ca, deviceAuthority: deviceCa, server, tokenKey, tokenPublicKey, enrollment, agentConfig } = paths;
  const identities = [ca, deviceCa, server, enrollment].flatMap(({ certificate, key }) => [certificate, key]);
  await requireNone([...identities, paths.clientAuthorities, agentConfig, tokenKey, tokenPublicKey]);
  const authority = await TrialAuthority.create('Muster trial authority', validFor(authorityDays));
  const devices = await TrialAuthority.create('Muster trial device CA', validFor(authorityDays));
  const enrolling = await devices.issue({
    subject: [{ CN: [`${enrollmentName}-trial`] }],
    usage: 'client',
    validity: validFor(enrollmentDays),
    extensions: flightctlExtensions(signers.enrollment),
  });
  const keys = newTokenKeys();
  const authorities = authority.identity.certificate;
  await writeNewFiles([
    ...identityFiles(ca, authority.identity),
    ...identityFiles(deviceCa, devices.identity),
    ...identityFiles(server, await authority.issueServer(hosts, validFor(serverDays))),
    ...identityFiles(enrollment, enrolling),
    { path: paths.clientAuthorities, text: authorities + devices.identity.certificate, secret: false },
    { path: agentConfig, text: agentConfigFile({ server: url, authorities, enrollment: enrolling }), secret: true },
    { path: tokenKey, text: keys.privateKey, secret: true },
    { path: tokenPublicKey, text: keys.publicKey, secret: false },
  ]);
  print(
    `Made in ${dir}:
  ca.crt, ca.key                  the certificate authority; the service never needs its key
  device-ca.crt, device-ca.key    the device CA: with its key the service issues devices their certificates
  client-ca.crt                   both authorities, whose certificates devices may show
  server.crt, server.key          the certificate of the service, for ${hosts.join(', ')}
  agent/config.yaml               the configuration of an agent that is to enroll at ${url}
  agent/enrollment.crt, .key      what it enrolls with, as files
  device-token.key                signs device tokens; the service never needs it
  device-token.pub                checks device tokens

Set for the service:
  MUSTER_API_TLS_CERT=${server.certificate}
  MUSTER_API_TLS_KEY=${server.key}
  MUSTER_AGENT_TLS_CERT=${server.certificate}
  MUSTER_AGENT_TLS_KEY=${server.key}
  MUSTER_AGENT_CLIENT_CA=${paths.clientAuthorities}
  MUSTER_DEVICE_CA_CERT=${deviceCa.certificate}
  MUSTER_DEVICE_CA_KEY=${deviceCa.key}
  MUSTER_AGENT_URL=${url}
  MUSTER_AGENT_SERVER_CA=${ca.certificate}
  MUSTER_DEVICE_TOKEN_KEYS=${tokenPublicKey}

Set for the user who runs commands:
  MUSTER_SERVER=https://${hostInUrl(hosts[0] ?? 'localhost')}:3443
  MUSTER_CA=${ca.certificate}

For each device, one of:
  ${agentConfig}, as /etc/flightctl/config.yaml of an agent of Flight Control
  muster pki device NAME${dir === 'pki' ? '' : ` --dir ${dir}`}
  muster token device NAME --key ${tokenKey}`,
  );
}

function hostInUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
