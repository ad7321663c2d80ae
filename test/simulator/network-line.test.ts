import { expect, test } from 'vitest';
import { NetworkLine } from '../../src/simulator/network-line.ts';

test('a line is up until it is cut, and then again once it is mended', async () => {
  const line = new NetworkLine();
  const first = await line.whenUp();
  line.cut();
  expect(first?.aborted).toBe(true);
  const waiting = line.whenUp();
  line.mend(0);
  expect((await waiting)?.aborted).toBe(false);
});

test('cutting a line ends a pause at once', async () => {
  const line = new NetworkLine();
  const pause = line.pause(3_600_000);
  line.cut();
  await expect(pause).resolves.toBeUndefined();
});

test('a line that is cut while a device is slow to notice that it is back stays cut', async () => {
  const line = new NetworkLine();
  line.cut();
  line.mend(3_600_000);
  let up = false;
  const waiting = line.whenUp().then((signal) => {
    up = true;
    return signal;
  });
  line.cut();
  await new Promise((done) => setTimeout(done, 20));
  expect(up).toBe(false);
  line.mend(0);
  expect((await waiting)?.aborted).toBe(false);
});

test('stopping ends every wait, for good', async () => {
  const line = new NetworkLine();
  line.cut();
  const waiting = line.whenUp();
  line.stop();
  expect(await waiting).toBeUndefined();
  line.mend(0);
  expect(await line.whenUp()).toBeUndefined();
});
