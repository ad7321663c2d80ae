import { withClient } from './fleet.ts';
import { quantile, row, timesMs, type Bench } from './harness.ts';
import { startService } from './service.ts';

const smallFleet = 1_000;

/** Costs of stamping a fleet: with a thousand devices, with a million, and by rewriting every row. */
export const declareRestoreBench: Bench = {
  name: 'declare-restore',
  async run(rig) {
    const small = await declareMs(await rig.databaseWith(smallFleet));
    const url = await rig.databaseWith(rig.fleet);
    const large = await declareMs(url);
    const [rewriting = Number.NaN] = await withClient(url, (client) =>
      timesMs(1, () => client`UPDATE device_positions SET answered_at = now()`),
    );
    const fleet = rig.fleet.toLocaleString('en');
    return [
      row(
        `declare a restore, ${fleet} devices, against 1,000`,
        'ms',
        { figure: large, baseline: small },
        { atMost: 3 },
      ),
      row(
        `one UPDATE that stamps ${fleet} rows, against declaring`,
        'ms',
        { figure: rewriting, baseline: large },
        { atLeast: 1_000 },
      ),
    ];
  },
};

async function declareMs(url: string): Promise<number> {
  const service = await startService(url);
  try {
    await timesMs(5, () => service.declare());
    return quantile(await timesMs(31, () => service.declare()), 0.5);
  } finally {
    await service.stop();
  }
}
