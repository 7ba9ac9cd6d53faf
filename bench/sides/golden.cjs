// As a user of this package writes it.
const ec2 = require('aws-cdk-lib/aws-ec2');
const golden = require(process.env.BENCH_PACKAGE ?? '../..');
const { Audience, Ingress, ManagedPostgres, PlatformService, PostgresVersion, ServiceConfig, ServiceImage } = golden;

// Ten services at their most would not fit into the connections of the default instance class.
exports.defineShared = (stack, vpc) => new ManagedPostgres(stack, 'Orders', {
  vpc, version: PostgresVersion.V17, instanceType: new ec2.InstanceType('m7g.4xlarge'),
});

exports.defineService = (stack, vpc, id, orders) => {
  const api = new PlatformService(stack, id, {
    vpc,
    image: ServiceImage.fromRegistry(`public.ecr.aws/docker/library/node@sha256:${'0'.repeat(64)}`),
    ingress: Ingress.https({ domain: { name: `${id.toLowerCase()}.example.com`, hostedZoneId: 'Z0123456789ABCDEFGHIJ' }, openTo: Audience.internet() }),
    config: new ServiceConfig({ variables: { LOG_LEVEL: 'info' }, secrets: ['STRIPE_API_KEY'], secretName: 'prod/api', flags: ['new-checkout'] }),
  });
  api.connectTo(orders);
};
