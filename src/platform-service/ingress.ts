import { type Duration, Token } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { Audience } from './audience';
import type { DomainName } from '../environment/platform-environment';
import { breachOf, DOMAIN_NAME, HOSTED_ZONE_ID, type TextRule } from '../environment/text-rule';
import { mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';
import { mustBeSeconds, type SecondsRule } from '../private/whole-seconds';

/** How a web service is reached. */
export interface HttpsIngressOptions {
  /** Who may reach it. */
  readonly openTo: Audience;
  /**
   * The name under which it is reached. The certificate is issued and renewed by AWS, and the name's record is defined.
   *
   * @default - only the load balancer's own name, which no certificate matches: give `certificate` then
   */
  readonly domain?: DomainName;
  /**
   * A certificate of ACM, in the service's account and region.
   *
   * @default - one for `domain`, validated by DNS
   */
  readonly certificate?: acm.ICertificate;
  /**
   * The path that answers 200 when a task is alive. Not the database's health: that would take all tasks out at once.
   *
   * @default '/health'
   */
  readonly healthPath?: string;
  /**
   * The port on which the container listens, without TLS. Above 1024, since the process is not root.
   *
   * @default 8080
   */
  readonly port?: number;
  /**
   * The codes with which `healthPath` may answer, from 200 to 499: `'200'`, `'200,204'` or `'200-299'`.
   *
   * @default '200'
   */
  readonly healthyHttpCodes?: string;
  /**
   * How long the load balancer waits for the next byte of a response, or of the client, before it gives up (504): whole
   * seconds, up to 4000. The limits of the rollout and of `deregistrationDelay` follow from it. The process must keep
   * its own connections open for longer, or the load balancer answers 502 now and then.
   *
   * @default Duration.seconds(60)
   */
  readonly idleTimeout?: Duration;
  /**
   * How long a task that stops may answer what it has begun: whole seconds, up to an hour. Each deployment waits for
   * it. Throws for less than the rollout's `maxLatency`.
   *
   * @default - 30 seconds, or the longest of `idleTimeout` and the rollout's `maxLatency` that are given
   */
  readonly deregistrationDelay?: Duration;
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html */
const IDLE: SecondsRule = { from: 1, to: 4000, remedy: 'a load balancer takes no other' };

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
const DELAY: SecondsRule = { from: 0, to: 3600, remedy: 'a load balancer takes no other' };

/** How a service is reached from outside: the absence of one makes a worker. */
export class Ingress {
  static { brand(this.prototype, 'Ingress'); }

  /**
   * By HTTPS, TLS 1.2 or newer, through a load balancer of its own with access logs.
   *
   * Throws when there is neither a domain nor a certificate, and for a malformed path, port or name.
   */
  public static https(options: HttpsIngressOptions): Ingress {
    mustFit('Ingress.https', 'HttpsIngressOptions', options);
    return new Ingress(options);
  }

  /** Who may reach it. */
  public readonly openTo: Audience;
  /** The name under which it is reached. */
  public readonly domain?: DomainName;
  /** A certificate of ACM. */
  public readonly certificate?: acm.ICertificate;
  /** The path that answers 200 when a task is alive. */
  public readonly healthPath: string;
  /** The port on which the container listens. */
  public readonly port: number;
  /** The codes with which `healthPath` may answer; undefined for 200. */
  public readonly healthyHttpCodes?: string;
  /** How long the load balancer waits for the next byte; undefined for a minute. */
  public readonly idleTimeout?: Duration;
  /** How long a task that stops may answer what it has begun; undefined leaves it to the other limits. */
  public readonly deregistrationDelay?: Duration;

  private constructor(options: HttpsIngressOptions) {
    this.openTo = options.openTo;
    this.domain = options.domain;
    this.certificate = options.certificate;
    this.healthPath = options.healthPath ?? '/health';
    this.port = options.port ?? 8080;
    this.healthyHttpCodes = options.healthyHttpCodes;
    this.idleTimeout = options.idleTimeout;
    this.deregistrationDelay = options.deregistrationDelay;
    this.validate();
  }

  private validate(): void {
    if (!this.domain && !this.certificate) {
      throw invalid('Ingress.https', 'domain', {
        must: "or 'certificate' must be set", got: undefined, remedy: 'HTTPS needs a certificate: name a domain, or pass the certificate itself',
      });
    }
    if (this.domain) {
      this.validateDomain(this.domain);
    }
    if (!/^\/[\w\-./?=&%~]{0,1023}$/.test(this.healthPath)) {
      throw invalid('Ingress.https', 'healthPath', { must: 'must be a path that begins with a slash', got: this.healthPath, remedy: "write it like '/health'" });
    }
    if (Token.isUnresolved(this.port)) {
      throw invalid('Ingress.https', 'port', { must: 'must be a literal number', remedy: 'security group rules and the task name it' });
    }
    if (!Number.isInteger(this.port) || this.port < 1024 || this.port > 65535) {
      throw invalid('Ingress.https', 'port', { must: 'must be between 1024 and 65535', got: this.port, remedy: 'a process that is not root cannot listen below 1024' });
    }
    mustBeHealthyCodes(this.healthyHttpCodes);
    mustBeSeconds('Ingress.https', 'idleTimeout', this.idleTimeout, IDLE);
    mustBeSeconds('Ingress.https', 'deregistrationDelay', this.deregistrationDelay, DELAY);
  }

  private validateDomain({ name, hostedZoneId }: DomainName): void {
    const breach = (rule: TextRule, text: string) => Token.isUnresolved(text) ? undefined : breachOf(rule, text);
    const problems = { 'domain.name': breach(DOMAIN_NAME, name), 'domain.hostedZoneId': breach(HOSTED_ZONE_ID, hostedZoneId) };
    Object.entries(problems).forEach(([prop, problem]) => {
      if (problem) {
        throw invalid('Ingress.https', prop, problem);
      }
    });
    if (!this.certificate && !Token.isUnresolved(name) && name.length > 64) {
      throw invalid('Ingress.https', 'domain.name', {
        must: 'must be at most 64 characters for a certificate of its own', got: name, remedy: "pass a 'certificate' with it as an alternative name",
      });
    }
  }
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
function mustBeHealthyCodes(codes = '200'): void {
  const areCodes = /^[2-4]\d\d(-[2-4]\d\d)?(,[2-4]\d\d(-[2-4]\d\d)?)*$/.test(codes);
  const areInOrder = codes.split(',').map((it) => it.split('-')).every(([from, to]) => to === undefined || from < to);
  if (!Token.isUnresolved(codes) && !(areCodes && areInOrder)) {
    throw invalid('Ingress.https', 'healthyHttpCodes', {
      must: 'must be codes or ranges of codes from 200 to 499',
      got: codes,
      remedy: "write them like '200', '200,204' or '200-299'",
    });
  }
}
