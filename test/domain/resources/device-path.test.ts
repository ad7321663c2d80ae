import { describe, expect, test } from 'vitest';
import { cleanDevicePath, devicePathProblem } from '../../../src/domain/resources/device-path.ts';

describe('a path of a device', () => {
  test.each([
    '/etc/motd',
    '/etc/flightctl/config.d/a.yaml',
    '/etc/flightctl/hooks.d/x',
    '/var/lib/flightctl2/x',
    '/a b',
  ])('may be %s', (path) => {
    expect(devicePathProblem(path)).toBeUndefined();
  });

  test.each([
    ['etc/motd', 'absolute'],
    ['../etc/motd', 'absolute'],
    ['', 'absolute'],
    ['/etc/a:/etc/b', 'without ":"'],
    ['/', 'below "/"'],
    ['/etc/..', 'below "/"'],
    ['/var/lib/flightctl', 'outside /var/lib/flightctl'],
    ['/var/lib/flightctl/desired.json', 'outside /var/lib/flightctl'],
    ['/var/./lib//flightctl/x', 'outside /var/lib/flightctl'],
    ['/var/lib/other/../flightctl/x', 'outside /var/lib/flightctl'],
    ['/usr/lib/flightctl/hooks.d/x', 'outside /usr/lib/flightctl'],
    ['/etc/flightctl/certs', 'outside /etc/flightctl/certs'],
    ['/../etc/flightctl/certs/agent.key', 'outside /etc/flightctl/certs'],
    ['/etc/flightctl/config.yaml', 'another path'],
    ['/etc/flightctl//config.yml/', 'another path'],
  ])('may not be %j: expected one %s', (path, words) => {
    expect(devicePathProblem(path)).toContain(words);
  });

  test('has one spelling', () => {
    expect(['/etc//motd', '/etc/./motd', '/etc/x/../motd', '/etc/motd/'].map(cleanDevicePath)).toEqual(
      Array.from({ length: 4 }, () => '/etc/motd'),
    );
  });
});
