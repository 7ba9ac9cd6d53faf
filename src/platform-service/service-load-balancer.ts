import { Duration, Names, Stack, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { Ingress } from './ingress';
import { loadBalancerSubnets } from './service-validation';
import type { SharedPlatform } from './shared-platform';
import { keepTagsOffStack } from './stack-tags';
import type { DomainName } from '../environment/platform-environment';
import type { TierDefaults } from '../policy/tier-defaults';
import { misplaced } from '../private/account-and-region';
import { acknowledge, inCompliancePacks, inNistAndHipaa, PACKS } from '../private/acknowledge';
import { description } from '../private/description';
import { invalid } from '../private/invalid';
import { takeName } from '../private/taken-name';

export interface ServiceLoadBalancerProps {
  readonly vpc: ec2.IVpc;
  readonly ingress: Ingress;
  readonly shared: SharedPlatform;
  readonly defaults: TierDefaults;
  readonly deregistrationDelay: Duration;
}

/**
 * The load balancer of a web service, with two target groups between which ECS moves the traffic.
 *
 * ECS rewrites the weights of the production rule at every deployment, and CloudFormation would put the declared ones
 * back whenever the rule changes, in the template or by the tags of its stack, sending traffic to a target group
 * without tasks (https://github.com/aws/aws-cdk/issues/36649). So nothing in the rule or in what it names depends on
 * any input, and its stack has no tags: it is frozen, and `test/platform-service/frozen-rule.test.ts` holds it.
 */
export class ServiceLoadBalancer extends Construct {
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  public readonly blue: elbv2.ApplicationTargetGroup;
  public readonly green: elbv2.ApplicationTargetGroup;
  public readonly productionRule: elbv2.ApplicationListenerRule;
  public readonly record?: route53.ARecord;

  constructor(scope: Construct, id: string, props: ServiceLoadBalancerProps) {
    super(scope, id);
    const { ingress } = props;

    mustBeOfThisRegion(this, ingress.certificate);
    mustAdmitItsOwn(this, ingress);
    claim(this, ingress.domain);
    const zone = ingress.domain && this.zoneOf(ingress.domain);

    this.loadBalancer = this.defineLoadBalancer(props);
    // A target group belongs to one load balancer, and another audience may mean another load balancer.
    const scheme = ingress.openTo.internetFacing ? 'Public' : 'Private';
    this.blue = this.defineTargetGroup(`${scheme}Blue`, props);
    this.green = this.defineTargetGroup(`${scheme}Green`, props);
    this.productionRule = this.defineProductionRule(this.defineListener(ingress.certificate ?? this.defineCertificate(ingress, zone)));

    this.admit(ingress);
    this.guard(ingress, props.shared);
    this.keepAccessLogs(props.shared);
    if (zone) {
      const target = route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(this.loadBalancer));
      this.record = new route53.ARecord(this, 'Record', { zone, target });
    }
  }

  private defineLoadBalancer({ vpc, ingress, defaults }: ServiceLoadBalancerProps): elbv2.ApplicationLoadBalancer {
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      vpcSubnets: loadBalancerSubnets(this.node.scope!, vpc, ingress.openTo.internetFacing),
      internetFacing: ingress.openTo.internetFacing,
      idleTimeout: ingress.idleTimeout,
      deletionProtection: defaults.deletionProtection,
      dropInvalidHeaderFields: true,
      securityGroup: new ec2.SecurityGroup(this, 'SecurityGroup', {
        vpc, description: description(`Load balancer of ${this.node.scope!.node.path}`), allowAllOutbound: false,
      }),
    });
    if (!defaults.deletionProtection) {
      acknowledge(loadBalancer, 'Below PROD an environment is removed as a whole, and a protected load balancer would keep its stack from being deleted.',
        ...inNistAndHipaa('ELBDeletionProtectionEnabled'));
    }
    return loadBalancer;
  }

  private defineTargetGroup(id: string, props: ServiceLoadBalancerProps): elbv2.ApplicationTargetGroup {
    const { vpc, ingress, deregistrationDelay } = props;
    return new elbv2.ApplicationTargetGroup(this, id, {
      vpc,
      // ECS registers each task with the port of its container; another port here would replace the group under its traffic.
      port: 80,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targetType: elbv2.TargetType.IP,
      deregistrationDelay,
      healthCheck: {
        path: ingress.healthPath,
        healthyHttpCodes: ingress.healthyHttpCodes,
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
  }

  private defineCertificate({ domain }: Ingress, zone?: route53.IHostedZone): acm.ICertificate {
    return new acm.Certificate(this, 'Certificate', { domainName: domain!.name, validation: acm.CertificateValidation.fromDns(zone) });
  }

  private defineListener(certificate: acm.ICertificate): elbv2.ApplicationListener {
    return this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: elbv2.ApplicationProtocol.HTTPS,
      open: false,
      certificates: [certificate],
      sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
      defaultAction: elbv2.ListenerAction.fixedResponse(404),
    });
  }

  private defineProductionRule(listener: elbv2.ApplicationListener): elbv2.ApplicationListenerRule {
    const rule = new elbv2.ApplicationListenerRule(this, 'ProductionRule', {
      listener,
      priority: 1,
      conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])],
      action: elbv2.ListenerAction.weightedForward([{ targetGroup: this.blue, weight: 100 }, { targetGroup: this.green, weight: 0 }]),
    });
    (rule.node.defaultChild as elbv2.CfnListenerRule).addPropertyDeletionOverride('Tags');
    keepTagsOffStack(this);
    return rule;
  }

  private admit({ openTo }: Ingress): void {
    const [securityGroup] = this.loadBalancer.connections.securityGroups;
    openTo.peers.forEach((peer) => securityGroup.addIngressRule(peer, ec2.Port.HTTPS, 'HTTPS from the named audience'));
    if (!openTo.internetFacing && openTo.peers.some((peer) => Token.isUnresolved(peer.uniqueId))) {
      acknowledge(securityGroup, 'It admits a range that is known at deployment only, to private addresses, for HTTPS and nothing else.',
        `${PACKS.aws}-EC23`, ...inCompliancePacks('EC2RestrictedCommonPorts'), ...inCompliancePacks('EC2RestrictedSSH'));
    }
    if (openTo.everybody) {
      openTo.peers.forEach((peer) => securityGroup.addIngressRule(peer, ec2.Port.HTTP, 'Redirected to HTTPS'));
      const http = this.loadBalancer.addListener('Http', {
        port: 80, open: false, defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
      });
      acknowledge(http, 'It does nothing but send browsers to HTTPS, which has the certificate.', ...inCompliancePacks('ELBv2ACMCertificateRequired'));
      acknowledge(securityGroup, 'Its audience is declared to be the internet: Audience.internet(). A firewall stands in front of it.', `${PACKS.aws}-EC23`);
    }
  }

  private keepAccessLogs(shared: SharedPlatform): void {
    const bucket = shared.accessLogBucket;
    this.loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    this.loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
    this.loadBalancer.setAttribute('access_logs.s3.prefix', Names.uniqueResourceName(this, { maxLength: 100 }));
    // The load balancer tries to write as soon as it is told to.
    this.loadBalancer.node.addDependency(bucket.policy!);
  }

  /** A firewall where everybody may come in; where the audience is named, the security group already is the filter. */
  private guard({ openTo }: Ingress, shared: SharedPlatform): void {
    if (openTo.everybody) {
      if (openTo.firewall) {
        shared.webAcl.agree(this.node.scope!, openTo.firewall);
      }
      shared.webAcl.protect(this, this.loadBalancer.loadBalancerArn);
    } else {
      acknowledge(this.loadBalancer, openTo._reason, `${PACKS.nist}-ALBWAFEnabled`, `${PACKS.pci}-ALBWAFEnabled`);
    }
  }

  /** Only the zone's id is ever rendered, so the domain's own name stands in for the zone's. */
  private zoneOf({ name, hostedZoneId }: DomainName): route53.IHostedZone {
    return route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName: name });
  }
}

