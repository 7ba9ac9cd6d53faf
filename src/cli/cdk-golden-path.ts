#!/usr/bin/env node
import { runCommandLine } from './command-line';

// Whoever reads the output may stop in the middle: `run … | head`. What was begun is brought to its end all the same.
[process.stdout, process.stderr].forEach((stream) => stream.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') {
    throw error;
  }
}));

void runCommandLine(process.argv.slice(2), {
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
}).then((code) => { process.exitCode = code; });
