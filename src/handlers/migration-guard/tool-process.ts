import type { Reply, Request } from './tool-messages';
import { failureOf, type ToolOptions, TypeormTool } from './typeorm-tool';

/** The argument that makes a program the tool; the data source comes after it. */
export const AS_TOOL = 'typeorm-tool';

/** Answers whoever started this process, and goes with it: a tool without a guard has no lock. */
export function runTool(dataSource: string, options: ToolOptions): void {
  const say = (reply: Reply) => void process.send!(reply);
  process.on('SIGTERM', () => process.exit(1));
  process.on('SIGINT', () => undefined); // the guard says when
  process.once('disconnect', () => process.exit(1));
  const loading = TypeormTool.load(dataSource, say, options);
  loading.catch(() => undefined); // whoever asks is told
  process.on('message', (request: Request) => {
    void loading.then(({ connect }) => connect()).then(tool => tool.answer(request)).catch(error => say(failureOf(error)));
  });
}
