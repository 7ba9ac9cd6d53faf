import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { freePort } from '../../src/rehearsal/free-port';

async function listener(port: number) {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test('is a port where a server can start, below those that systems give to connections', async () => {
  const { port, close } = await listener(await freePort());
  close();

  expect(port).toBeLessThan(32_768);
});

test('is another port where somebody listens already', async () => {
  const taken = await listener(0);
  const drawn = jest.spyOn(jest.requireActual('node:crypto'), 'randomInt');
  drawn.mockReturnValueOnce(taken.port).mockReturnValueOnce(taken.port);

  const port = await freePort();
  taken.close();

  expect(drawn).toHaveBeenCalledTimes(3);
  expect(port).not.toBe(taken.port);
});
