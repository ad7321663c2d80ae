import * as fc from 'fast-check';
import { ConfigError, readConfig, settings } from '../../../src/config/config.ts';
import { durationMs, listen } from '../../../src/config/setting-forms.ts';
import { fuzzTarget, parsedOrRefused, require } from '../fuzz-target.ts';
import { mutated } from '../mutations.ts';

const value = fc.constantFrom(
  '127.0.0.1:3443',
  '[::1]:0',
  'localhost:65535',
  '90s',
  '1.5h',
  '500ms',
  '0',
  '17',
  'true',
  'postgres://a:b@c/d?e=f',
  'rediss://:pw@h:1/0',
  'https://issuer.example/realms/a',
  '10.0.0.0/8, fd00::/8',
  'password,token',
  'muster-admin=admin,a=b=viewer',
  'X-Forwarded-Client-Cert',
  'declare',
);

export const everySetting = fuzzTarget('settings', {
  runs: 300,
  input: fc.tuple(fc.constantFrom(...Object.values(settings).map(({ env }) => env)), mutated(value)),
  check([name, text]) {
    parsedOrRefused(
      () => readConfig({ [name]: text }),
      (error) => error instanceof ConfigError && /^[A-Z_]+/.test(error.message) && error.message.length < 2_000,
    );
  },
});

const duration = durationMs('1s');
const address = listen('127.0.0.1:0');

export const durations = fuzzTarget('durations', {
  input: mutated(fc.constantFrom('90s', '2m', '1.5h', '500ms', '7')),
  check(text) {
    const read = duration.safeParse(text);
    if (!read.success) return;
    require(read.data >= 0 && read.data < 2 ** 31, 'a duration is one that a timer takes');
    require(duration.parse(`${read.data.toFixed(6)}ms`) - read.data < 1e-3, 'a duration that is written is read again');
  },
});

export const addresses = fuzzTarget('listen addresses', {
  input: mutated(fc.constantFrom('127.0.0.1:3443', '[::1]:0', 'localhost:65535', '0.0.0.0:80')),
  check(text) {
    const read = address.safeParse(text);
    if (!read.success) return;
    const { host, port } = read.data;
    require(Number.isInteger(port) && port >= 0 && port <= 65_535, 'a port is a port');
    require(address.parse(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`).host ===
      host, 'an address that is written is read again');
  },
});
