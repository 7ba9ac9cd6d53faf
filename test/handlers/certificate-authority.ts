import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where a server finds its certificate, and the authority that its clients have to trust. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly authorityFile: string;
  readonly authority: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate for `localhost`, and for no address, signed by an authority that exists only in this directory. */
export function certificateFor(host: string, directory: string): Certificate {
  const file = (name: string) => path.join(directory, name);

  openssl('req', '-x509', ...NEW_KEY, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-days', '2', '-subj', '/CN=Test authority');
  openssl('req', ...NEW_KEY, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', `/CN=${host}`);
  fs.writeFileSync(file('server.ext'), `subjectAltName=DNS:${host}\n`);
  openssl('x509', '-req', '-in', file('server.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-set_serial', '1',
    '-days', '2', '-extfile', file('server.ext'), '-out', file('server.pem'));
  fs.chmodSync(file('server.key'), 0o600);

  return {
    certificateFile: file('server.pem'),
    keyFile: file('server.key'),
    authorityFile: file('ca.pem'),
    authority: fs.readFileSync(file('ca.pem'), 'utf8'),
  };
}

/** A certificate for a client of this name, signed by the authority of this directory. */
export function clientCertificateFor(name: string, directory: string): { cert: string; key: string } {
  const file = (extension: string) => path.join(directory, `client.${extension}`);
  openssl('req', ...NEW_KEY, '-keyout', file('key'), '-out', file('csr'), '-subj', `/CN=${name}`);
  openssl('x509', '-req', '-in', file('csr'), '-CA', path.join(directory, 'ca.pem'), '-CAkey', path.join(directory, 'ca.key'), '-set_serial', '2',
    '-days', '2', '-out', file('pem'));
  return { cert: fs.readFileSync(file('pem'), 'utf8'), key: fs.readFileSync(file('key'), 'utf8') };
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
