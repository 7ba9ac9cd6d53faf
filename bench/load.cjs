// Says what `require` of the package costs beyond an aws-cdk-lib with Stack and Stage touched.
const cdk = require('aws-cdk-lib');
void [cdk.Stack, cdk.Stage];

const before = process.cpuUsage();
require('..');
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpuMs: (user + system) / 1000 }));
