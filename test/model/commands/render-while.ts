import * as fc from 'fast-check';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { BeginRender } from './begin-render.ts';
import { Declare } from './declare.ts';
import { DeliverReports } from './deliver-reports.ts';
import { device } from './choices.ts';
import { Edit } from './edit.ts';
import { EverybodyReports } from './everybody-reports.ts';
import { FinishRender } from './finish-render.ts';
import { ModelCommand } from './model-command.ts';
import { Reimage } from './reimage.ts';
import { RenderJob } from './render-job.ts';
import { Restore } from './restore.ts';
import { Resume } from './resume.ts';
import { SendReport } from './send-report.ts';

type Meanwhile =
  | SendReport
  | Reimage
  | DeliverReports
  | EverybodyReports
  | Restore
  | Declare
  | Resume
  | Edit
  | RenderJob;

const meanwhile: fc.Arbitrary<Meanwhile> = fc.oneof(
  { weight: 3, arbitrary: SendReport.arbitrary },
  { weight: 2, arbitrary: DeliverReports.arbitrary },
  { weight: 2, arbitrary: Reimage.arbitrary },
  { weight: 2, arbitrary: EverybodyReports.arbitrary },
  { weight: 2, arbitrary: Restore.arbitrary },
  { weight: 1, arbitrary: Declare.arbitrary },
  { weight: 1, arbitrary: Resume.arbitrary },
  { weight: 3, arbitrary: Edit.arbitrary },
  { weight: 2, arbitrary: RenderJob.arbitrary },
);

/** Things happen between the moment at which a sweep reads what there is to render, and its commit. */
export class RenderWhile extends ModelCommand<{ device: number; meanwhile: Meanwhile[] }> {
  static readonly arbitrary: fc.Arbitrary<RenderWhile> = fc
    .record({ device, meanwhile: fc.array(meanwhile, { minLength: 1, maxLength: 3 }) })
    .map((choice) => new RenderWhile(choice));

  override check(world: Readonly<World>): boolean {
    return new BeginRender(this.choice).check(world);
  }

  async run(world: World, system: System): Promise<void> {
    await new BeginRender(this.choice).run(world, system);
    for (const command of this.choice.meanwhile) if (command.check(world)) await command.run(world, system);
    const finish = new FinishRender({});
    if (finish.check(world)) await finish.run(world, system);
  }

  override toString(): string {
    return `RenderWhile(${this.choice.device}, [${this.choice.meanwhile.join(', ')}])`;
  }
}
