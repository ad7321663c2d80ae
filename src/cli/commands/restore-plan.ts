import { Command, Option } from 'commander';
import { planTemplate, templateNames, type TemplateName } from '../../restoring/plan-templates.ts';
import { addExamples } from '../examples.ts';

/** `muster restore plan` */
export function restorePlanCommand(): Command {
  const command = new Command('plan')
    .description('print a plan of a restore to edit; every line has its comment')
    .addOption(
      new Option('--for <platform>', 'where the services and the database run')
        .choices(templateNames)
        .makeOptionMandatory(),
    )
    .action((options: { for: TemplateName }) => {
      process.stdout.write(planTemplate(options.for));
    });
  command.addHelpText(
    'after',
    '\nThe actions of a plan are commands; nothing about a platform is built in. The templates were never run on a real cluster: try yours with\n--dry-run, and in a drill.',
  );
  return addExamples(command, [
    { line: 'muster restore plan --for kubernetes > plan.yaml' },
    { line: 'muster restore plan --for quadlet > plan.yaml' },
  ]);
}
