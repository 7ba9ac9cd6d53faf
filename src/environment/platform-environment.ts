import { Token } from 'aws-cdk-lib';
import { ServiceConfig } from './service-config';
import { ACCOUNT, breachOf, breachOfName, DOMAIN_NAME, ENVIRONMENT_NAME, HOSTED_ZONE_ID, isZoneOf, REGION, repeatedIn, type TextRule } from './text-rule';
import type { Tier } from './tier';
import { mustBeOf, mustFit } from '../private/argument';
import { brand } from '../private/brand';
import { invalid } from '../private/invalid';

/** A DNS name and the Route 53 hosted zone that answers for it. */
export interface DomainName {
  /** The fully qualified name, without a closing dot: `shop.example.com`. */
  readonly name: string;
  /** The id of the public hosted zone, in the account of the service, in which the name's records are defined: `Z0123456789ABCDEFGHIJ`. */
  readonly hostedZoneId: string;
}

/** What an environment is. */
export interface PlatformEnvironmentProps {
  /** Its name: `dev`, `staging`, `prod`, `prod-us`. */
  readonly name: string;
  /** How much it must guarantee. */
  readonly tier: Tier;
  /** The AWS account: twelve digits. */
  readonly account: string;
  /** The AWS Region: `eu-west-1`. */
  readonly region: string;
  /**
   * Availability Zones to use, so that synth needs no look-up.
   *
   * Taking one away later removes its subnets, and with them what runs there.
   */
  readonly zones: string[];
  /**
   * The domain under which the product is reached.
   *
   * @default - none
   */
  readonly domain?: DomainName;
  /**
   * Configuration of each service, by the service's name.
   *
   * @default - none
   */
  readonly services?: { [name: string]: ServiceConfig };
}

/**
 * One environment of a product: where it is, how much it guarantees, and how its services are configured there.
 *
 * Mostly read from a file, by `PlatformEnvironments.fromDirectory()`.
 */
export class PlatformEnvironment {
  static { brand(this.prototype, 'PlatformEnvironment'); }

  /** Its name. */
  public readonly name: string;
  /** How much it must guarantee. */
  public readonly tier: Tier;
  /** The AWS account. */
  public readonly account: string;
  /** The AWS Region. */
  public readonly region: string;
  /** Availability Zones. */
  public readonly zones: string[];
  private readonly domainName?: DomainName;
  private readonly services: { [name: string]: ServiceConfig };

  /** Throws when name, account, region, zones or domain are malformed. */
  constructor(props: PlatformEnvironmentProps) {
    mustFit('PlatformEnvironment', 'PlatformEnvironmentProps', props);
    this.name = props.name;
    this.tier = props.tier;
    this.account = props.account;
    this.region = props.region;
    this.zones = [...props.zones];
    this.domainName = props.domain;
    this.services = { ...props.services };
    this.validate();
  }

  /**
   * The domain under which the product is reached.
   *
   * Throws when the environment has none.
   */
  public get domain(): DomainName {
    if (!this.domainName) {
      throw invalid(this.where, 'domain', { must: 'must be set to be used', got: undefined, remedy: 'add it to the environment' });
    }
    return this.domainName;
  }

  /**
   * The configuration of the service with this name.
   *
   * Throws when the environment knows no such service: a misspelt name must not start a service without its settings.
   */
  public config(service: string): ServiceConfig {
    mustBeOf('PlatformEnvironment.config', 'string', service, 'service');
    if (!Object.hasOwn(this.services, service)) {
      throw invalid(this.where, 'services', {
        must: `must have one of ${Object.keys(this.services).map((it) => `'${it}'`).join(', ') || 'no service at all'}`,
        got: service,
        remedy: 'correct the name or add the service to every environment',
      });
    }
    return this.services[service];
  }

  private get where(): string {
    return `environment '${this.name}'`;
  }

  private validate(): void {
    this.mustKeep(ENVIRONMENT_NAME, 'name', this.name);
    const lowered = breachOfName(this.name, this.tier.name);
    if (lowered) {
      throw invalid(this.where, 'tier', lowered);
    }
    this.mustKeep(ACCOUNT, 'account', this.account);
    this.mustKeep(REGION, 'region', this.region);
    if (this.domainName) {
      this.mustKeep(DOMAIN_NAME, 'domain.name', this.domainName.name);
      this.mustKeep(HOSTED_ZONE_ID, 'domain.hostedZoneId', this.domainName.hostedZoneId);
    }
    const foreign = this.zones.find((zone) => !Token.isUnresolved(this.region) && !Token.isUnresolved(zone) && !isZoneOf(this.region, zone));
    if (foreign !== undefined) {
      throw invalid(this.where, 'zones', {
        must: `must be Availability Zones of '${this.region}'`, got: foreign, remedy: 'name zones of the same region',
      });
    }
    const twice = repeatedIn(this.zones);
    if (twice !== undefined) {
      throw invalid(this.where, 'zones', { must: 'must not repeat a zone', got: twice, remedy: 'keep one of the two' });
    }
    if (this.zones.length < 2) {
      throw invalid(this.where, 'zones', {
        must: 'must be at least two Availability Zones', got: this.zones.length, remedy: 'name more: load balancers and databases need two',
      });
    }
  }

  private mustKeep(rule: TextRule, name: string, value: string): void {
    const breach = Token.isUnresolved(value) ? undefined : breachOf(rule, value);
    if (breach) {
      throw invalid(this.where, name, breach);
    }
  }
}
