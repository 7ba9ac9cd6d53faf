import { readFileSync } from 'node:fs';

/**
 * The rules that the configuration ignores without saying why.
 *
 * @param {string} file
 * @returns {string[]}
 */
export function unexplained(file) {
  const entries = readFileSync(file, 'utf-8').split('\n').filter((line) => !line.trim().startsWith('#'));
  return [
    ...entries.filter((line) => /^\s*-/.test(line) && !/#\s*\S+/.test(line)).map((line) => line.trim()),
    // A list on one line has no room for a reason per rule.
    ...entries.filter((line) => /:\s*\[\s*[^\]\s]/.test(line)).map((line) => line.trim()),
  ];
}
