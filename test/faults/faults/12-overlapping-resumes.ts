import type { Fault } from '../fault.ts';

/** Row 12: eight people resume at once, with selectors that overlap. */
export const overlappingResumes: Fault = {
  row: 12,
  name: 'overlapping-resumes',
  async inject(scene, random) {
    const paused = await scene.makeConflicts();
    const selectors = [
      'rig=yes',
      'home=fleet-a',
      'home=fleet-b',
      'group in (g0,g1,g2,g3)',
      'group in (g2,g3,g4,g5)',
      'group in (g4,g5,g6,g7)',
      'home in (fleet-a,fleet-c)',
    ];
    const choices = [
      ...selectors.map((labelSelector) => ({ labelSelector })),
      { fieldSelector: `metadata.name=${paused[0] ?? 'd000'}` },
    ];
    const answers = await Promise.all(random.shuffle(choices).map((choice) => scene.admin.decide('resume', choice)));
    scene.fault(12, 'overlapping-resumes', 'clients', answers.length);
    const resumed = answers.flatMap((answer) => answer.names);
    scene.fault(12, 'overlapping-resumes', 'devices resumed', new Set(resumed).size);
  },
};
