import type { Fault } from '../fault.ts';
import { groupCount } from '../population.ts';

/** Row 11: reports of paused devices and the resume of the same devices are let go in the same moment. */
export const resumeAgainstReport: Fault = {
  row: 11,
  name: 'resume-against-report',
  async inject(scene, random) {
    const paused = new Set(await scene.makeConflicts());
    const devices = scene.population.devices.filter((device) => paused.has(device.name));
    for (let group = 0; group < groupCount; group += 1) {
      const racing = devices.filter((device) => device.labels['group'] === `g${group}`);
      const resume = () => scene.admin.decide('resume', { labelSelector: `group=g${group}` });
      const reports = racing.flatMap((device) =>
        Array.from({ length: 3 }, () => () => scene.population.report(device)),
      );
      await Promise.all(random.shuffle([resume, ...reports]).map((go) => go()));
      scene.fault(11, 'resume-against-report', 'races');
    }
  },
};