/** A certificate of another region, such as those that CloudFront needs, is not found by a load balancer. */
function mustBeOfThisRegion(front: ServiceLoadBalancer, certificate?: acm.ICertificate): void {
  const region = certificate?.certificateArn.split(':')[3];
  const here = Stack.of(front).region;
  if (region && region !== here && !Token.isUnresolved(region) && !Token.isUnresolved(here)) {
    throw invalid(front.node.scope!, 'certificate', { must: `must be in the service's region, ${here}`, got: region, remedy: 'issue one there, or name a domain' });
  }
}

/** Security groups are named when nobody knows yet which service they are for. */
function mustAdmitItsOwn(front: ServiceLoadBalancer, { openTo }: Ingress): void {
  const problem = openTo.peers.map((it) => misplaced(front, 'ec2.ISecurityGroup', it)).find((it) => it !== undefined);
  if (problem) {
    throw invalid(front.node.scope!, 'ingress.openTo', problem);
  }
}

/** Two records of one name cannot be in one hosted zone, whichever stacks they are of. */
function claim(front: ServiceLoadBalancer, domain?: DomainName): void {
  if (domain) {
    takeName(front.node.scope!, {
      kind: `record in the hosted zone ${domain.hostedZoneId}`,
      name: domain.name,
      prop: 'domain',
      everywhere: true,
      remedy: 'give each service a name of its own',
    });
  }
}
