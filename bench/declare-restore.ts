import postgres from 'postgres';
import { createContext } from '../src/context.ts';
import { createLog } from '../src/log.ts';
import { declareRestore } from '../src/usecases/declare-restore.ts';
import { medianMs, row, type Bench, type Rig } from './harness.ts';

const smallFleet = 1_000;
const largeFleet = 1_000_000;

/** What stamping a fleet costs: with a thousand devices, with a million, and the way that rewrites every row. */
export const declareRestoreBench: Bench = {
  name: 'declare-restore',
  async run(rig) {
    const small = await declareMs(rig, await rig.databaseWith(smallFleet));
    const largeUrl = await rig.databaseWith(largeFleet);
    const large = await declareMs(rig, largeUrl);
    const rewriting = await rewriteMs(largeUrl);
    return [
      row(
        'declare a restore, 1,000,000 devices, against 1,000',
        'ms',
        { figure: large, baseline: small },
        { atMost: 3 },
      ),
      row(
        'one UPDATE that stamps 1,000,000 rows, against declaring',
        'ms',
        { figure: rewriting, baseline: large },
        { atLeast: 1_000 },
      ),
    ];
  },
};

async function declareMs(rig: Rig, url: string): Promise<number> {
  const context = await createContext(rig.config(url), createLog('error'));
  try {
    return await medianMs(31, () => declareRestore(context, { declaredBy: 'service:bench' }));
  } finally {
    await context.destroy();
  }
}

async function rewriteMs(url: string): Promise<number> {
  const client = postgres(url, { max: 1 });
  try {
    return await medianMs(1, () => client`UPDATE device_positions SET answered_at = now()`);
  } finally {
    await client.end();
  }
}
