#!/usr/bin/env node
import { runCommandLine } from './command-line';

void runCommandLine(process.argv.slice(2), {
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
}).then((code) => { process.exitCode = code; });
