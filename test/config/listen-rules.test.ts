import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, type Config, type Environment } from '../../src/config/config.ts';
import { guardedListeners, requireGuard } from '../../src/config/listen-rules.ts';

const apiTls = { MUSTER_API_TLS_CERT: 'a.crt', MUSTER_API_TLS_KEY: 'a.key' };
const agentTls = { MUSTER_AGENT_TLS_CERT: 'b.crt', MUSTER_AGENT_TLS_KEY: 'b.key' };
const issuer = 'https://sso.example.com';
const mutual = { MUSTER_AGENT_CLIENT_CA: 'ca.crt' };
const forwarded = { ...mutual, MUSTER_FORWARDED_CERT_HEADER: 'X-Client-Cert' };

function problemsOf(env: Environment): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').map((line) => line.split(':')[0] ?? '');
    throw error;
  }
}

describe('settings that need each other', () => {
  test.each<[Environment, string[]]>([
    [{ MUSTER_API_TLS_CERT: 'a.crt' }, ['MUSTER_API_TLS_KEY']],
    [{ MUSTER_API_TLS_KEY: 'a.key' }, ['MUSTER_API_TLS_CERT']],
    [{ MUSTER_AGENT_TLS_CERT: 'b.crt' }, ['MUSTER_AGENT_TLS_KEY']],
    [{ MUSTER_AGENT_TLS_KEY: 'b.key' }, ['MUSTER_AGENT_TLS_CERT']],
    [mutual, ['MUSTER_AGENT_CLIENT_CA']],
    [forwarded, ['MUSTER_TRUSTED_PROXIES']],
    [{ MUSTER_FORWARDED_CERT_HEADER: 'X-Client-Cert', MUSTER_TRUSTED_PROXIES: '::1' }, ['MUSTER_AGENT_CLIENT_CA']],
    [{ MUSTER_OIDC_ISSUER: issuer }, ['MUSTER_OIDC_AUDIENCE']],
    [{ MUSTER_OIDC_AUDIENCE: 'muster' }, ['MUSTER_OIDC_ISSUER']],
    [{ MUSTER_OIDC_CLIENT_ID: 'muster' }, ['MUSTER_OIDC_ISSUER']],
  ])('%j name what is missing', (env, problems) => {
    expect(problemsOf(env)).toEqual(problems);
  });

  test.each<[Environment]>([
    [{}],
    [apiTls],
    [agentTls],
    [{ ...agentTls, ...mutual }],
    [{ ...forwarded, MUSTER_TRUSTED_PROXIES: '10.0.0.0/8, ::1' }],
    [{ MUSTER_DEVICE_TOKEN_KEYS: 'keys.pub' }],
    [{ MUSTER_OIDC_ISSUER: issuer, MUSTER_OIDC_AUDIENCE: 'muster' }],
    [{ MUSTER_OIDC_ISSUER: issuer, MUSTER_OIDC_CLIENT_ID: 'muster' }],
  ])('%j are enough', (env) => {
    expect(problemsOf(env)).toEqual([]);
  });

  test.each<[Environment, string]>([
    [{ MUSTER_TRUSTED_PROXIES: 'proxy.example.com' }, 'MUSTER_TRUSTED_PROXIES'],
    [{ MUSTER_FORWARDED_CERT_HEADER: 'X Client Cert' }, 'MUSTER_FORWARDED_CERT_HEADER'],
  ])('%j is not what was expected', (env, name) => {
    expect(problemsOf(env)).toContain(name);
  });

  test('of many addresses that are none the first is named, and no others', () => {
    const MUSTER_TRUSTED_PROXIES = `10.0.0.7,${Array.from({ length: 100 }, (_, n) => `proxy-${n}`).join(',')}`;
    expect(() => readConfig({ MUSTER_TRUSTED_PROXIES })).toThrow(/found "proxy-0"$/);
  });
});

describe('a listener', () => {
  const check = (env: Environment) => () => {
    const config: Config = readConfig(env);
    for (const listener of guardedListeners(config)) requireGuard(listener);
  };

  test.each(['127.0.0.1', '127.1.2.3', 'localhost', '[::1]'])('may be on %s with nothing', (host) => {
    expect(check({ MUSTER_API_LISTEN: `${host}:1`, MUSTER_AGENT_LISTEN: `${host}:2` })).not.toThrow();
  });

  test.each<[string, Environment, RegExp]>([
    ['with nothing', {}, /MUSTER_AGENT_CLIENT_CA or MUSTER_DEVICE_TOKEN_KEYS, and MUSTER_AGENT_TLS_CERT and/],
    ['with TLS alone', agentTls, /: set MUSTER_AGENT_CLIENT_CA or MUSTER_DEVICE_TOKEN_KEYS; or listen/],
    [
      'with tokens in clear',
      { MUSTER_DEVICE_TOKEN_KEYS: 'k' },
      /: set MUSTER_AGENT_TLS_CERT and MUSTER_AGENT_TLS_KEY;/,
    ],
    [
      'with forwarded certificates in clear',
      { ...forwarded, MUSTER_TRUSTED_PROXIES: '10.0.0.1' },
      /: set MUSTER_AGENT_TLS_CERT and MUSTER_AGENT_TLS_KEY;/,
    ],
  ])('for devices may not be beyond loopback %s', (_what, env, message) => {
    for (const host of ['0.0.0.0', '10.0.0.1', '[::]', 'muster.example.com', '127.0.0.1.example.com']) {
      const listen = { MUSTER_AGENT_LISTEN: `${host}:7443` };
      expect(check({ ...env, ...listen })).toThrow(/^MUSTER_AGENT_LISTEN: .* is no loopback address/);
      expect(check({ ...env, ...listen })).toThrow(message);
    }
  });

  test.each<[string, Environment, RegExp]>([
    ['with nothing', {}, /: set MUSTER_OIDC_ISSUER or MUSTER_TOKENS_FILE, and MUSTER_API_TLS_CERT and/],
    ['with TLS alone', apiTls, /: set MUSTER_OIDC_ISSUER or MUSTER_TOKENS_FILE; or listen/],
    [
      'with tokens in clear',
      { MUSTER_TOKENS_FILE: 't' },
      /: set MUSTER_API_TLS_CERT and MUSTER_API_TLS_KEY; or listen/,
    ],
    [
      'with an issuer in clear',
      { MUSTER_OIDC_ISSUER: issuer, MUSTER_OIDC_AUDIENCE: 'muster' },
      /: set MUSTER_API_TLS_CERT and MUSTER_API_TLS_KEY; or listen/,
    ],
  ])('for administrators may not be beyond loopback %s', (_what, env, message) => {
    const listen = { MUSTER_API_LISTEN: '0.0.0.0:3443' };
    expect(check({ ...env, ...listen })).toThrow(/^MUSTER_API_LISTEN: 0\.0\.0\.0 is no loopback address/);
    expect(check({ ...env, ...listen })).toThrow(message);
    expect(check(env)).not.toThrow();
  });

  test('may be anywhere with both', () => {
    const both = { ...apiTls, ...agentTls, ...mutual, MUSTER_TOKENS_FILE: 'tokens.yaml' };
    expect(check({ ...both, MUSTER_API_LISTEN: '0.0.0.0:3443', MUSTER_AGENT_LISTEN: '[::]:7443' })).not.toThrow();
  });
});
