import Fastify, { LogController, type FastifyBaseLogger, type FastifyError } from 'fastify';
import { DomainError } from '../errors/domain-error.js';
import type { Lifecycle } from '../lifecycle/lifecycle.js';
import type { Logger } from '../logging/logger.js';
import { runInTrace } from '../tracing/trace-context.js';
import { traceIdOf } from '../tracing/trace-id.js';
import { problem, PROBLEM_JSON, toProblem } from './problem.js';
import { zodValidator, type Api, type ZodTypeProvider } from './zod-type-provider.js';

/** Longer than the 60 seconds after which a load balancer drops an idle connection, so that it, not we, closes it. */
const KEEP_ALIVE_MILLISECONDS = 65_000;

export interface ServerOptions {
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  /** Whether the routes can work at all; health checks are answered in any case. */
  readonly connected: () => boolean;
  readonly healthRoutes: (api: Api) => void;
  readonly routes: (api: Api) => void;
}

export function createServer({ logger, lifecycle, connected, healthRoutes, routes }: ServerOptions): Api {
  const server = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ requestIdLogLabel: 'traceId' }),
    genReqId: ({ headers }) => traceIdOf(headers),
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    requestTimeout: 30_000,
    bodyLimit: 65_536,
    // While draining, what still arrives on an open connection is served like everything else.
    return503OnClosing: false,
  })
    .setValidatorCompiler(zodValidator)
    .withTypeProvider<ZodTypeProvider>();

  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-trace-id', request.id);
  });
  server.addHook('preHandler', (request, _reply, done) => runInTrace(request.id, done));
  server.addHook('onSend', async (_request, reply) => {
    // Without this an idle keep-alive connection would hold the server open past its deadline.
    if (lifecycle.draining) reply.header('connection', 'close');
  });

  server.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type(PROBLEM_JSON)
      .send(problem(404, undefined, `There is nothing at ${request.method} ${request.url}.`)),
  );
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const answer = toProblem(error);
    if (answer.status >= 500) request.log.error({ err: error }, 'request failed');
    else request.log.info({ problem: answer.type, detail: answer.detail }, 'request refused');
    if (answer.status === 503) reply.header('retry-after', '5');
    return reply.code(answer.status).type(PROBLEM_JSON).send(answer);
  });

  healthRoutes(server);
  server.register(async (api: Api) => {
    api.addHook('onRequest', async () => {
      if (!connected())
        throw new DomainError('unavailable', 'database-unreachable', 'The database has not answered yet.');
    });
    routes(api);
  });
  return server;
}
