#!/usr/bin/env node
/*
 * Stands in for the plugin of Session Manager, which takes AWS at the other end: it is called by the real AWS CLI, checks
 * what it is given, and forwards the port itself.
 *
 * See https://github.com/aws/session-manager-plugin and awscli/customizations/sessionmanager.py.
 */
const net = require('node:net');

const [response, region, operation, , parameters, endpoint] = process.argv.slice(2);
if (response === '--version') {
  console.log('1.2.835.0');
  process.exit(0);
}

const session = JSON.parse(process.env[response] ?? response);
const { Target: target, DocumentName: document, Parameters: { host: [host], portNumber: [port], localPortNumber: [localPort] } } = JSON.parse(parameters);
const expectations = {
  operation: operation === 'StartSession',
  region: region === 'eu-west-1',
  endpoint: /^https?:/.test(endpoint),
  document: document === 'AWS-StartPortForwardingSessionToRemoteHost',
  target: /^ecs:[\w-]+_[0-9a-f]{32}_[0-9a-f]{32}-\d+$/.test(target),
  session: Boolean(session.SessionId && session.TokenValue && session.StreamUrl),
};
const broken = Object.keys(expectations).filter((it) => !expectations[it]);
if (broken.length > 0) {
  console.error(`unexpected ${broken.join(', ')}: ${process.argv.slice(2).join(' ')}`);
  process.exit(1);
}

console.log(`\nStarting session with SessionId: ${session.SessionId}`);
net.createServer((near) => {
  const far = net.connect(Number(port), host);
  near.pipe(far).pipe(near);
  [near, far].forEach((it) => it.on('error', () => [near, far].forEach((end) => end.destroy())));
  console.log(`\nConnection accepted for session [${session.SessionId}]`);
}).listen(Number(localPort), '127.0.0.1', () => {
  console.log(`Port ${localPort} opened for sessionId ${session.SessionId}.\nWaiting for connections...`);
}).on('error', (error) => {
  console.error(`Unable to start port: ${error.message}`);
  process.exit(1);
});
