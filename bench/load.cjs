// Says what `require` of the package costs beyond an aws-cdk-lib with Stack and Stage touched, and what all of it costs once each part is used.
const cdk = require('aws-cdk-lib');
void [cdk.Stack, cdk.Stage];

const before = process.cpuUsage();
const spent = () => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
const golden = require('..');
const requireCpuMs = spent();
Object.keys(golden).forEach((name) => golden[name]);
console.log(JSON.stringify({ requireCpuMs, allCpuMs: spent() }));
