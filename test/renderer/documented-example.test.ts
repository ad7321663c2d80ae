import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/logging/log.ts';
import { ExternalRenderer } from '../../src/renderer/external-renderer.ts';
import { until } from '../support/held-transactions.ts';
import { freePort } from '../support/servers.ts';
import { createTestClock } from '../support/test-context.ts';

const page = new URL('../../docs/renderer.md', import.meta.url);
const token = 'example';

test('the renderer in the documentation works as it stands there', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'muster-example-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mirror(join(directory, 'edge'));
  const renderer = await startExample(directory);

  const config = (repository: string) => [
    { name: 'git', gitRef: { repository, targetRevision: 'main', path: '/north/' } },
    { name: 'own', inline: [{ path: '/etc/own', content: 'o' }] },
  ];
  const device = { name: 'a', labels: {} };
  const rendered = await renderer.render({ config: config('edge'), os: { image: 'x:1' } }, device);
  const root = { contentEncoding: 'base64', user: 'root' };
  expect(rendered).toEqual({
    ok: true,
    spec: {
      os: { image: 'x:1' },
      consoles: [],
      config: [
        {
          name: '',
          inline: [
            { path: '/etc/motd', content: 'aGk=', mode: 0o644, ...root },
            { path: '/usr/local/bin/run', content: 'IyE=', mode: 0o755, ...root },
            { path: '/etc/own', content: 'bw==', mode: 0o644, ...root },
          ],
        },
      ],
    },
  });
  const nowhere = await renderer.render({ config: config('nowhere') }, device);
  expect(nowhere).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('nowhere') as string }] });
});

/** A repository with one commit on the branch main. */
async function mirror(path: string): Promise<void> {
  await mkdir(join(path, 'north/etc'), { recursive: true });
  await mkdir(join(path, 'north/usr/local/bin'), { recursive: true });
  await writeFile(join(path, 'north/etc/motd'), 'hi');
  await writeFile(join(path, 'north/usr/local/bin/run'), '#!', { mode: 0o755 });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=t', '-c', 'user.email=t', ...args]);
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
}

async function startExample(directory: string): Promise<ExternalRenderer> {
  const [, source = ''] = /```js\n([^]*?)```/.exec(await readFile(page, 'utf8')) ?? [];
  const script = join(directory, 'renderer.mjs');
  await writeFile(script, source);
  const port = await freePort();
  const env = { PATH: process.env['PATH'], MIRRORS: directory, TOKEN: token, PORT: String(port) };
  const child = spawn(process.execPath, [script], { env, stdio: 'inherit' });
  onTestFinished(() => {
    child.kill();
  });
  const url = `http://127.0.0.1:${port}/`;
  await until(async () => (await fetch(url).catch(() => undefined))?.status === 401);
  const renderer = new ExternalRenderer({
    url,
    timeoutMs: 10_000,
    token: () => token,
    ca: undefined,
    clock: createTestClock(),
    log: createLog('silent'),
  });
  onTestFinished(() => renderer.close());
  return renderer;
}
