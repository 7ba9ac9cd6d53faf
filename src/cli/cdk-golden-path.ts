#!/usr/bin/env node
import { runCommandLine } from './command-line';

// Whoever reads the output may stop in the middle: `--help | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

void runCommandLine(process.argv.slice(2), {
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
}).then((code) => { process.exitCode = code; });
