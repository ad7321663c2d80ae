#!/usr/bin/env node
import { exitCodes } from '../client/failures.ts';
import { run } from './run.ts';

// The reader of the output may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

const exitCode = await run(process.argv.slice(2));
// What a command has set itself stands.
if (exitCode !== exitCodes.done) process.exitCode = exitCode;
