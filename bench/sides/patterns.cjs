// As the AWS CDK's own patterns make it, with every default but those that warn: the report of warnings would cost time of its own.
const { RemovalPolicy } = require('aws-cdk-lib');
const ecs = require('aws-cdk-lib/aws-ecs');
const patterns = require('aws-cdk-lib/aws-ecs-patterns');
const rds = require('aws-cdk-lib/aws-rds');

exports.defineShared = (stack, vpc) => ({
  cluster: new ecs.Cluster(stack, 'Cluster', { vpc }),
  orders: new rds.DatabaseInstance(stack, 'Orders', {
    vpc, engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }), databaseName: 'app', removalPolicy: RemovalPolicy.RETAIN,
  }),
});

exports.defineService = (stack, vpc, id, { cluster, orders }) => {
  const { service } = new patterns.ApplicationLoadBalancedFargateService(stack, id, {
    cluster,
    minHealthyPercent: 100,
    circuitBreaker: { rollback: true },
    taskImageOptions: {
      image: ecs.ContainerImage.fromRegistry(`public.ecr.aws/docker/library/node@sha256:${'0'.repeat(64)}`),
      containerPort: 8080,
      environment: { LOG_LEVEL: 'info', PGHOST: orders.dbInstanceEndpointAddress, PGDATABASE: 'app' },
      secrets: { PGUSER: ecs.Secret.fromSecretsManager(orders.secret, 'username'), PGPASSWORD: ecs.Secret.fromSecretsManager(orders.secret, 'password') },
    },
  });
  orders.connections.allowDefaultPortFrom(service);
};
