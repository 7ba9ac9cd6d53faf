import closeWithGrace from 'close-with-grace';
import type { Logger } from '../logging/logger.js';

/**
 * Ends the process with code 0 once `close` is done, with 1 when it takes longer than the
 * deadline. The deadline is kept below the platform's own (30 s on ECS), which kills without a trace.
 */
export function exitGracefully(logger: Logger, deadlineSeconds: number, close: () => Promise<void>): void {
  closeWithGrace(
    {
      delay: deadlineSeconds * 1000,
      logger,
      onTimeout: () => logger.error({ deadlineSeconds }, 'shutdown deadline passed, exiting with work unfinished'),
    },
    async ({ signal, err }) => {
      if (err) logger.fatal({ err }, 'unexpected error, shutting down');
      else logger.info({ signal }, 'shutting down');
      await close();
      logger.info('shutdown complete');
    },
  );
}
